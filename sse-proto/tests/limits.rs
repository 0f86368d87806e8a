//! The one thing a decoder refuses: an event that is too large. What counts, what is kept, and how
//! decoding goes on.

mod common;

use common::{FORMS, comment, decode_with, drain, event, message};
use sse_proto::{Decoder, Item};
use sse_testkit::oracle::{Dispatched, Dispatched::TooLarge, Options};

fn limited(bytes: usize) -> Options {
    Options {
        comments: true,
        max_event_bytes: Some(bytes),
        ..Options::default()
    }
}

/// Decodes whole and byte by byte, in every form.
fn decode(bytes: usize, stream: impl AsRef<[u8]>) -> Vec<Dispatched> {
    decode_with(&limited(bytes), stream.as_ref()).0
}

#[test]
fn an_event_as_large_as_the_limit_passes() {
    assert_eq!(decode(4, "data: abc\n\n"), [message("abc")]);
    assert_eq!(decode(3, "data: abc\n\n"), [TooLarge]);
}

#[test]
fn type_and_id_and_data_with_its_line_feeds_count() {
    let stream = "event: ab\ndata: abc\ndata\nid: 1\n\n";
    assert_eq!(decode(2 + 4 + 1 + 1, stream), [event("ab", "abc\n", "1")]);
    assert_eq!(decode(2 + 4 + 1, stream), [TooLarge]);
}

#[test]
fn a_type_or_an_id_that_is_replaced_is_held_until_then() {
    assert_eq!(
        decode(2, "event: a\nevent: b\ndata\n\n"),
        [event("b", "", "")]
    );
    assert_eq!(decode(3, "event: ab\nevent: cd\ndata\n\n"), [TooLarge]);
    assert_eq!(
        decode(2, "id: a\nid: b\n\nretry: 1\n"),
        [Dispatched::Retry(1)]
    );
    assert_eq!(decode(3, "id: ab\nid: cd\n\n"), [TooLarge]);
}

#[test]
fn the_space_behind_the_colon_costs_nothing() {
    assert_eq!(
        decode(2, "data: x\n\ndata:x\n\n"),
        [message("x"), message("x")]
    );
}

#[test]
fn each_block_has_the_whole_limit() {
    assert_eq!(decode(4, "data: abc\n\n".repeat(100)).len(), 100);
}

#[test]
fn decoding_goes_on_behind_the_block_that_was_too_large() {
    assert_eq!(
        decode(4, "data: a\n\ndata: abcd\n\ndata: b\n\n"),
        [message("a"), TooLarge, message("b")]
    );
    assert_eq!(
        decode(4, "data: abcd\r\rdata: b\r\r"),
        [TooLarge, message("b")]
    );
}

#[test]
fn the_line_behind_one_that_was_too_large_is_read() {
    for form in FORMS {
        let mut decoder = common::decoder(&limited(4));
        let mut items = drain(&mut decoder.feed(b"data: ab"), form);
        items.extend(drain(
            &mut decoder.feed(b"cdef\nretry: 1\n\ndata: y\n\n"),
            form,
        ));
        assert_eq!(
            items,
            [TooLarge, Dispatched::Retry(1), message("y")],
            "{form:?}"
        );
    }
}

#[test]
fn a_block_is_reported_once_however_large() {
    let stream = format!(
        "{}\ndata: b\n\n",
        "data: abcd\nevent: abcdef\n".repeat(1000)
    );
    assert_eq!(decode(4, stream), [TooLarge, message("b")]);
}

#[test]
fn nothing_of_a_block_that_was_too_large_reaches_the_next() {
    assert_eq!(
        decode(4, "event: a\ndata: abcd\n\ndata: b\n\n"),
        [TooLarge, message("b")]
    );
    assert_eq!(
        decode(4, "data: a\ndata: abcd\n\ndata: b\n\n"),
        [TooLarge, message("b")]
    );
    assert_eq!(
        decode(
            4,
            "data: a\nevent: abcd\nevent: x\ndata: y\n\nevent: z\n\ndata: b\n\n"
        ),
        [TooLarge, message("b")]
    );
}

#[test]
fn the_report_names_the_limit() {
    let mut decoder = Decoder::new().with_max_event_bytes(4);
    let items: Vec<Item> = decoder.feed(b"data: abcd\n").collect();
    let [Item::TooLarge(too_large)] = &items[..] else {
        panic!("{items:?}")
    };
    assert_eq!(too_large.limit(), 4);
    assert!(too_large.to_string().contains('4'), "{too_large}");
}

#[test]
fn a_line_too_large_is_not_waited_for() {
    for form in FORMS {
        let mut decoder = common::decoder(&limited(4));
        assert_eq!(drain(&mut decoder.feed(b"data: abcdef"), form), [TooLarge]);
        assert_eq!(decoder.buffered(), 0);
        assert_eq!(drain(&mut decoder.feed(b"data: abcdef"), form), []);
        assert_eq!(
            drain(&mut decoder.feed(b"\n\ndata: b\n\n"), form),
            [message("b")]
        );
    }
}

#[test]
fn the_id_of_a_block_that_is_too_large_is_committed() {
    let expected = [TooLarge, event("message", "", "7")];
    assert_eq!(decode(8, "id: 7\ndata: abcdefgh\n\ndata\n\n"), expected);
    assert_eq!(decode(8, "data: abcdefgh\nid: 7\n\ndata\n\n"), expected);
    assert_eq!(
        decode(8, "data: abcdefg\nid: 7\n\ndata\n\n"),
        expected,
        "the id line itself overdraws"
    );
    assert_eq!(
        decode(8, "data: abcdefgh\nid: 6\nid: 7\n\ndata\n\n"),
        expected
    );
}

#[test]
fn the_id_is_not_committed_before_the_blank_line() {
    let (_, last_event_id) = decode_with(&limited(8), b"data: abcdefgh\nid: 7\n");
    assert_eq!(last_event_id, "");
}

#[test]
fn an_id_too_large_by_itself_is_ignored_and_the_earlier_one_stays() {
    assert_eq!(
        decode(4, "id: 7\n\nid: abcdefgh\ndata\n\ndata\n\n"),
        [TooLarge, event("message", "", "7")]
    );
    assert_eq!(
        decode(8, "id: 7\nid: abcdefgh\n\ndata\n\n"),
        [TooLarge, event("message", "", "7")]
    );
}

#[test]
fn the_last_event_id_takes_from_the_limit() {
    assert_eq!(
        decode(4, "id: 12\n\ndata: a\n\n"),
        [event("message", "a", "12")]
    );
    assert_eq!(decode(4, "id: 12\n\ndata: ab\n\n"), [TooLarge]);
    let resumed = Options {
        last_event_id: "12345".to_owned(),
        ..limited(4)
    };
    assert_eq!(
        decode_with(&resumed, b"data\n\nretry: 1\n").0,
        [TooLarge, Dispatched::Retry(1)]
    );
}

#[test]
fn a_limit_of_zero_lets_no_event_pass() {
    assert_eq!(
        decode(0, "data\n\nid: 1\n\nretry: 5\n\n"),
        [TooLarge, TooLarge, Dispatched::Retry(5)]
    );
}

#[test]
fn a_reconnection_time_costs_nothing() {
    let stream = format!("retry: {}\ndata: abcd\nretry: 2\n\n", "1".repeat(100));
    assert_eq!(
        decode(4, stream),
        [Dispatched::Retry(u64::MAX), TooLarge, Dispatched::Retry(2)]
    );
}

#[test]
fn unknown_fields_cost_nothing() {
    assert_eq!(
        decode(4, format!("{0}: {0}\ndata: abc\n\n", "x".repeat(1000))),
        [message("abc")]
    );
}

#[test]
fn comments_cost_nothing_and_have_to_fit() {
    assert_eq!(
        decode(4, ":a\n:a\n:a\n:a\ndata: abc\n\n")[4..],
        [message("abc")]
    );
    assert_eq!(
        decode(8, ":abcdefghij\ndata: x\n\n"),
        [TooLarge, message("x")],
        "the event is not spoilt"
    );
    assert_eq!(decode(8, ":abcdefg\n"), [comment("abcdefg")]);
}

#[test]
fn huge_comments_are_passed_over_when_no_one_asked() {
    let stream = format!(":{}\ndata: x\n\n", "c".repeat(100_000));
    let silent = Options {
        comments: false,
        ..limited(8)
    };
    assert_eq!(decode_with(&silent, stream.as_bytes()).0, [message("x")]);
    assert_eq!(decode(8, stream), [TooLarge, message("x")]);
}

#[test]
fn a_huge_comment_holds_nothing_back() {
    let mut decoder = common::decoder(&limited(8));
    let mut items = Vec::new();
    for chunk in [&b":"[..]].into_iter().chain([&b"cccc"[..]; 1000]) {
        items.extend(drain(&mut decoder.feed(chunk), FORMS[1]));
        assert!(decoder.buffered() <= 8);
    }
    assert_eq!(items, [TooLarge]);
}

#[test]
fn an_id_of_invalid_utf_8_stays_within_the_limit_when_it_is_replaced() {
    let mut decoder = common::decoder(&limited(12));
    drain(
        &mut decoder.feed(b"id: \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\n"),
        FORMS[1],
    );
    assert!(decoder.buffered() <= 12, "{}", decoder.buffered());
}

#[test]
fn by_default_an_event_of_16_mib_passes() {
    let data = "x".repeat(16 << 20);
    let stream = format!("data: {data}\n\n");
    for chunk in [stream.len(), 1 << 16] {
        let mut decoder = Decoder::new();
        let items: Vec<Item> = stream
            .as_bytes()
            .chunks(chunk)
            .flat_map(|chunk| decoder.feed(chunk).collect::<Vec<_>>())
            .collect();
        let [Item::Event(received)] = &items[..] else {
            panic!("{} items", items.len())
        };
        assert!(received.data() == data);
    }
}

#[test]
fn what_is_held_back_is_told() {
    let mut decoder = Decoder::new();
    assert_eq!(decoder.buffered(), 0);
    drain(&mut decoder.feed(b"data: abc"), FORMS[0]);
    assert!(
        (3..=4).contains(&decoder.buffered()),
        "{}",
        decoder.buffered()
    );
    drain(&mut decoder.feed(b"\n\n"), FORMS[0]);
    assert_eq!(decoder.buffered(), 0);
    drain(&mut decoder.feed(b"event: abc\nx"), FORMS[0]);
    assert_eq!(decoder.buffered(), 3, "an unknown field is not held");
}
