//! What is encoded is decoded again, and nothing is injected.

#![no_main]

#[path = "../../sse-proto/tests/common/mod.rs"]
mod common;

use arbitrary::Arbitrary;
use common::sent::{Parted, event_of, received};
use common::{Form, decode_chunks};
use libfuzzer_sys::fuzz_target;
use sse_proto::{Decoder, Event};
use sse_testkit::strategies::EventParts;

#[derive(Arbitrary, Debug)]
struct Input {
    chunk: u8,
    event_type: Option<String>,
    id: Option<String>,
    retry: Option<u64>,
    comment: Option<String>,
    data: Option<String>,
}

fuzz_target!(|input: Input| {
    let Input {
        chunk,
        event_type,
        id,
        retry,
        comment,
        data,
    } = input;
    let event_type =
        event_type.filter(|text| accepted(text, Event::default().event_type(text).is_ok()));
    let id = id.filter(|text| accepted(text, Event::default().id(text).is_ok()));
    let parts = EventParts {
        event_type,
        id,
        retry,
        comment,
        data,
    };

    let event = event_of(&parts);
    let bytes = event.to_bytes();
    assert_eq!(event.encoded_len(), bytes.len());
    assert_eq!(event.to_string().as_bytes(), bytes);

    let mut decoder = Decoder::new().with_comments(true);
    let chunks = bytes.chunks(usize::from(chunk).max(1));
    let items: Parted = decode_chunks(&mut decoder, chunks, Form::Mixed)
        .into_iter()
        .collect();
    let mut last_event_id = String::new();
    assert_eq!(items, received(&parts, &mut last_event_id));
    assert_eq!(decoder.last_event_id(), last_event_id);
});

/// An id or a type is refused if and only if it would break the stream.
fn accepted(text: &str, accepted: bool) -> bool {
    assert_eq!(accepted, !text.contains(['\r', '\n', '\0']), "{text:?}");
    accepted
}
