//! What a hub has done, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use sse_proto::session::End;

/// What a hub has done since it was built, and what it holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Streams that are open now.
    pub subscribers: usize,
    /// Topics that exist now.
    pub topics: usize,
    /// Events that are kept now.
    pub events: usize,
    /// What they take, in bytes, with [their overhead](sse_proto::log::History::EVENT_OVERHEAD).
    pub bytes: usize,
    /// Streams that were opened.
    pub subscribed: u64,
    /// Streams that were refused: no room, no such topic, closed.
    pub refused: u64,
    /// Events that were published.
    pub published: u64,
    /// Writes of all kinds that were handed over: runs of events, heartbeats, farewells.
    pub writes: u64,
    /// The bytes of those.
    pub bytes_written: u64,
    /// Streams that were asked for behind an event, and were given what came after it.
    pub resumed: u64,
    /// Streams that were asked for behind an event that leads nowhere.
    pub stale: u64,
    /// Events that slow subscribers have missed, and were told so.
    pub missed: u64,
    /// Streams that have ended.
    pub ended: Ended,
    /// Panics of callbacks and filters. Each has ended a stream.
    pub panics: u64,
}

/// Why streams have ended: how many for each [`End`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// [`End::Lagged`].
    pub lagged: u64,
    /// [`End::Expired`].
    pub expired: u64,
    /// [`End::Stalled`].
    pub stalled: u64,
    /// [`End::Kicked`].
    pub kicked: u64,
    /// [`End::Unauthorised`].
    pub unauthorised: u64,
    /// [`End::Gone`].
    pub gone: u64,
    /// [`End::Drained`].
    pub drained: u64,
    /// [`End::Disconnected`].
    pub disconnected: u64,
}

impl Ended {
    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        let slow = self.lagged + self.stalled + self.expired;
        let unwanted = self.kicked + self.unauthorised + self.gone + self.drained;
        slow + unwanted + self.disconnected
    }

    fn of(&mut self, end: End) -> Option<&mut u64> {
        Some(match end {
            End::Lagged => &mut self.lagged,
            End::Expired => &mut self.expired,
            End::Stalled => &mut self.stalled,
            End::Kicked => &mut self.kicked,
            End::Unauthorised => &mut self.unauthorised,
            End::Gone => &mut self.gone,
            End::Drained => &mut self.drained,
            End::Disconnected => &mut self.disconnected,
            _ => return None,
        })
    }
}

/// What is counted under the hub's lock.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) subscribed: u64,
    pub(crate) resumed: u64,
    pub(crate) stale: u64,
    pub(crate) ended: Ended,
}

impl Tally {
    pub(crate) fn end(&mut self, end: End) {
        if let Some(count) = self.ended.of(end) {
            *count += 1;
        }
    }
}

/// What is counted where nothing is locked.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) refused: AtomicU64,
    pub(crate) writes: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) missed: AtomicU64,
    pub(crate) panics: AtomicU64,
}

impl Counters {
    pub(crate) fn count_written(&self, writes: u64, bytes: u64) {
        add(&self.writes, writes);
        add(&self.bytes_written, bytes);
    }
}

pub(crate) fn add(counter: &AtomicU64, count: u64) {
    if count > 0 {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}

pub(crate) fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
