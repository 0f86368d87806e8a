//! Bytes to text: invalid UTF-8 becomes U+FFFD, one for each maximal subpart, as the standard's decoder does.
//!
//! The standard decodes the stream before it looks for lines; since line ends and field names are ASCII,
//! decoding each value gives the same.

use alloc::borrow::Cow;
use alloc::string::String;

use super::place::Place;

#[cfg(not(feature = "simd"))]
use core::str::from_utf8;
#[cfg(feature = "simd")]
use simdutf8::basic::from_utf8;

/// From this many bytes on, one validation of the whole chunk costs less than one an event.
const WORTH_A_PASS: usize = 1024;

/// `bytes` as text, borrowed where they are valid.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// `bytes` as text, by way of `scratch` where they are invalid.
#[inline(never)]
pub(crate) fn lend<'a>(bytes: &'a [u8], scratch: &'a mut String) -> &'a str {
    match from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => replace(bytes, scratch),
    }
}

#[cold]
fn replace<'a>(bytes: &[u8], scratch: &'a mut String) -> &'a str {
    const REPLACEMENT: &str = "\u{FFFD}";
    let replacement = |invalid: &[u8]| if invalid.is_empty() { "" } else { REPLACEMENT };
    let pieces = || {
        bytes
            .utf8_chunks()
            .map(|chunk| [chunk.valid(), replacement(chunk.invalid())])
    };
    // The data may be huge: no more is taken than it needs, and what it took before is given back first.
    *scratch = String::new();
    scratch.reserve_exact(pieces().flatten().map(str::len).sum());
    scratch.extend(pieces().flatten());
    scratch
}

/// Where the values of an event that had invalid UTF-8 live while they are lent.
#[derive(Clone, Default)]
pub(crate) struct Lossy {
    pub(crate) event_type: String,
    pub(crate) data: String,
    pub(crate) last_event_id: String,
}

impl Lossy {
    pub(crate) fn capacity(&self) -> usize {
        self.event_type.capacity() + self.data.capacity() + self.last_event_id.capacity()
    }
}

/// What is known of a chunk of which pieces are lent as text.
pub(crate) struct Text<'c> {
    /// The part of the chunk that was found valid in one pass, and where it begins.
    valid: &'c str,
    valid_from: usize,
    /// The pass is still to be made, if the chunk is worth one.
    unchecked: bool,
}

impl<'c> Text<'c> {
    #[inline]
    pub(crate) fn new(chunk: &'c [u8]) -> Self {
        Self {
            valid: "",
            valid_from: 0,
            unchecked: chunk.len() >= WORTH_A_PASS,
        }
    }

    /// The text of `chunk` in `place`, which lies next to ASCII or at the chunk's end.
    #[inline(always)]
    pub(crate) fn lend<'a>(
        &mut self,
        chunk: &'c [u8],
        place: Place,
        scratch: &'a mut String,
    ) -> &'a str
    where
        'c: 'a,
    {
        let Place { start, end } = place;
        if self.unchecked {
            self.check(chunk, start);
        }
        let range = start.wrapping_sub(self.valid_from)..end.wrapping_sub(self.valid_from);
        match self.valid.get(range) {
            Some(text) => text,
            None => lend(place.of(chunk), scratch),
        }
    }

    /// Validates the chunk once, from the first text that is asked for.
    #[cold]
    fn check(&mut self, chunk: &'c [u8], start: usize) {
        self.unchecked = false;
        let rest = &chunk[start..];
        // The chunk may end inside a character, which no whole line does.
        let whole = rest.len() - incomplete_tail(rest);
        if let Ok(valid) = from_utf8(&rest[..whole]) {
            self.valid = valid;
            self.valid_from = start;
        }
    }
}

/// How many bytes at the end may be a character's beginning.
fn incomplete_tail(bytes: &[u8]) -> usize {
    let lead = bytes.iter().rev().take(3).position(|byte| *byte >= 0xC0);
    lead.map_or(0, |from_the_end| from_the_end + 1)
}
