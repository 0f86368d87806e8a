//! How a line is taken apart: comments, names, values.

use crate::common::{comment, decode, decode_with_comments, event, message};
use crate::decode_cut;

#[test]
fn one_leading_space_of_a_value_is_dropped_and_nothing_else() {
    let cases = [
        ("x", "x"),
        (" x", "x"),
        ("  x", " x"),
        ("\tx", "\tx"),
        (" x ", "x "),
        ("\u{A0}x", "\u{A0}x"),
        (" ", ""),
        ("  ", " "),
    ];
    for (value, text) in cases {
        assert_eq!(
            decode(format!("data:{value}\n\n")),
            [message(text)],
            "{value:?}"
        );
        assert_eq!(
            decode(format!("id:{value}\ndata\n\n")),
            [event("message", "", text)],
            "{value:?}"
        );
        assert_eq!(
            decode_with_comments(format!(":{value}\n")),
            [comment(text)],
            "{value:?}"
        );
    }
    assert_eq!(decode("event:  x\ndata\n\n"), [event(" x", "", "")]);
}

#[test]
fn a_leading_space_in_a_chunk_of_its_own_is_dropped() {
    assert_eq!(decode_cut([b"data:", b" ", b" x\n\n"]), [message(" x")]);
    assert_eq!(
        decode_cut([b"data:", b"x\n", b"data: ", b" y\n\n"]),
        [message("x\n y")]
    );
}

#[test]
fn only_the_first_colon_ends_the_name() {
    assert_eq!(
        decode("data: a: b:c\ndata::d\ndata: :e\n\n"),
        [message("a: b:c\n:d\n:e")]
    );
}

#[test]
fn names_are_compared_literally() {
    for name in [
        "Data",
        "DATA",
        "dataa",
        "dat",
        "d",
        "data ",
        " data",
        "data\t",
        "data\0",
        "\u{FEFF}data",
        "dаta",
        "",
    ] {
        assert_eq!(decode(format!("x\n{name}: x\n\n")), [], "{name:?}");
        assert_eq!(
            decode(format!("x\n{name}\ndata: y\n\n")),
            [message("y")],
            "{name:?}"
        );
    }
    for near_miss in [
        "Event: a",
        "events: a",
        "even: a",
        "event : a",
        "ID: 1",
        "idd: 1",
        "i: 1",
        "id : 1",
        "iD: 1",
    ] {
        assert_eq!(
            decode(format!("{near_miss}\ndata\n\n")),
            [message("")],
            "{near_miss:?}"
        );
    }
    for near_miss in ["Retry: 1", "retr: 1", "retryy: 1", "retry : 1", "retry1"] {
        assert_eq!(decode(format!("{near_miss}\n")), [], "{near_miss:?}");
    }
}

#[test]
fn a_line_that_starts_with_a_colon_is_ignored() {
    assert_eq!(
        decode(":\n:data: x\n: data: x\n::\ndata: y\n:\n\n"),
        [message("y")]
    );
}

#[test]
fn comments_are_reported_only_if_asked_for_and_split_no_block() {
    let stream = ": a\ndata: x\n:b\ndata: y\n\n";
    assert_eq!(decode(stream), [message("x\ny")]);
    assert_eq!(
        decode_with_comments(stream),
        [comment("a"), comment("b"), message("x\ny")]
    );
}

#[test]
fn an_unknown_field_is_ignored_however_long() {
    let long = "x".repeat(100_000);
    assert_eq!(
        decode(format!("{long}: {long}\n{long}\ndata: y\n\n")),
        [message("y")]
    );
}
