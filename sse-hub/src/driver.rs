//! Who delivers.

use std::fmt;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::thread;

use sse_proto::Instant;

use crate::clock::Clock;
use crate::core::Core;
use crate::sync::thread_waker;

/// Delivers what is published, and keeps the time: heartbeats, deadlines, ages.
///
/// A hub needs one, as a task or as a thread; adapters see to it. With several, one drives, and the others stand by in
/// case it is dropped. With none, whoever publishes delivers, and nobody keeps the time.
///
/// **[`poll`](Self::poll) → wait until woken, or until [`deadline`](Self::deadline), and then
/// [`handle_timeout`](Self::handle_timeout) → poll.**
///
/// ```
/// use sse_hub::Hub;
/// use sse_hub::sse_proto::Event;
///
/// let hub = Hub::builder().build();
/// let driver = hub.driver();
/// let thread = std::thread::spawn(move || driver.run());
///
/// let mut subscription = hub.subscribe(["news"]).open()?;
/// assert!(subscription.wait_run().is_some_and(|run| run.starts_with(b"event: sse-cursor\n")));
/// hub.publish("news", &Event::new("hello")).wait()?;
/// assert!(subscription.wait_run().is_some_and(|run| run.ends_with(b"data: hello\n\n")));
///
/// // When the last handle is gone, so is the driver.
/// drop((subscription, hub));
/// thread.join().expect("it ends in good order");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Driver {
    core: Weak<Core>,
    clock: Clock,
    number: u64,
}

impl Driver {
    pub(crate) fn new(core: &Arc<Core>) -> Self {
        Self {
            core: Arc::downgrade(core),
            clock: core.settings.clock.clone(),
            number: core.bell.admit(),
        }
    }

    /// Delivers what there is. It is ready when the hub is gone, or closed and left by everyone.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(core) = self.core.upgrade() else {
            return Poll::Ready(());
        };
        if !core.bell.answer(self.number, context.waker()) {
            return Poll::Pending;
        }
        core.bell.take();
        core.deliver_in_time();
        if core.is_over() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if nothing is waited for.
    ///
    /// Read it again after each poll, and after each timeout.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let core = self.core.upgrade()?;
        core.next_deadline()
    }

    /// Time has passed. Call it when the [`deadline`](Self::deadline) is reached, and then [`poll`](Self::poll).
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(core) = self.core.upgrade() {
            core.handle_timeout(now);
        }
    }

    /// The time, as the hub's clock has it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Drives on this thread until the hub is gone, or closed and left by everyone.
    pub fn run(mut self) {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        while self.poll(&mut context).is_pending() {
            let now = self.now();
            match self
                .deadline()
                .map(|deadline| deadline.saturating_duration_since(now))
            {
                None => thread::park(),
                Some(left) if left.is_zero() => self.handle_timeout(now),
                Some(left) => thread::park_timeout(left),
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(core) = self.core.upgrade() {
            core.bell.dismiss(self.number);
        }
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("number", &self.number)
            .field("deadline", &self.deadline())
            .finish()
    }
}
