//! One stream, for its adapter.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use sse_proto::session::End;

use crate::core::{Core, owned};
use crate::delivery::Next;
use crate::seat::{Outlet, Seat};
use crate::sync::thread_waker;
use crate::table::SubscriberId;

/// One open stream. Dropped, it is over.
///
/// There are two ways to serve it. The body of an HTTP library [polls it](Self::poll_run) for all that is pending, one
/// run of bytes at a time. An own server [attaches](Self::attach) the socket instead: then the hub's driver writes to
/// it itself, and the connection's task only [waits](Self::poll_blocked) for sockets that are full and for the end.
pub struct Subscription {
    core: Arc<Core>,
    seat: Arc<Seat>,
}

impl Subscription {
    pub(crate) fn new(core: Arc<Core>, seat: Arc<Seat>) -> Self {
        Self { core, seat }
    }

    /// Its number, to [kick](crate::Hub::kick) it by.
    #[must_use]
    pub fn id(&self) -> SubscriberId {
        self.seat.id
    }

    /// The topics that it follows, each once, in no order; none if it has ended.
    #[must_use]
    pub fn topics(&self) -> Vec<String> {
        owned(self.core.state().log.topics_of(self.seat.set))
    }

    /// All that is pending, as one run of bytes; `None` when the stream has ended.
    ///
    /// What is handed out counts as written. When nothing is pending, the task is woken as soon as something is, by the
    /// hub's [driver](crate::Hub::driver).
    pub fn poll_run(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut slot = self.seat.lock();
        if slot.session.is_live() && !slot.behind {
            slot.register(context);
            return Poll::Pending;
        }
        drop(slot);
        let now = self.core.now();
        let (mut slot, next) = self.core.next(&self.seat, now);
        match next {
            Next::Write(bytes) => {
                slot.session.handle_written(now, bytes.len());
                self.core.counters.count_written(1, bytes.len() as u64);
                self.core.settle(&self.seat, slot);
                Poll::Ready(Some(bytes))
            }
            Next::Idle => {
                slot.register(context);
                Poll::Pending
            }
            Next::End(end) => {
                drop(slot);
                self.core.leave(&self.seat, end);
                Poll::Ready(None)
            }
        }
    }

    /// All that is pending, once there is something, for threads: as [`poll_run`](Self::poll_run).
    pub fn wait_run(&mut self) -> Option<Bytes> {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        loop {
            match self.poll_run(&mut context) {
                Poll::Ready(run) => return run,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// Lets the hub write the stream itself, and begins at once.
    ///
    /// From now on [`poll_blocked`](Self::poll_blocked) takes the place of [`poll_run`](Self::poll_run).
    pub fn attach(&mut self, outlet: impl Outlet + 'static) {
        self.seat.lock().outlet = Some(Box::new(outlet));
        self.flush();
    }

    /// Writes what is pending to the outlet, or as much as it takes: when a full socket is writable again.
    pub fn flush(&mut self) {
        self.core.push(&self.seat, self.core.now());
    }

    /// Waits until the outlet takes no more, or the stream has ended.
    ///
    /// Told that it is [blocked](Outcome::Blocked), wait until the socket is writable, and [flush](Self::flush).
    pub fn poll_blocked(&mut self, context: &mut Context<'_>) -> Poll<Outcome> {
        let mut slot = self.seat.lock();
        if let Some(end) = slot.session.ended() {
            return Poll::Ready(Outcome::Ended(end));
        }
        slot.register(context);
        if slot.blocked {
            return Poll::Ready(Outcome::Blocked);
        }
        Poll::Pending
    }

    /// Why the stream has ended; `None` if it has not.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.seat.lock().session.ended()
    }
}

/// What an own server's task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The outlet takes no more for now.
    Blocked,
    /// The stream is over: close the connection.
    Ended(End),
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut slot = self.seat.lock();
        slot.session.disconnected();
        let end = slot.session.ended().unwrap_or(End::Disconnected);
        let waker = slot.take_waker();
        let outlet = slot.outlet.take();
        drop(slot);
        // Both are somebody else's code.
        drop((waker, outlet));
        self.core.leave(&self.seat, end);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.seat.id)
            .field("topics", &self.topics())
            .field("tag", &self.seat.tag)
            .field("session", &self.seat.lock().session)
            .finish()
    }
}
