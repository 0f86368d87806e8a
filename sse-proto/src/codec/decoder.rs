//! What a decoder remembers from one chunk to the next, and how it is set up.

use alloc::vec::Vec;
use core::fmt;

use super::begun_line::BegunLine;
use super::block::{Block, Has, KEPT};
use super::feed::Feed;
use super::field::{Digits, Field};
use super::line::LF;
use super::utf8::Lossy;
use crate::error::{self, InvalidField};

/// An event block may take this many bytes when nothing else is said: 32 MiB.
pub const DEFAULT_MAX_EVENT_BYTES: usize = 32 << 20;

/// An id may take this many bytes, whatever else there is room for: 64 KiB.
///
/// Each event carries the last event ID, and a client sends it as a header; so a long one costs far more than
/// the stream that set it.
pub const MAX_ID_BYTES: usize = 64 << 10;

/// A chunk of at most so many bytes may be used up before it is scanned.
const SMALL: usize = 64;

const BOM: &[u8; 3] = b"\xEF\xBB\xBF";

/// Decodes an event stream, chunk by chunk, cut anywhere.
///
/// Use it when bytes reach you by a transport of your own: it does no input or output, has no clock, and
/// hands out borrowed events without copying them wherever a chunk holds the whole of one.
///
/// ```
/// use sse_proto::{Decoder, Item};
///
/// let mut decoder = Decoder::new();
/// let mut texts = Vec::new();
/// for chunk in [&b"id: 7\ndata: hel"[..], b"lo\n\ndata: world\n\n"] {
///     for item in decoder.feed(chunk) {
///         if let Item::Event(event) = item {
///             texts.push(event.into_data());
///         }
///     }
/// }
/// assert_eq!(texts, ["hello", "world"]);
/// assert_eq!(decoder.last_event_id(), "7");
/// ```
///
/// Decoding never fails: what the standard does not know it ignores, and invalid UTF-8 becomes U+FFFD. The
/// one thing that is refused is an event larger than [`with_max_event_bytes`](Self::with_max_event_bytes);
/// it is reported as [`TooLarge`](crate::TooLarge), and decoding goes on behind it.
///
/// One decoder reads one connection; at the end of it call [`reset`](Self::reset), and the next connection
/// starts with the last event ID of this one, as browsers do.
///
/// The algorithm is that of the [WHATWG HTML standard, §9.2.6][standard].
///
/// [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#[derive(Clone)]
pub struct Decoder {
    max_event_bytes: usize,
    pub(super) comments: bool,
    pub(super) begin: Begin,
    /// The last byte was a CR that has ended its line, so that a LF now belongs to it.
    pub(super) skip_lf: bool,
    pub(super) block: Block,
    pub(super) line: BegunLine,
    /// The value of a begun line that is not `data`.
    pub(super) value: Vec<u8>,
    /// The value of a begun `retry` line.
    pub(super) digits: Digits,
    /// How long the buffer may get into which the value of a begun line goes.
    pub(super) line_limit: usize,
    pub(super) lossy: Lossy,
}

/// How much of the byte order mark, which may stand at the very start, was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    Bom(usize),
    Passed,
}

impl Decoder {
    /// A decoder for a new stream: no last event ID, no comments, events of up to 32 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_event_bytes: DEFAULT_MAX_EVENT_BYTES,
            comments: false,
            begin: Begin::Bom(0),
            skip_lf: false,
            block: Block::default(),
            line: BegunLine::Start,
            value: Vec::new(),
            digits: Digits::default(),
            line_limit: 0,
            lossy: Lossy::default(),
        }
    }

    /// Sets how many bytes one event may take.
    ///
    /// It is the data with a line feed behind each line, the event type and the id, and the last event ID in force
    /// counts too: so many bytes of the stream the decoder holds at most. A comment takes room only while it is
    /// read. An id has a limit of its own besides, [`MAX_ID_BYTES`]. The default is [`DEFAULT_MAX_EVENT_BYTES`].
    ///
    /// Text that is not valid UTF-8 takes up to three times as much while it is lent, since each U+FFFD takes three
    /// bytes.
    #[must_use]
    pub fn with_max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event_bytes = bytes;
        self
    }

    /// Starts with a last event ID, as a reconnecting client does.
    ///
    /// Events carry it until the stream sets another. It counts against the limit.
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL.
    pub fn with_last_event_id(mut self, id: &str) -> Result<Self, InvalidField> {
        error::check_id(id)?;
        self.block.last_event_id = id.into();
        Ok(self)
    }

    /// Says whether comments are reported; by default they are not.
    #[must_use]
    pub fn with_comments(mut self, comments: bool) -> Self {
        self.comments = comments;
        self
    }

    /// Decodes the next chunk of the stream, item by item as the [`Feed`] is asked for them.
    ///
    /// A chunk may be of any size and end anywhere. What was not asked for when the feed is dropped is decoded
    /// and discarded; [`Feed::remaining`] stops early without a loss.
    #[inline]
    pub fn feed<'d, 'c>(&'d mut self, chunk: &'c [u8]) -> Feed<'d, 'c> {
        Feed::new(self, chunk)
    }

    /// The last event ID string: what a client sends as `Last-Event-ID` when it reconnects.
    ///
    /// Empty when the stream has set none. An id counts from the blank line that ends its block.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.block.last_event_id
    }

    /// How many bytes of an unfinished block are held back, the last event ID in force not counted.
    #[must_use]
    pub fn buffered(&self) -> usize {
        let value = match self.line {
            BegunLine::Value(Field::Event | Field::Id | Field::Comment) => self.value.len(),
            _ => 0,
        };
        self.block.held() + value
    }

    /// Ends the stream: an unfinished block is discarded, and the decoder is ready for the next connection.
    ///
    /// The last event ID, the settings and (up to 64 KiB of) the buffers stay.
    pub fn reset(&mut self) {
        self.begin = Begin::Bom(0);
        self.skip_lf = false;
        self.line = BegunLine::Start;
        self.block.has = Has::default();
        self.trim(false);
    }

    /// How many bytes may still be held.
    pub(super) fn room(&self) -> usize {
        let held = self.buffered() + self.block.last_event_id.len();
        self.max_event_bytes.saturating_sub(held)
    }

    /// The limit cannot be reached within a chunk of so many bytes, so that lines need not be weighed one by one.
    #[inline]
    pub(super) fn has_room_for(&self, chunk_len: usize) -> bool {
        // An id of invalid UTF-8 grows threefold as it becomes text.
        !self.block.has.has(Has::OVERFLOW) && chunk_len.saturating_mul(3) <= self.room()
    }

    pub(super) fn max_event_bytes(&self) -> usize {
        self.max_event_bytes
    }

    /// What is left of a chunk without what belongs before the line at hand: a byte order mark, or the LF of a
    /// CR LF. Of a small chunk it may be nothing, if that was all.
    #[inline(always)]
    pub(super) fn open<'c>(&mut self, mut chunk: &'c [u8]) -> &'c [u8] {
        if self.begin != Begin::Passed {
            chunk = self.skip_bom(chunk);
        } else if self.skip_lf && !chunk.is_empty() {
            self.skip_lf = false;
            chunk = chunk.strip_prefix(&[LF]).unwrap_or(chunk);
        }
        if chunk.len() <= SMALL && self.absorb(chunk) {
            chunk = &[];
        }
        chunk
    }

    #[cold]
    fn skip_bom<'c>(&mut self, mut chunk: &'c [u8]) -> &'c [u8] {
        let Begin::Bom(mut seen) = self.begin else {
            return chunk;
        };
        while let (Some(expected), Some((byte, rest))) = (BOM.get(seen), chunk.split_first()) {
            if byte != expected {
                // A begun mark that is none is content: a field name with U+FFFD in it, known to nobody.
                if seen > 0 {
                    self.line = BegunLine::Value(Field::Unknown);
                }
                self.begin = Begin::Passed;
                return chunk;
            }
            (seen, chunk) = (seen + 1, rest);
        }
        self.begin = if seen == BOM.len() {
            Begin::Passed
        } else {
            Begin::Bom(seen)
        };
        chunk
    }

    /// Gives back what a huge event has left behind. Called at the end of a chunk.
    #[inline]
    pub(super) fn trim(&mut self, spare_data: bool) {
        let outside = self.value.capacity() + self.lossy.capacity();
        if self.block.capacity() + outside > KEPT {
            self.shrink(spare_data);
        }
    }

    #[cold]
    fn shrink(&mut self, spare_data: bool) {
        self.block.shrink(spare_data);
        self.lossy = Lossy::default();
        let BegunLine::Value(Field::Event | Field::Id | Field::Comment) = self.line else {
            self.value = Vec::new();
            return;
        };
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("last_event_id", &self.last_event_id())
            .field("buffered", &self.buffered())
            .field("max_event_bytes", &self.max_event_bytes)
            .field("comments", &self.comments)
            .finish_non_exhaustive()
    }
}
