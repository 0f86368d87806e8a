//! The standard, sentence by sentence: WHATWG HTML §9.2.5 "Parsing an event stream" and §9.2.6
//! "Interpreting an event stream". Each stream is decoded whole and byte by byte, in every form.

mod byte_order_mark;
#[path = "../common/mod.rs"]
mod common;
mod dispatch;
mod event_type;
mod examples;
mod fields;
mod last_event_id;
mod line_ends;
mod reconnection_time;
mod utf_8;

use common::{FORMS, decode_chunks, decode_with};
use sse_proto::Decoder;
use sse_testkit::oracle::{Dispatched, Options};

/// A stream that comes in these chunks, in every form.
fn decode_cut<const CHUNKS: usize>(chunks: [&[u8]; CHUNKS]) -> Vec<Dispatched> {
    let items = decode_chunks(&mut Decoder::new(), chunks, FORMS[0]);
    for form in FORMS {
        assert_eq!(
            decode_chunks(&mut Decoder::new(), chunks, form),
            items,
            "{form:?}"
        );
    }
    items
}

/// A stream to a decoder that was told a last event ID.
fn resumed(last_event_id: &str, stream: &[u8]) -> (Vec<Dispatched>, String) {
    decode_with(
        &Options {
            last_event_id: last_event_id.to_owned(),
            ..Options::default()
        },
        stream,
    )
}
