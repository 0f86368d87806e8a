//! What an event source shares with those who look at it, and close it, from other threads.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time;

use sse_proto::Instant;
use sse_proto::source::{EventSource as Machine, ReadyState};

use super::wire::Wire;

pub(super) struct Shared {
    state: Mutex<State>,
    disturbed: Condvar,
    pub(super) wire: Arc<Wire>,
    /// When the clock began to run: when it was first looked at, so that no time passes for a source that was built
    /// and not yet asked.
    origin: OnceLock<time::Instant>,
}

pub(super) struct State {
    pub(super) machine: Machine,
    /// A handle has done something since it was last waited.
    disturbed: bool,
}

impl Shared {
    pub(super) fn new(machine: Machine) -> Self {
        let disturbed = false;
        Self {
            state: Mutex::new(State { machine, disturbed }),
            disturbed: Condvar::new(),
            wire: Arc::default(),
            origin: OnceLock::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn origin(&self) -> time::Instant {
        *self.origin.get_or_init(time::Instant::now)
    }

    /// The time as the machine knows it.
    pub(super) fn now(&self) -> Instant {
        Instant::since_origin(self.origin().elapsed())
    }

    /// Bounds what blocks next by the machine's deadline.
    pub(super) fn arm(&self) {
        let deadline = self.lock().machine.deadline();
        // What lies beyond the end of the clock never comes.
        let deadline =
            deadline.and_then(|at| self.origin().checked_add(at.duration_since_origin()));
        self.wire.arm(deadline);
    }

    /// Waits for the machine's deadline, or for a handle to do something.
    pub(super) fn wait(&self) {
        let mut state = self.lock();
        state = match state.machine.deadline() {
            None => self
                .disturbed
                .wait_while(state, |state| !state.disturbed)
                .unwrap_or_else(PoisonError::into_inner),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(self.now());
                let waited = self
                    .disturbed
                    .wait_timeout_while(state, left, |state| !state.disturbed);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        state.disturbed = false;
        state.machine.handle_timeout(self.now());
    }

    /// Asks the program's own code, and closes the source if that panics: it would wait for the answer for ever.
    pub(super) fn ask<T>(&self, ask: impl FnOnce() -> T) -> T {
        struct Asking<'a>(&'a Shared);
        impl Drop for Asking<'_> {
            fn drop(&mut self) {
                if thread::panicking() {
                    self.0.lock().machine.close();
                }
            }
        }
        let _asking = Asking(self);
        ask()
    }

    /// Does something to the machine that ends what is under way.
    fn disturb(&self, act: impl FnOnce(&mut Machine, Instant)) {
        let mut state = self.lock();
        act(&mut state.machine, self.now());
        state.disturbed = true;
        // Under the lock, so that it cannot hit the exchange after.
        self.wire.interrupt();
        drop(state);
        self.disturbed.notify_all();
    }
}

/// A view of an [`EventSource`](crate::EventSource), and a hand on it, for any thread.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

impl Handle {
    /// Closes the source for good, and frees the thread that is blocked on it at once.
    ///
    /// While a connection is being made, it is freed when that is done or given up: within the
    /// [connect timeout](sse_proto::source::Config::connect_timeout). A second time it changes nothing.
    pub fn close(&self) {
        self.shared.disturb(|machine, _| machine.close());
    }

    /// Gives up the connection, or the wait for one, and connects at once; a closed source stays closed.
    pub fn reconnect(&self) {
        self.shared.disturb(Machine::reconnect);
    }

    /// Whether the source is connecting, open or closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.shared.lock().machine.ready_state()
    }

    /// The last event ID of what was read, or the one it was built with; empty if there is none.
    ///
    /// A few messages may be read and not yet looked at. Each [message](sse_proto::MessageEvent::last_event_id) has
    /// its own.
    #[must_use]
    pub fn last_event_id(&self) -> String {
        self.shared.lock().machine.last_event_id().to_owned()
    }

    /// How many bytes of an unfinished event the latest stream ended with, which were discarded as the standard has it;
    /// 0 if it ended between two events, and while one is open.
    #[must_use]
    pub fn discarded_bytes(&self) -> usize {
        self.shared.lock().machine.discarded_bytes()
    }

    /// The origin that the stream comes from, after redirects, such as `https://example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.shared.lock().machine.origin().to_owned()
    }

    /// The URL that the stream comes from, after redirects.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.lock().machine.url().to_owned()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.lock();
        f.debug_tuple("Handle").field(&state.machine).finish()
    }
}
