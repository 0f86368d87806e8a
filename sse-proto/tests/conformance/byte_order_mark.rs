//! "UTF-8 decode" drops one leading byte order mark, if there is one.

use crate::common::{FORMS, decode, drain, message};
use crate::decode_cut;
use sse_proto::Decoder;

#[test]
fn one_at_the_start_is_dropped() {
    assert_eq!(decode(b"\xEF\xBB\xBFdata: x\n\n"), [message("x")]);
}

#[test]
fn one_in_pieces_is_dropped() {
    assert_eq!(
        decode_cut([b"\xEF", b"\xBB\xBFdata: x\n\n"]),
        [message("x")]
    );
    assert_eq!(
        decode_cut([b"\xEF\xBB", b"", b"\xBF", b"data: x\n\n"]),
        [message("x")]
    );
    assert_eq!(
        decode_cut([b"", b"\xEF\xBB\xBF", b"data: x\n\n"]),
        [message("x")]
    );
}

#[test]
fn one_directly_before_a_line_end_is_dropped() {
    for line_end in ["\n", "\r", "\r\n"] {
        assert_eq!(
            decode(format!("\u{FEFF}{line_end}data: x\n\n")),
            [message("x")],
            "{line_end:?}"
        );
    }
    assert_eq!(
        decode_cut([b"\xEF\xBB\xBF\r", b"\ndata: x\n\n"]),
        [message("x")]
    );
}

#[test]
fn a_second_one_is_content() {
    assert_eq!(
        decode(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: x\ndata: y\n\n"),
        [message("y")]
    );
    assert_eq!(
        decode_cut([b"\xEF\xBB\xBF", b"\xEF\xBB\xBFdata: x\ndata: y\n\n"]),
        [message("y")]
    );
}

#[test]
fn a_later_one_is_content() {
    assert_eq!(decode("\n\u{FEFF}data: x\ndata: y\n\n"), [message("y")]);
    assert_eq!(decode("data: \u{FEFF}x\n\n"), [message("\u{FEFF}x")]);
    assert_eq!(decode("data:\u{FEFF} x\n\n"), [message("\u{FEFF} x")]);
    assert_eq!(
        decode_cut([b"\n", b"\xEF\xBB\xBFdata: x\ndata: y\n\n"]),
        [message("y")]
    );
    assert_eq!(
        decode_cut([b"data: x\n\n", b"\xEF\xBB\xBFdata: y\n\n"]),
        [message("x")]
    );
}

#[test]
fn one_that_breaks_off_is_a_replacement_character_in_the_first_field_name() {
    for begun in [
        &b"\xEF\xBB"[..],
        b"\xEF",
        b"\xEF\xBB\xBB",
        b"\xEF\xEF\xBB\xBF",
    ] {
        assert_eq!(
            decode([begun, b"data: x\ndata: y\n\n"].concat()),
            [message("y")],
            "{begun:?}"
        );
    }
}

#[test]
fn one_that_breaks_off_does_not_eat_the_line_end() {
    assert_eq!(decode(b"\xEF\xBB\ndata: x\n\n"), [message("x")]);
    assert_eq!(decode(b"\xEF\rdata: x\n\n"), [message("x")]);
}

#[test]
fn each_connection_may_begin_with_one() {
    let mut decoder = Decoder::new();
    for _ in 0..2 {
        assert_eq!(
            drain(&mut decoder.feed(b"\xEF\xBB\xBFdata: x\n\n"), FORMS[0]),
            [message("x")]
        );
        decoder.reset();
    }
}
