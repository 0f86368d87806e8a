//! The event type buffer.

use crate::common::{decode, event, message};
use crate::decode_cut;

#[test]
fn it_is_message_unless_the_stream_says_otherwise() {
    assert_eq!(
        decode("data\n\nevent: a\ndata\n\n"),
        [message(""), event("a", "", "")]
    );
}

#[test]
fn it_holds_for_one_event() {
    assert_eq!(
        decode("event: a\ndata: 1\n\ndata: 2\n\n"),
        [event("a", "1", ""), message("2")]
    );
}

#[test]
fn a_blank_line_without_data_resets_it() {
    assert_eq!(decode("event: a\n\ndata: x\n\n"), [message("x")]);
    assert_eq!(
        decode("event: a\nid: 1\n\ndata: x\n\n"),
        [event("message", "x", "1")]
    );
    assert_eq!(
        decode_cut([b"event: a\n", b"\ndata: x\n\n"]),
        [message("x")]
    );
    assert_eq!(
        decode_cut([b"event: a\n", b"\n", b"data: x\n\n"]),
        [message("x")]
    );
}

#[test]
fn a_bare_event_line_resets_it() {
    for reset in ["event", "event:", "event: "] {
        assert_eq!(
            decode(format!("event: a\n{reset}\ndata\n\n")),
            [message("")],
            "{reset:?}"
        );
    }
}

#[test]
fn the_last_of_several_in_a_block_counts() {
    assert_eq!(decode("event: a\nevent: b\ndata\n\n"), [event("b", "", "")]);
    assert_eq!(
        decode("event: a\ndata\nevent\nevent: c\n\n"),
        [event("c", "", "")]
    );
    assert_eq!(
        decode_cut([b"event: abc\n", b"event: b\ndata\n\n"]),
        [event("b", "", "")]
    );
}
