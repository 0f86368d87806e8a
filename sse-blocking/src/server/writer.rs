//! Events into any writer.

use std::fmt;
use std::io::{self, Write};

use sse_hub::Subscription;
use sse_proto::{Event, Framing};

/// Writes events to any writer: a connection of another server's, a raw one, a pipe, a file.
///
/// Each call is one write, flushed, so an event is never seen in part. A write that fails leaves the stream cut: drop it,
/// and let the client come back.
///
/// ```
/// use sse_blocking::server::SseWriter;
/// use sse_proto::Event;
///
/// let mut writer = SseWriter::new(Vec::new());
/// writer.send(&Event::new("42.5").event_type("price")?.id("7")?)?;
/// writer.comment("still here")?;
/// let bytes = writer.close_with(&Event::new("bye"))?;
/// assert_eq!(bytes, b"event: price\nid: 7\ndata: 42.5\n\n: still here\n\ndata: bye\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SseWriter<W: Write> {
    writer: W,
    framing: Framing,
    /// Kept from one event to the next.
    buffer: Vec<u8>,
}

/// How much room is kept for the next event, in bytes.
const KEPT_BYTES: usize = 64 << 10;

impl<W: Write> SseWriter<W> {
    /// Writes events as they are: the head of the response, and the framing of its body, are somebody else's.
    pub fn new(writer: W) -> Self {
        Self::framed(writer, Framing::Raw)
    }

    /// Writes events framed so: in chunks, behind the head of a response of HTTP/1.1.
    pub fn framed(writer: W, framing: Framing) -> Self {
        Self {
            writer,
            framing,
            buffer: Vec::new(),
        }
    }

    /// Writes an event.
    ///
    /// # Errors
    ///
    /// The writer's: the client is gone, most likely.
    pub fn send(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.send_all([event])
    }

    /// Writes several events as one: all of them are seen, or none.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_all<'e>(
        &mut self,
        events: impl IntoIterator<Item = &'e Event<'e>>,
    ) -> io::Result<()> {
        let mut blocks = Vec::new();
        for event in events {
            event.encode(&mut blocks);
        }
        self.write(&blocks)
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidData`](io::ErrorKind::InvalidData) for a value that is nothing that JSON can express; else as
    /// [`send`](Self::send).
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn send_json(&mut self, value: &(impl serde::Serialize + ?Sized)) -> io::Result<()> {
        let event = Event::json(value)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.send(&event)
    }

    /// Writes a comment, which programs do not see: to keep a connection alive, an empty one after each silence.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn comment(&mut self, text: &str) -> io::Result<()> {
        self.send(&Event::default().comment(text))
    }

    /// Writes what a hub's subscription has, [framed raw](sse_hub::Subscribe::framing), until it ends; heartbeats are
    /// among it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn follow(&mut self, mut subscription: Subscription) -> io::Result<()> {
        while let Some(run) = subscription.wait_run() {
            self.write(&run)?;
        }
        Ok(())
    }

    /// Ends the stream in good order, and gives the writer back.
    ///
    /// A client comes back all the same, as the standard says; 204 is how a server tells it not to.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn close(mut self) -> io::Result<W> {
        self.writer.write_all(self.framing.end())?;
        self.writer.flush()?;
        Ok(self.writer)
    }

    /// Writes a last event, and ends the stream.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn close_with(mut self, event: &Event<'_>) -> io::Result<W> {
        self.send(event)?;
        self.close()
    }

    /// The writer.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    fn write(&mut self, blocks: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.framing.frame(blocks, &mut self.buffer);
        let written = self.writer.write_all(&self.buffer);
        self.buffer.shrink_to(KEPT_BYTES);
        written?;
        self.writer.flush()
    }
}

impl<W: Write> fmt::Debug for SseWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseWriter")
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}
