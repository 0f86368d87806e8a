//! The core of this project, in its three forms.
//!
//! The package `alone` compiles this file too, with this crate's names for the sink.

use sse_proto::{Decoder, Item, ItemRef};

use crate::chunks::Chunks;
use crate::sink::Sink;

/// Lends the raw bytes of every event.
pub fn lent_bytes(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let mut decoder = Decoder::new();
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(item) = feed.next_bytes() {
            if let ItemRef::Event(event) = item {
                sink.event(event.event_type, event.data, event.last_event_id);
            }
        }
    }
}

/// Lends every event as validated UTF-8.
pub fn lent_str(chunks: Chunks<'_>, sink: &mut impl Sink) {
    lent_str_by(Decoder::new(), chunks, sink);
}

/// The same by a decoder that was set up otherwise.
pub fn lent_str_by(mut decoder: Decoder, chunks: Chunks<'_>, sink: &mut impl Sink) {
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(item) = feed.next_ref() {
            if let ItemRef::Event(event) = item {
                sink.event(
                    event.event_type.as_bytes(),
                    event.data.as_bytes(),
                    event.last_event_id.as_bytes(),
                );
            }
        }
    }
}

/// Makes an owned event of every event.
pub fn owned(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let mut decoder = Decoder::new();
    for chunk in chunks {
        for item in decoder.feed(chunk) {
            if let Item::Event(event) = item {
                sink.event(
                    event.event_type().as_bytes(),
                    event.data().as_bytes(),
                    event.last_event_id().as_bytes(),
                );
            }
        }
    }
}
