//! What a stream says, in whatever pieces it comes: the format's rules, through a client and over the wire.

use crate::harness::*;

pub(crate) fn a_message_comes_in_one_piece<T: Transport>() {
    reads::<T>(&["data: one\n\n"], &[["message", "", "one"]]);
}

pub(crate) fn a_message_comes_in_two_pieces<T: Transport>() {
    reads::<T>(&["data: on", "e\n\n"], &[["message", "", "one"]]);
}

pub(crate) fn two_messages_come_in_one_piece<T: Transport>() {
    reads::<T>(
        &["data: one\n\ndata: two\n\n"],
        &[["message", "", "one"], ["message", "", "two"]],
    );
}

pub(crate) fn two_messages_come_in_three_pieces<T: Transport>() {
    reads::<T>(
        &["data: on", "e and one\n\ndata:", " two\n\n"],
        &[["message", "", "one and one"], ["message", "", "two"]],
    );
}

pub(crate) fn a_hundred_messages_in_one_piece_keep_their_order<T: Transport>() {
    let data: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    let stream: String = data
        .iter()
        .map(|number| format!("data: {number}\n\n"))
        .collect();
    let messages: Vec<_> = data
        .iter()
        .map(|number| ["message", "", number.as_str()])
        .collect();
    reads::<T>(&[stream], &messages);
}

pub(crate) fn lines_of_data_are_joined<T: Transport>() {
    reads::<T>(&["data: one\ndata:two\n\n"], &[["message", "", "one\ntwo"]]);
}

pub(crate) fn data_may_be_empty<T: Transport>() {
    reads::<T>(&["data:\n\n"], &[["message", "", ""]]);
}

pub(crate) fn a_message_is_of_the_type_that_is_given<T: Transport>() {
    reads::<T>(&["event: price\ndata: 1\n\n"], &[["price", "", "1"]]);
}

pub(crate) fn a_message_without_a_type_is_a_message<T: Transport>() {
    reads::<T>(
        &["event: price\ndata: 1\n\ndata: 2\n\n"],
        &[["price", "", "1"], ["message", "", "2"]],
    );
}

pub(crate) fn a_message_has_its_id<T: Transport>() {
    reads::<T>(&["id: 7\ndata: 1\n\n"], &[["message", "7", "1"]]);
}

pub(crate) fn a_message_has_its_type_and_its_id<T: Transport>() {
    reads::<T>(
        &["event: price\nid: 7\ndata: 1\n\n"],
        &[["price", "7", "1"]],
    );
}

pub(crate) fn an_id_with_nul_is_ignored<T: Transport>() {
    reads::<T>(&["id: 7\0\ndata: 1\n\n"], &[["message", "", "1"]]);
}

pub(crate) fn an_id_stays_until_there_is_another<T: Transport>() {
    reads::<T>(
        &["id: 7\ndata: 1\n\n", "data: 2\n\n", "id: 8\ndata: 3\n\n"],
        &[
            ["message", "7", "1"],
            ["message", "7", "2"],
            ["message", "8", "3"],
        ],
    );
}

pub(crate) fn an_id_can_be_set_to_empty<T: Transport>() {
    reads::<T>(
        &["id: 7\ndata: 1\n\n", "id: \ndata: 2\n\n"],
        &[["message", "7", "1"], ["message", "", "2"]],
    );
}

pub(crate) fn fields_may_come_in_reverse_order<T: Transport>() {
    reads::<T>(
        &["data: 1\nid: 7\nevent: price\n\n"],
        &[["price", "7", "1"]],
    );
}

pub(crate) fn an_unknown_field_is_ignored<T: Transport>() {
    reads::<T>(
        &["event: price\ncurrency: EUR\ndata: 1\n\n"],
        &[["price", "", "1"]],
    );
}

pub(crate) fn fields_need_no_space<T: Transport>() {
    reads::<T>(&["event:price\nid:7\ndata:1\n\n"], &[["price", "7", "1"]]);
}

pub(crate) fn of_two_spaces_one_is_content<T: Transport>() {
    reads::<T>(
        &["event:  price\nid:  7\ndata:  1\n\n"],
        &[[" price", " 7", " 1"]],
    );
}

pub(crate) fn a_field_needs_no_colon<T: Transport>() {
    reads::<T>(
        &["data\n\n", "data\ndata\n\n"],
        &[["message", "", ""], ["message", "", "\n"]],
    );
}

pub(crate) fn characters_may_have_several_bytes<T: Transport>() {
    let stream = "event: größe\nid: é\ndata: 豆腐 \u{1f980}\n\n";
    reads::<T>(&[stream], &[["größe", "é", "豆腐 \u{1f980}"]]);
}

pub(crate) fn characters_may_come_byte_by_byte<T: Transport>() {
    let stream = "event: größe\nid: é\ndata: 豆腐 \u{1f980}\n\n";
    let bytes: Vec<_> = stream.bytes().map(|byte| [byte]).collect();
    reads::<T>(&bytes, &[["größe", "é", "豆腐 \u{1f980}"]]);
}

/// So much text, each part of it different.
fn text(bytes: usize) -> String {
    let mut text: String = (0..bytes / 8)
        .map(|number| format!("{number:08x}"))
        .collect();
    text.truncate(bytes);
    text
}

/// As [`reads`], for what nobody wants to see in a message of a test that failed.
fn reads_one<T: Transport>(pieces: &[&str], data: &str) {
    let stream = pieces
        .iter()
        .fold(Answer::stream(), |answer, piece| answer.event(piece));
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    let message = client.expect_message();
    assert_eq!(message.data().len(), data.len());
    assert!(message.data() == data, "the data is another");
}

pub(crate) fn megabytes_come_in_one_piece<T: Transport>() {
    let text = text(7 << 20);
    reads_one::<T>(&[&format!("data: {text}\n\n")], &text);
}

pub(crate) fn megabytes_come_in_two_pieces<T: Transport>() {
    let text = text(14 << 20);
    let (one, two) = text.split_at(7 << 20);
    reads_one::<T>(&[&format!("data: {one}"), &format!("{two}\n\n")], &text);
}

pub(crate) fn a_message_of_any_size_is_not_waited_for<T: Transport>() {
    // Buffers are of such sizes, and hold back what fits them badly.
    let sizes: Vec<usize> = (0..=20)
        .flat_map(|power| [(1 << power) - 1, 1 << power, (1 << power) + 1])
        .collect();
    let text = text((1 << 20) + 8);
    let stream = sizes.iter().fold(Answer::stream(), |answer, &size| {
        answer
            .event(&format!("data: {}\n\n", &text[..size]))
            .pause()
    });
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    for size in sizes {
        let message = client.expect_message();
        assert!(message.data() == &text[..size], "{size} bytes come wrong");
        server.go();
    }
}
