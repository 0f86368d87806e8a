//! What a blank line and the end of the stream do.

use crate::common::{FORMS, decode, decode_chunks, decoder, drain, event, message};
use crate::decode_cut;
use sse_proto::Decoder;
use sse_testkit::oracle::Options;

#[test]
fn a_block_without_data_is_no_event() {
    assert_eq!(decode("event: a\n\nid: 1\n\n: c\n\nx: y\n\n"), []);
}

#[test]
fn a_bare_data_line_is_an_event_with_empty_data() {
    for data in ["data", "data:", "data: "] {
        assert_eq!(decode(format!("{data}\n\n")), [message("")], "{data:?}");
    }
}

#[test]
fn data_lines_are_joined_by_line_feeds_and_one_is_taken_off_the_end() {
    assert_eq!(decode("data: a\ndata: b\n\n"), [message("a\nb")]);
    assert_eq!(decode("data\ndata\ndata\n\n"), [message("\n\n")]);
    assert_eq!(decode("data: a\ndata\n\n"), [message("a\n")]);
    assert_eq!(decode("data\ndata: a\n\n"), [message("\na")]);
    assert_eq!(
        decode_cut([b"data: a\n", b"data: b\ndata: c", b"\n", b"\n"]),
        [message("a\nb\nc")]
    );
}

#[test]
fn data_lines_need_not_stand_together() {
    assert_eq!(
        decode("data: a\nevent: e\ndata: b\nid: 1\ndata: c\nx\n\n"),
        [event("e", "a\nb\nc", "1")]
    );
}

#[test]
fn a_second_blank_line_dispatches_nothing() {
    assert_eq!(decode("data: a\n\n\n\n"), [message("a")]);
}

#[test]
fn what_is_pending_at_the_end_of_the_stream_is_discarded() {
    assert_eq!(decode("data: a"), []);
    assert_eq!(decode("data: a\n"), []);
    let mut decoder = decoder(&Options::default());
    assert_eq!(
        drain(&mut decoder.feed(b"event: e\ndata: a\ndata: b"), FORMS[0]),
        []
    );
    decoder.reset();
    assert_eq!(
        drain(&mut decoder.feed(b"\n\ndata: c\n\n"), FORMS[0]),
        [message("c")]
    );
}

#[test]
fn a_cr_lf_over_the_end_of_a_connection_is_forgotten() {
    for next in [[&b"\ndata: b\n"[..], b"\n"], [b"data: b\n", b"\n"]] {
        let mut decoder = Decoder::new();
        drain(&mut decoder.feed(b"data: a\r"), FORMS[0]);
        decoder.reset();
        let items = decode_chunks(&mut decoder, next, FORMS[0]);
        assert_eq!(items, [message("b")], "{next:?}");
    }
}

#[test]
fn an_empty_chunk_means_nothing() {
    assert_eq!(
        decode_cut([b"", b"data: ", b"", b"x\n", b"", b"\n", b""]),
        [message("x")]
    );
}
