//! What no decoder can do without, done alone.

use std::hint::black_box;

use crate::chunks::Chunks;
use crate::sink::{LightSink, Sink};

/// Copies every chunk into a reused buffer.
pub(super) fn memcpy(chunks: Chunks<'_>, _: &mut LightSink) {
    let mut buffer = vec![0; chunks.largest()];
    for chunk in chunks {
        buffer[..chunk.len()].copy_from_slice(chunk);
        black_box(&buffer);
    }
}

/// Searches every CR and LF: one search a line.
pub(super) fn memchr2(chunks: Chunks<'_>, sink: &mut LightSink) {
    let mut ends = 0;
    for chunk in chunks {
        for end in memchr::memchr2_iter(b'\r', b'\n', chunk) {
            ends ^= end;
        }
    }
    black_box((ends, sink));
}

/// Parses the whole input at once, whatever the chunks, trusts it to be well formed, validates
/// nothing, and borrows everything but data of several lines.
pub(super) fn ideal(chunks: Chunks<'_>, sink: &mut impl Sink) {
    for _ in 0..chunks.passes() {
        parse(chunks.input(), sink);
    }
}

fn parse(input: &[u8], sink: &mut impl Sink) {
    let (mut event_type, mut last_event_id) = (&b"message"[..], &b""[..]);
    let mut data: Option<&[u8]> = None;
    let mut joined = Vec::new();
    let mut rest = input;
    while let Some(end) = memchr::memchr2(b'\r', b'\n', rest) {
        let line = &rest[..end];
        let crlf = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + 1 + usize::from(crlf)..];
        if let Some(value) = line.strip_prefix(b"data: ") {
            if let Some(first) = data.replace(value) {
                if joined.is_empty() {
                    joined.extend_from_slice(first);
                }
                joined.push(b'\n');
                joined.extend_from_slice(value);
            }
        } else if line.is_empty() {
            if let Some(value) = data.take() {
                let data = if joined.is_empty() { value } else { &joined };
                sink.event(event_type, data, last_event_id);
                joined.clear();
            }
            event_type = b"message";
        } else if let Some(value) = line.strip_prefix(b"event: ") {
            event_type = value;
        } else if let Some(value) = line.strip_prefix(b"id: ") {
            last_event_id = value;
        }
    }
}
