//! A stream is always UTF-8; what is not becomes U+FFFD.

use crate::common::{comment, decode, decode_with_comments, event, message};
use crate::decode_cut;

#[test]
fn each_maximal_subpart_of_invalid_utf_8_is_one_replacement_character() {
    let cases: [(&[u8], &str); 7] = [
        (b"\x80", "\u{FFFD}"),
        (b"\xC0\x80", "\u{FFFD}\u{FFFD}"),
        (b"\xE2\x82x", "\u{FFFD}x"),
        (b"\xF0\x9F\x98", "\u{FFFD}"),
        (b"\xF0\x9F\xF0\x9F\x98\x80", "\u{FFFD}\u{1F600}"),
        (b"\xED\xA0\x80", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        (b"\xF4\x90\x80\x80", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ];
    for (bytes, text) in cases {
        assert_eq!(
            decode([b"data: ", bytes, b"\n\n"].concat()),
            [message(text)],
            "{bytes:?}"
        );
        assert_eq!(
            decode([b"event: ", bytes, b"\ndata\n\n"].concat()),
            [event(text, "", "")],
            "{bytes:?}"
        );
        assert_eq!(
            decode([b"id: ", bytes, b"\ndata\n\n"].concat()),
            [event("message", "", text)],
            "{bytes:?}"
        );
        assert_eq!(
            decode_with_comments([b":", bytes, b"\n"].concat()),
            [comment(text)],
            "{bytes:?}"
        );
    }
}

#[test]
fn a_sequence_that_breaks_off_does_not_eat_the_line_end() {
    assert_eq!(
        decode(b"data: \xE2\x82\ndata: \xF0\r\xC3\n\n"),
        [message("\u{FFFD}\n\u{FFFD}")]
    );
}

#[test]
fn a_sequence_is_not_put_together_across_lines() {
    assert_eq!(
        decode(b"data: \xE2\x82\ndata: \xAC\n\n"),
        [message("\u{FFFD}\n\u{FFFD}")]
    );
}

#[test]
fn a_character_cut_in_two_is_whole_again() {
    assert_eq!(
        decode_cut(["data: €".as_bytes().split_at(7).0, b"\x82\xAC\n\n"]),
        [message("€")]
    );
    assert_eq!(
        decode("data: 漢字 😀\nevent: é\nid: ß\n\n"),
        [event("é", "漢字 😀", "ß")]
    );
}

#[test]
fn an_invalid_byte_in_a_field_name_makes_it_an_unknown_one() {
    assert_eq!(
        decode(b"\xFFdata: x\ndata\xFF: x\nda\xFFta: x\ndata: y\n\n"),
        [message("y")]
    );
}
