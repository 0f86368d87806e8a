//! What has been done, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a [`Redis`](crate::Redis) has done since it was connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events that Redis has acknowledged.
    pub stored: u64,
    /// Events of which it is certain that they were not stored.
    pub not_stored: u64,
    /// Events of which nobody knows.
    pub unknown: u64,
    /// Pipelines that those were sent in.
    pub pipelines: u64,
    /// Entries that were read for the hub: its own and those of others.
    pub followed: u64,
    /// Pages that were read for clients that were away for long.
    pub pages: u64,
    /// Times that the history was cut before this node had read it.
    pub gaps: u64,
    /// Times that a connection was lost.
    pub disconnections: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) stored: AtomicU64,
    pub(crate) not_stored: AtomicU64,
    pub(crate) unknown: AtomicU64,
    pub(crate) pipelines: AtomicU64,
    pub(crate) followed: AtomicU64,
    pub(crate) pages: AtomicU64,
    pub(crate) gaps: AtomicU64,
    pub(crate) disconnections: AtomicU64,
}

pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

impl Counters {
    pub(crate) fn read(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            stored: read(&self.stored),
            not_stored: read(&self.not_stored),
            unknown: read(&self.unknown),
            pipelines: read(&self.pipelines),
            followed: read(&self.followed),
            pages: read(&self.pages),
            gaps: read(&self.gaps),
            disconnections: read(&self.disconnections),
        }
    }
}
