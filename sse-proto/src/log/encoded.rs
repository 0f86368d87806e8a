//! An event on its way into a log: encoded, but for the id.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use bytes::Bytes;

use super::sequence::Sequence;
use crate::event::Event;

/// Room in front of the block for the line with the id, which only the log knows.
const ROOM: usize = ID.len() + Sequence::MAX_TEXT + 1;

const ID: &[u8] = b"id: ";

/// An event that is encoded but for the id that the log gives it.
///
/// Encoding takes most of the time that publishing takes, and needs nothing of the log: make one before the log is
/// locked.
///
/// ```
/// use sse_proto::{Event, Instant};
/// use sse_proto::log::{Config, Encoded, Ids, Log};
///
/// let mut log = Log::new(Config::new(Ids::Automatic { epoch: 5 }));
/// let appended = log.append("news", Encoded::new(&Event::new("hello")), Instant::default())?;
/// assert_eq!(appended.sequence.to_string(), "5-1");
/// # Ok::<(), sse_proto::log::AppendError>(())
/// ```
pub struct Encoded {
    /// The room, and then the block.
    buffer: Vec<u8>,
    pub(super) own_id: Option<Box<str>>,
    pub(super) transient: bool,
}

impl Encoded {
    /// Encodes an event.
    ///
    /// One without data is transient: it has nothing to replay.
    #[must_use]
    pub fn new(event: &Event<'_>) -> Self {
        let len = event.encoded_len();
        let mut buffer = Vec::with_capacity(ROOM + len);
        buffer.resize(ROOM, 0);
        event.write(&mut |piece| buffer.extend_from_slice(piece));
        Self {
            buffer,
            own_id: event.id.as_deref().map(Box::from),
            transient: event.data.is_none(),
        }
    }

    /// Encodes a transient event: it is delivered to those who are there, has no id, and is never replayed.
    ///
    /// An id of its own is left out.
    #[must_use]
    pub fn transient(event: &Event<'_>) -> Self {
        Self {
            transient: true,
            ..Self::new(&without_id(event))
        }
    }

    /// Takes a block as [`block`](Self::block) gave it, on this node or on another.
    ///
    /// # Errors
    ///
    /// It must be one whole block with LF as its line ends, without an id.
    pub fn from_block(block: &[u8]) -> Result<Self, InvalidBlock> {
        check_block(block)?;
        let mut buffer = Vec::with_capacity(ROOM + block.len());
        buffer.resize(ROOM, 0);
        buffer.extend_from_slice(block);
        Ok(Self {
            buffer,
            own_id: None,
            transient: false,
        })
    }

    /// The block without the id that the log gives, as another node's log takes it.
    #[must_use]
    pub fn block(&self) -> &[u8] {
        &self.buffer[ROOM..]
    }

    /// The id that the event brought along.
    #[must_use]
    pub fn own_id(&self) -> Option<&str> {
        self.own_id.as_deref()
    }

    /// The block as it goes over the wire, with this id in front: what a log makes of it.
    #[must_use]
    pub fn with_id(self, id: Sequence) -> Bytes {
        self.seal(Some(id))
    }

    /// How many bytes it can take at most, once it has its id.
    pub(super) fn max_len(&self) -> usize {
        self.buffer.len()
    }

    /// The block as it goes over the wire, with this id in front.
    pub(super) fn seal(mut self, id: Option<Sequence>) -> Bytes {
        let mut start = ROOM;
        if let Some(id) = id {
            self.buffer[ROOM - 1] = b'\n';
            start = id.write_at_end(&mut self.buffer[..ROOM - 1]) - ID.len();
            self.buffer[start..start + ID.len()].copy_from_slice(ID);
        }
        Bytes::from(self.buffer).slice(start..)
    }
}

fn without_id<'e>(event: &'e Event<'_>) -> Event<'e> {
    fn lent<'t>(text: &'t Option<Cow<'_, str>>) -> Option<Cow<'t, str>> {
        text.as_deref().map(Cow::Borrowed)
    }
    Event {
        data: lent(&event.data),
        event_type: lent(&event.event_type),
        id: None,
        retry: event.retry,
        comment: lent(&event.comment),
    }
}

/// What a log of record handed out could forge events, so it is looked at.
fn check_block(block: &[u8]) -> Result<(), InvalidBlock> {
    let lines = block.strip_suffix(b"\n\n").ok_or(InvalidBlock)?;
    let is_field = |line: &[u8]| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or(line);
        !line.is_empty() && name != b"id"
    };
    let whole =
        memchr::memchr(b'\r', block).is_none() && lines.split(|byte| *byte == b'\n').all(is_field);
    if whole { Ok(()) } else { Err(InvalidBlock) }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoded")
            .field(
                "block",
                &format_args!("b\"{}\"", self.block().escape_ascii()),
            )
            .field("transient", &self.transient)
            .finish()
    }
}

impl From<&Event<'_>> for Encoded {
    fn from(event: &Event<'_>) -> Self {
        Self::new(event)
    }
}

/// Bytes that are not one encoded event without an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidBlock;

impl fmt::Display for InvalidBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are not one encoded event without an id")
    }
}

impl Error for InvalidBlock {}
