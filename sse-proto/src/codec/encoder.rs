//! Events to bytes.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::line::{CR, LF, LineEnds};
use crate::event::Event;
use crate::message_event::MessageEvent;

impl Event<'_> {
    /// Appends the event's block to `out`.
    ///
    /// With a buffer that is used again and again it allocates nothing.
    ///
    /// ```
    /// use sse_proto::Event;
    ///
    /// let mut out = Vec::new();
    /// Event::new("one").encode(&mut out);
    /// Event::new("two").encode(&mut out);
    /// assert_eq!(out, b"data: one\n\ndata: two\n\n");
    /// ```
    pub fn encode(&self, out: &mut Vec<u8>) {
        let texts = [&self.comment, &self.event_type, &self.id, &self.data];
        let values: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
        // Enough for all but texts of many lines.
        out.reserve(values + 64);
        self.write(&mut |piece| out.extend_from_slice(piece));
    }

    /// The event's block as `Bytes`, in one allocation of the right size.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(self.encoded_len());
        self.write(&mut |piece| out.extend_from_slice(piece));
        out.into()
    }

    /// How many bytes the event's block takes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let mut len = 0;
        self.write(&mut |piece| len += piece.len());
        len
    }

    /// The fields in the order in which a reader wants them: what it may act on before the data is there.
    #[inline]
    pub(crate) fn write(&self, out: &mut impl FnMut(&[u8])) {
        if let Some(comment) = &self.comment {
            write_lines(b": ", comment, out);
        }
        if let Some(event_type) = &self.event_type {
            write_line(b"event: ", event_type.as_bytes(), out);
        }
        if let Some(id) = &self.id {
            write_line(b"id: ", id.as_bytes(), out);
        }
        if let Some(retry) = self.retry {
            let milliseconds = retry.as_nanos().div_ceil(1_000_000);
            let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
            let mut digits = [0; 20];
            write_line(b"retry: ", decimal(milliseconds, &mut digits), out);
        }
        if let Some(data) = &self.data {
            write_lines(b"data: ", data, out);
        }
        out(b"\n");
    }
}

#[inline]
fn write_line(name: &[u8], value: &[u8], out: &mut impl FnMut(&[u8])) {
    out(name);
    out(value);
    out(b"\n");
}

/// Splits at every CR, LF and CR LF, as the decoder on the other side does.
#[inline]
fn write_lines(name: &[u8], text: &str, out: &mut impl FnMut(&[u8])) {
    let text = text.as_bytes();
    let mut ends = LineEnds::new(text);
    let mut start = 0;
    while let Some((end, byte)) = ends.next(start) {
        write_line(name, &text[start..end], out);
        let pair = byte == CR && text.get(end + 1) == Some(&LF);
        start = end + 1 + usize::from(pair);
    }
    write_line(name, &text[start..], out);
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[start..];
        }
    }
}

/// The block as it goes over the wire, for writers of any kind: `write!(stream, "{event}")`.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        self.write(&mut |piece| {
            // Values are text, and are only cut at ASCII, so every piece is text.
            let piece = core::str::from_utf8(piece).expect("text cut at ASCII is text");
            result = result.and_then(|()| f.write_str(piece));
        });
        result
    }
}

/// The block that a server sends so that this event is received: see [`Event::from`].
impl fmt::Display for MessageEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Event::from(self).fmt(f)
    }
}
