//! Lines end with CR LF, LF or CR, and with nothing else.

use crate::common::{FORMS, decode, drain, event, message};
use crate::decode_cut;
use sse_proto::Decoder;
use sse_testkit::oracle::Dispatched;

#[test]
fn cr_and_lf_and_cr_lf_each_end_a_line() {
    for line_end in ["\n", "\r", "\r\n"] {
        let stream = "event: a|data: 1|data: 2|||data: 3||".replace('|', line_end);
        assert_eq!(
            decode(stream),
            [event("a", "1\n2", ""), message("3")],
            "{line_end:?}"
        );
    }
}

#[test]
fn line_ends_may_be_mixed_within_a_block() {
    assert_eq!(
        decode("data: 1\rdata: 2\ndata: 3\r\n\ndata: 4\n\rdata: 5\r\r\n"),
        [message("1\n2\n3"), message("4"), message("5")]
    );
}

#[test]
fn lf_cr_is_two_line_ends() {
    assert_eq!(
        decode("data: 1\n\rdata: 2\n\r"),
        [message("1"), message("2")]
    );
}

#[test]
fn a_cr_ends_its_line_at_once() {
    for form in FORMS {
        let mut decoder = Decoder::new();
        assert_eq!(drain(&mut decoder.feed(b"data: x\r"), form), []);
        assert_eq!(
            drain(&mut decoder.feed(b"\r"), form),
            [message("x")],
            "without waiting for a line feed"
        );
        assert_eq!(drain(&mut decoder.feed(b"\n"), form), []);
        assert_eq!(
            drain(&mut decoder.feed(b"data: y\r\n\r"), form),
            [message("y")]
        );
    }
}

#[test]
fn a_cr_ends_a_retry_line_at_once() {
    let mut decoder = Decoder::new();
    assert_eq!(
        drain(&mut decoder.feed(b"retry: 5\r"), FORMS[0]),
        [Dispatched::Retry(5)]
    );
}

#[test]
fn cr_lf_cut_in_two_is_one_line_end() {
    assert_eq!(
        decode_cut([b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n"]),
        [message("1\n2")]
    );
    assert_eq!(
        decode_cut([b"event: a\r", b"\ndata\r\n\r\n"]),
        [event("a", "", "")]
    );
    assert_eq!(
        decode_cut([b"id: 1\r", b"\n\r", b"\ndata\n\n"]),
        [event("message", "", "1")]
    );
}

#[test]
fn cr_lf_cut_in_two_by_empty_chunks_is_one_line_end() {
    assert_eq!(
        decode_cut([b"event: a\r", b"", b"", b"\ndata\r\n\r\n"]),
        [event("a", "", "")]
    );
}

#[test]
fn only_the_first_lf_behind_a_cr_belongs_to_it() {
    assert_eq!(decode_cut([b"data: 1\r", b"\n", b"\n"]), [message("1")]);
    assert_eq!(
        decode_cut([b"data: 1\r", b"\r", b"\ndata: 2\n", b"\n"]),
        [message("1"), message("2")]
    );
}

#[test]
fn a_cr_that_is_not_followed_by_lf_leaves_no_trace() {
    assert_eq!(
        decode_cut([b"data: 1\r", b"data: 2\r", b"\r", b"data: 3\n\n"]),
        [message("1\n2"), message("3")]
    );
    assert_eq!(
        decode_cut([b"data: 1\r", b"data: 2\n", b"\n"]),
        [message("1\n2")]
    );
}

#[test]
fn no_other_character_ends_a_line() {
    for character in [
        "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\0", "\u{1E}",
    ] {
        assert_eq!(
            decode(format!("data: a{character}data: b\n\n")),
            [message(&format!("a{character}data: b"))]
        );
    }
}

#[test]
fn blank_lines_alone_bring_forth_nothing() {
    assert_eq!(decode("\n\n\r\r\r\n\r\n\n\r"), []);
}
