//! How many connections there are, and may be.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use event_listener::{Event, EventListener};

/// How many connections a server has, over all that it listens to.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) limit: AtomicUsize,
    pub(super) open: AtomicUsize,
}

/// One listener's connections, from the first until the last has ended.
#[derive(Default)]
pub(super) struct Round {
    open: AtomicUsize,
    is_ending: AtomicBool,
    changed: Event,
}

impl Round {
    /// Lets connections that wait for a request close, and waits until all have ended.
    pub(super) async fn end(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
        self.changed.notify(usize::MAX);
        loop {
            let changed = self.changed.listen();
            if self.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            changed.await;
        }
    }

    pub(super) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::SeqCst)
    }

    /// Ready when something has changed since.
    pub(super) fn changed(&self) -> EventListener {
        self.changed.listen()
    }
}

impl fmt::Debug for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Round")
            .field("open", &self.open)
            .field("is_ending", &self.is_ending)
            .finish_non_exhaustive()
    }
}

/// One of the connections that there may be; dropped, another may take its place.
pub(super) struct Place {
    places: Arc<Places>,
    pub(super) round: Arc<Round>,
}

impl Place {
    /// `None` if all are taken.
    pub(super) fn take(places: &Arc<Places>, round: &Arc<Round>) -> Option<Self> {
        let place = Self {
            places: Arc::clone(places),
            round: Arc::clone(round),
        };
        let before = places.open.fetch_add(1, Ordering::Relaxed);
        round.open.fetch_add(1, Ordering::SeqCst);
        (before < places.limit.load(Ordering::Relaxed)).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.fetch_sub(1, Ordering::Relaxed);
        if self.round.open.fetch_sub(1, Ordering::SeqCst) == 1 && self.round.is_ending() {
            self.round.changed.notify(usize::MAX);
        }
    }
}
