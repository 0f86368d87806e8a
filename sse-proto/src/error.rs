//! What can go wrong: a value that no event stream can carry, and an event over the limit.

use core::error::Error;
use core::fmt;

/// An id or an event type that no event stream can carry.
///
/// Both stand on one line, so they cannot contain CR or LF; and the standard ignores an id with NUL in it.
///
/// ```
/// use sse_proto::Event;
///
/// let error = Event::new("x").id("1\n2").unwrap_err();
/// assert_eq!(error.to_string(), "an id cannot contain a line feed (U+000A), as it does at byte 1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    what: &'static str,
    byte: u8,
    at: usize,
}

impl InvalidField {
    /// Where in the value the first forbidden byte stands, in bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, at) = (self.what, self.at);
        let byte = match self.byte {
            b'\n' => "a line feed (U+000A)",
            b'\r' => "a carriage return (U+000D)",
            _ => "a null (U+0000)",
        };
        write!(f, "{what} cannot contain {byte}, as it does at byte {at}")
    }
}

impl Error for InvalidField {}

pub(crate) fn check_id(id: &str) -> Result<(), InvalidField> {
    check("an id", id)
}

pub(crate) fn check_event_type(event_type: &str) -> Result<(), InvalidField> {
    check("an event type", event_type)
}

fn check(what: &'static str, value: &str) -> Result<(), InvalidField> {
    match memchr::memchr3(b'\r', b'\n', 0, value.as_bytes()) {
        None => Ok(()),
        Some(at) => Err(InvalidField {
            what,
            byte: value.as_bytes()[at],
            at,
        }),
    }
}

/// An event, or a comment, that was larger than the decoder's limit.
///
/// It was discarded, but for its id, which counts. Decoding goes on behind it. To let larger events pass, raise
/// [`Decoder::with_max_event_bytes`](crate::Decoder::with_max_event_bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    limit: usize,
}

impl TooLarge {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit }
    }

    /// The limit that was passed, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        write!(f, "an event of more than {limit} bytes was discarded")
    }
}

impl Error for TooLarge {}
