//! An event source on a thread of its own.

use std::fmt;
use std::io;
use std::sync::mpsc::{self, RecvError, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

use sse_proto::source::SourceItem;

use super::{EventSource, Handle};

impl EventSource {
    /// Moves the source to a thread of its own, and gives what happens there.
    ///
    /// So many items may wait to be received; then the thread waits, and with it the server. With a bound of zero
    /// each is handed over from hand to hand. Dropping the receiver closes the source and ends the thread.
    ///
    /// # Errors
    ///
    /// The system may refuse another thread.
    pub fn into_channel(self, bound: usize) -> io::Result<Receiver> {
        let handle = self.handle();
        let (sender, items) = mpsc::sync_channel(bound);
        thread::Builder::new()
            .name("event source".into())
            .spawn(move || {
                for item in self {
                    if sender.send(item).is_err() {
                        break;
                    }
                }
            })?;
        Ok(Receiver { items, handle })
    }
}

/// The items of an [`EventSource`] on a thread of its own; as an iterator, until it is closed.
#[must_use = "dropping it closes the source"]
pub struct Receiver {
    items: mpsc::Receiver<SourceItem>,
    handle: Handle,
}

impl Receiver {
    /// Waits for the next item.
    ///
    /// # Errors
    ///
    /// The source is closed, and [`SourceItem::Closed`] was received; or code that it asks has panicked, and its
    /// thread with it.
    pub fn recv(&self) -> Result<SourceItem, RecvError> {
        self.items.recv()
    }

    /// Waits for the next item, at most this long.
    ///
    /// # Errors
    ///
    /// None came in that time, or will ever come.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<SourceItem, RecvTimeoutError> {
        self.items.recv_timeout(timeout)
    }

    /// The next item if there is one now.
    ///
    /// # Errors
    ///
    /// There is none now, or will ever be.
    pub fn try_recv(&self) -> Result<SourceItem, TryRecvError> {
        self.items.try_recv()
    }

    /// A hand on the source.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Iterator for Receiver {
    type Item = SourceItem;

    fn next(&mut self) -> Option<SourceItem> {
        self.recv().ok()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.handle).finish()
    }
}
