//! A byte order mark belongs to the stream's start, and to nothing else.

use crate::harness::*;

pub(crate) fn one_at_the_start_is_dropped<T: Transport>() {
    let streams: [(&str, &[[&str; 3]]); 5] = [
        ("data: one\n\n", &[["message", "", "one"]]),
        ("data:\n\n", &[["message", "", ""]]),
        ("data: one\ndata: two\n\n", &[["message", "", "one\ntwo"]]),
        ("event: price\nid: 7\ndata: 1\n\n", &[["price", "7", "1"]]),
        (
            "data: one\n\ndata: two\n\n",
            &[["message", "", "one"], ["message", "", "two"]],
        ),
    ];
    for (stream, messages) in streams {
        reads::<T>(&[format!("\u{feff}{stream}")], messages);
    }
}

pub(crate) fn one_in_pieces_is_dropped<T: Transport>() {
    let cuts: [&[&[u8]]; 3] = [
        &[b"\xef\xbb", b"\xbfdata: one\n\n"],
        &[b"\xef", b"\xbb\xbfdata: one\n\n"],
        &[b"\xef", b"\xbb", b"\xbf", b"data: one\n\n"],
    ];
    for pieces in cuts {
        reads::<T>(pieces, &[["message", "", "one"]]);
    }
}

pub(crate) fn one_before_a_comment_is_dropped<T: Transport>() {
    let stream = Answer::stream().event("\u{feff}:hello\ndata: one\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let options = Options::new(&server.url("/")).with(|config| config.comments(true));
    let mut client = options.open::<T>();

    client.expect_open();
    assert_eq!(client.expect_comment(), "hello");
    client.expect_data("one");
}

pub(crate) fn a_second_one_is_content<T: Transport>() {
    reads::<T>(
        &["\u{feff}data: \u{feff}one\n\n"],
        &[["message", "", "\u{feff}one"]],
    );
    // Here it is the beginning of a field name that nobody knows.
    reads::<T>(
        &["\u{feff}\u{feff}data: one\n\ndata: two\n\n"],
        &[["message", "", "two"]],
    );
}

pub(crate) fn a_later_one_is_content<T: Transport>() {
    reads::<T>(
        &["data: one\n\n", "data: \u{feff}two\n\n"],
        &[["message", "", "one"], ["message", "", "\u{feff}two"]],
    );
}

pub(crate) fn each_connection_may_begin_with_one<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("\u{feff}data: a\n\n").truncate())
        .answer(Answer::stream().event("\u{feff}data: b\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_open();
    client.expect_data("b");
}
