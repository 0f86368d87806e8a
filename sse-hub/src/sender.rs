//! Into a stream for one.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use sse_proto::Event;

use crate::channel::{Shared, wake};
use crate::draft::Draft;
use crate::sync::{lock, thread_waker};

/// The end of a [`channel`](crate::channel()) that events go into. Clones are the same end; when the last one is dropped, the stream ends.
pub struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Sends an event, and waits while too much waits for the client.
    ///
    /// # Errors
    ///
    /// The client is gone, or the channel was closed.
    pub fn send(&self, event: &Event<'_>) -> Sending<'_> {
        self.send_block(event.to_bytes())
    }

    pub(crate) fn send_block(&self, block: Bytes) -> Sending<'_> {
        Sending {
            sender: self,
            block: Ok(block),
        }
    }

    /// As [`send`](Self::send), with a value as JSON for its data.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); or JSON cannot express the value.
    #[cfg(feature = "json")]
    pub fn send_json(&self, value: &(impl serde::Serialize + ?Sized)) -> Sending<'_> {
        Sending {
            sender: self,
            block: Event::json(value)
                .map(|event| event.to_bytes())
                .map_err(|error| SendError::Json(Arc::new(error))),
        }
    }

    /// As [`send`](Self::send), with nothing but a comment.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn comment(&self, text: &str) -> Sending<'_> {
        self.send(&Event::default().comment(text))
    }

    /// As [`send`](Self::send), on a thread that can wait.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn blocking_send(&self, event: &Event<'_>) -> Result<(), SendError> {
        self.send(event).wait()
    }

    /// As [`send`](Self::send), unless it would have to wait.
    ///
    /// # Errors
    ///
    /// [`SendError::Full`] if it would.
    pub fn try_send(&self, event: &Event<'_>) -> Result<(), SendError> {
        let pushed = self.shared.try_push(&event.to_bytes())?;
        if pushed { Ok(()) } else { Err(SendError::Full) }
    }

    /// An event to be written field by field, and line by line: nothing of it is sent until all of it is.
    pub fn draft(&self) -> Draft<'_> {
        Draft::new(self)
    }

    /// Ends the stream behind what was sent. A second time it changes nothing.
    pub fn close(&self) {
        self.finish(&[]);
    }

    /// As [`close`](Self::close), with a last event, which waits for no room.
    pub fn close_with(&self, event: &Event<'_>) {
        self.finish(&event.to_bytes());
    }

    fn finish(&self, last: &[u8]) {
        let mut state = lock(&self.shared.state);
        if state.closed {
            return;
        }
        state.closed = true;
        state.buffer.extend_from_slice(last);
        let reader = state.reader.take();
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        wake(reader);
        wake(waiting);
    }

    /// Whether nothing can be sent any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        lock(&self.shared.state).closed
    }

    /// Waits until nothing can be sent any more: the client is gone, or the channel was closed. It is for those who want
    /// to stop working then.
    pub fn closed(&self) -> Closed<'_> {
        Closed { sender: self }
    }
}

impl Clone for Sender {
    fn clone(&self) -> Self {
        lock(&self.shared.state).senders += 1;
        Self::new(Arc::clone(&self.shared))
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.senders -= 1;
        let is_last = state.senders == 0;
        drop(state);
        if is_last {
            self.close();
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.shared.state);
        f.debug_struct("Sender")
            .field("waiting_bytes", &state.buffer.len())
            .field("closed", &state.closed)
            .finish()
    }
}

/// An event on its way into a channel. **Nothing is sent until it is polled, or [waited](Self::wait) for.**
#[must_use = "nothing is sent until it is awaited"]
pub struct Sending<'s> {
    sender: &'s Sender,
    block: Result<Bytes, SendError>,
}

impl Sending<'_> {
    /// Sends it, on a thread that can wait.
    ///
    /// # Errors
    ///
    /// It cannot be sent.
    pub fn wait(mut self) -> Result<(), SendError> {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self).poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl Future for Sending<'_> {
    type Output = Result<(), SendError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let block = match &self.block {
            Ok(block) => block,
            Err(error) => return Poll::Ready(Err(error.clone())),
        };
        let shared = &self.sender.shared;
        if shared.try_push(block)? {
            return Poll::Ready(Ok(()));
        }
        lock(&shared.state).wait(context);
        // There may be room by now.
        if shared.try_push(block)? {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }
}

impl fmt::Debug for Sending<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sending").field(&self.block).finish()
    }
}

/// The end of a channel, for its senders; see [`Sender::closed`].
#[derive(Debug)]
#[must_use = "it is waited for when it is awaited"]
pub struct Closed<'s> {
    sender: &'s Sender,
}

impl Future for Closed<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.sender.shared.state);
        if state.closed {
            return Poll::Ready(());
        }
        state.wait(context);
        Poll::Pending
    }
}

/// Why an event cannot be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The client is gone, or the channel was closed.
    Closed,
    /// Too much waits for the client.
    Full,
    /// JSON cannot express the value.
    #[cfg(feature = "json")]
    Json(Arc<serde_json::Error>),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the stream is closed"),
            Self::Full => f.write_str("too much waits for the client"),
            #[cfg(feature = "json")]
            Self::Json(error) => write!(f, "the value is nothing that JSON can express: {error}"),
        }
    }
}

impl Error for SendError {}
