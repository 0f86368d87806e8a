//! The last event ID buffer, and the last event ID string that is set from it when an event is dispatched.

use crate::common::{FORMS, decode, drain, event, last_event_id, message};
use crate::resumed;
use sse_proto::Decoder;

#[test]
fn it_stays_until_another_is_set() {
    let stream = "id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n";
    assert_eq!(
        decode(stream),
        [
            event("message", "a", "1"),
            event("message", "b", "1"),
            event("message", "c", "2")
        ]
    );
}

#[test]
fn it_is_committed_by_a_blank_line_also_without_data() {
    assert_eq!(last_event_id("id: 1\n\n"), "1");
    assert_eq!(decode("id: 1\n\ndata\n\n"), [event("message", "", "1")]);
}

#[test]
fn it_is_not_committed_by_a_block_that_is_not_ended() {
    assert_eq!(last_event_id("id: 1\n"), "");
    assert_eq!(last_event_id("id: 1\n\nid: 2\ndata: x\n"), "1");
    assert_eq!(last_event_id("id: 1\n\nid: 2"), "1");
}

#[test]
fn it_is_not_committed_by_the_end_of_the_stream() {
    let mut decoder = Decoder::new();
    drain(&mut decoder.feed(b"id: 1\n\nid: 2\ndata: x\n"), FORMS[0]);
    decoder.reset();
    assert_eq!(decoder.last_event_id(), "1");
    assert_eq!(
        drain(&mut decoder.feed(b"\ndata: y\n\n"), FORMS[0]),
        [event("message", "y", "1")]
    );
}

#[test]
fn the_last_of_several_in_a_block_counts() {
    assert_eq!(
        decode("id: 1\nid: 2\ndata\n\n"),
        [event("message", "", "2")]
    );
}

#[test]
fn it_may_stand_behind_the_data() {
    assert_eq!(decode("data\nid: 1\n\n"), [event("message", "", "1")]);
}

#[test]
fn one_with_nul_is_ignored_and_the_earlier_one_stays() {
    for id in ["\0", "2\0", "\u{0}2", "2\u{0}3"] {
        assert_eq!(
            decode(format!("id: 1\nid: {id}\ndata\n\n")),
            [event("message", "", "1")],
            "{id:?}"
        );
        assert_eq!(
            last_event_id(format!("id: 1\n\nid: {id}\n\n")),
            "1",
            "{id:?}"
        );
    }
}

#[test]
fn nul_matters_in_ids_alone() {
    assert_eq!(
        decode("data: a\0b\nevent: c\0d\n\n"),
        [event("c\0d", "a\0b", "")]
    );
}

#[test]
fn an_overlong_nul_is_not_nul() {
    assert_eq!(
        decode(b"id: 1\nid: \xC0\x80\ndata\n\n"),
        [event("message", "", "\u{FFFD}\u{FFFD}")]
    );
}

#[test]
fn a_bare_id_resets_it() {
    for reset in ["id", "id:", "id: "] {
        assert_eq!(
            decode(format!("id: 1\n\n{reset}\ndata\n\n")),
            [event("message", "", "")],
            "{reset:?}"
        );
        assert_eq!(
            last_event_id(format!("id: 1\n\n{reset}\n\n")),
            "",
            "{reset:?}"
        );
    }
}

#[test]
fn a_decoder_of_a_new_connection_is_told_it() {
    assert_eq!(
        resumed("7", b"data: a\n\n"),
        (vec![event("message", "a", "7")], "7".to_owned())
    );
    assert_eq!(resumed("7", b"id: 8\n\n").1, "8");
    assert_eq!(resumed("7", b"id: 8\n").1, "7");
    assert_eq!(
        resumed("7", b"id\ndata\n\n"),
        (vec![message("")], String::new())
    );
    assert_eq!(resumed("7", b"").1, "7");
}
