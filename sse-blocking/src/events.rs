//! The events of a reader.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::iter::FusedIterator;

use sse_proto::{Decoder, Item, MessageEvent};

/// How much is read at once.
const CHUNK_BYTES: usize = 16 << 10;

/// The events of anything that can be read: a response's body, a child process's output, a file.
///
/// ```
/// let body = &b"data: hello\n\ndata: world\n\n"[..];
/// let events: Result<Vec<_>, _> = sse_blocking::events(body).collect();
/// assert_eq!(events?[1].data(), "world");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn events<R: Read>(reader: R) -> Events<R> {
    Events::new(reader, Decoder::new())
}

/// The iterator of [`events`].
///
/// It ends with the reader, or at its first error. An event over the decoder's limit is lost, which is an error of
/// the kind [`InvalidData`](io::ErrorKind::InvalidData); the iterator goes on after it.
#[must_use = "nothing is read before it is asked"]
pub struct Events<R> {
    /// None once it has ended.
    reader: Option<R>,
    decoder: Decoder,
    ready: VecDeque<io::Result<MessageEvent>>,
    chunk: Box<[u8]>,
}

impl<R: Read> Events<R> {
    /// The events of a reader, by a decoder with a limit or a last event ID of its own.
    pub fn new(reader: R, decoder: Decoder) -> Self {
        Self {
            reader: Some(reader),
            decoder,
            ready: VecDeque::new(),
            chunk: vec![0; CHUNK_BYTES].into(),
        }
    }

    /// The last event ID of what was read; empty if there is none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    fn decode(&mut self, length: usize) {
        let items = self.decoder.feed(&self.chunk[..length]);
        self.ready.extend(items.filter_map(|item| match item {
            Item::Event(event) => Some(Ok(event)),
            Item::TooLarge(error) => Some(Err(io::Error::new(io::ErrorKind::InvalidData, error))),
            _ => None,
        }));
    }
}

impl<R: Read> Iterator for Events<R> {
    type Item = io::Result<MessageEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match self.reader.as_mut()?.read(&mut self.chunk) {
                Ok(0) => self.reader = None,
                Ok(length) => self.decode(length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.reader = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<R: Read> FusedIterator for Events<R> {}

impl<R> fmt::Debug for Events<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("ended", &self.reader.is_none())
            .field("decoder", &self.decoder)
            .finish_non_exhaustive()
    }
}
