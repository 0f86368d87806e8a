//! The published crates.
//!
//! Each is used in the form that is fastest for it and that its documentation shows: chunks are
//! given as slices wherever a crate takes them, the asynchronous ones are polled over a stream
//! that is always ready, and size limits are lifted where the default would refuse a workload.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use futures_util::stream::{Stream, iter};

use crate::chunks::Chunks;
use crate::sink::Sink;

pub(super) fn sse_core(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let mut decoder = sse_core::SseDecoder::with_limit(NonZeroUsize::MAX);
    for mut chunk in chunks {
        while let Some(event) = decoder.next(&mut chunk) {
            if let Ok(sse_core::SseEvent::Message(event)) = event {
                // It has `None` for the empty last event ID.
                let id = event.last_event_id.as_deref().unwrap_or("");
                sink.event(event.event.as_bytes(), event.data.as_bytes(), id.as_bytes());
            }
        }
    }
}

pub(super) fn sse_stream(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let mut last_event_id = String::new();
    let chunks = chunks.map(Ok::<_, Infallible>);
    each_ready(sse_stream::SseByteStream::new(iter(chunks)), |block| {
        let Ok(block) = block else { return };
        // It yields raw blocks: ids are not inherited, the default type is absent, and blocks
        // without data are there too.
        if let Some(id) = block.id {
            last_event_id = id;
        }
        if let Some(data) = block.data {
            let event_type = block.event.as_deref().unwrap_or("message");
            sink.event(
                event_type.as_bytes(),
                data.as_bytes(),
                last_event_id.as_bytes(),
            );
        }
    });
}

pub(super) fn sseer(chunks: Chunks<'_>, sink: &mut impl Sink) {
    // It takes what turns into `Bytes`, and hands out slices of it: sharing the input saves it
    // the copies.
    let input = chunks.input();
    let chunks = chunks.map(|chunk| Ok::<_, Infallible>(input.slice_ref(chunk)));
    each_ready(sseer::EventStream::new(iter(chunks)), |event| {
        if let Ok(event) = event {
            sink.event(
                event.event.as_bytes(),
                event.data.as_bytes(),
                event.id.as_bytes(),
            );
        }
    });
}

pub(super) fn sse_parse(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let mut parser = sse_parse::SseParser::new();
    for chunk in chunks {
        parser.feed(chunk);
        while let Some(event) = parser.next_event() {
            sink.event(
                event.event.as_bytes(),
                event.data.as_bytes(),
                event.id.as_bytes(),
            );
        }
    }
}

pub(super) fn sse_codec(chunks: Chunks<'_>, sink: &mut impl Sink) {
    use futures_codec::Decoder as _;

    // Its codec straight on a buffer: its own framed reader only adds to that.
    let mut codec = sse_codec::SSECodec::default();
    let mut buffer = BytesMut::new();
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        while let Ok(Some(event)) = codec.decode(&mut buffer) {
            if let sse_codec::Event::Message { id, event, data } = event {
                let id = id.as_deref().unwrap_or("");
                sink.event(event.as_bytes(), data.as_bytes(), id.as_bytes());
            }
        }
    }
}

pub(super) fn eventsource_stream(chunks: Chunks<'_>, sink: &mut impl Sink) {
    let chunks = chunks.map(Ok::<_, Infallible>);
    each_ready(
        eventsource_stream::EventStream::new(iter(chunks)),
        |event| {
            if let Ok(event) = event {
                sink.event(
                    event.event.as_bytes(),
                    event.data.as_bytes(),
                    event.id.as_bytes(),
                );
            }
        },
    );
}

/// Polls to the end of a stream that is always ready: no runtime, no wakeups.
fn each_ready<S: Stream>(stream: S, mut take: impl FnMut(S::Item)) {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        take(item);
    }
}
