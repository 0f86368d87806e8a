//! Reading: what is behind a cursor, in the order of all events.

use alloc::collections::BinaryHeap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::cursor::Cursor;
use super::history::Log;
use super::ring::Stored;
use super::run::{Extent, Joined, Lagged, LogEvent, Read, Run, RunKey, Slices};
use super::sequence::Sequence;
use super::set::SetId;
use super::topic::{Topic, Topics};
use crate::framing::Framing;

impl Log {
    /// What is new behind a cursor, joined: as much as there is, up to `max_bytes`, and one event at least.
    ///
    /// All who read the same share the same bytes. A run of a single event without framing is the event as it is
    /// kept. A cursor of another set of topics has no meaning here.
    pub fn read(&mut self, set: SetId, from: Cursor, framing: Framing, max_bytes: usize) -> Read {
        self.read_run(set, from, None, framing, max_bytes)
    }

    /// As [`read`](Self::read), of what was there before a subscriber came: events up to `until`, and no transient
    /// ones.
    ///
    /// When nothing is left of it, [`pass`](Self::pass) over what was left out, and read on from there.
    pub fn replay(
        &mut self,
        set: SetId,
        from: Cursor,
        until: Sequence,
        framing: Framing,
        max_bytes: usize,
    ) -> Read {
        self.read_run(set, from, Some(until), framing, max_bytes)
    }

    /// As [`read`](Self::read), or with `until` as [`replay`](Self::replay), each event by itself: for those who don't
    /// want all of them.
    pub fn slices(
        &mut self,
        set: SetId,
        from: Cursor,
        until: Option<Sequence>,
        max_bytes: usize,
    ) -> Read<Slices> {
        let topics = match self.look(set, from, until) {
            Look::Here { topics, .. } => topics,
            Look::Elsewhere(read) => return read,
        };
        let mut events = Vec::new();
        let gathered = gather(
            &self.topics,
            topics,
            from.at,
            until,
            max_bytes,
            |topic, event| {
                events.push(LogEvent {
                    topic: Arc::clone(&topic.name),
                    sequence: event.sequence,
                    bytes: event.bytes.clone(),
                    transient: event.transient,
                });
            },
        );
        if events.is_empty() {
            return Read::UpToDate;
        }
        Read::Run(Slices {
            events,
            from,
            to: from.behind(&gathered),
        })
    }

    /// The cursor behind everything up to a place, as if it had been read.
    #[must_use]
    pub fn pass(&self, set: SetId, from: Cursor, until: Sequence) -> Cursor {
        let Some(set) = self.sets.get(set).filter(|_| from.at < until) else {
            return from;
        };
        let passed: usize = self
            .topics
            .of(&set.topics)
            .map(|topic| topic.ring.first_after(until) - topic.ring.first_after(from.at))
            .sum();
        Cursor {
            at: until,
            seen: from.seen + passed as u64,
        }
    }

    fn read_run(
        &mut self,
        set: SetId,
        from: Cursor,
        until: Option<Sequence>,
        framing: Framing,
        max_bytes: usize,
    ) -> Read {
        let (topics, extent) = match self.look(set, from, until) {
            Look::Here { topics, extent } => (topics, extent),
            Look::Elsewhere(read) => return read,
        };
        let key = RunKey {
            set,
            from: from.at,
            until,
            framing,
            max_bytes,
        };
        if let Some(joined) = self.runs.find(&key, extent) {
            return joined.run(from);
        }
        let mut parts = Vec::new();
        let gathered = gather(
            &self.topics,
            topics,
            from.at,
            until,
            max_bytes,
            |_, event| {
                parts.push(&event.bytes);
            },
        );
        if parts.is_empty() {
            return Read::UpToDate;
        }
        let joined = Joined::new(&parts, framing, &gathered);
        let run = joined.run(from);
        self.runs.keep(key, extent, joined);
        run
    }

    /// Whether there is anything to gather behind a cursor.
    fn look<T>(&self, set: SetId, from: Cursor, until: Option<Sequence>) -> Look<'_, T> {
        let Some(set) = self.sets.get(set) else {
            return Look::Elsewhere(Read::Gone);
        };
        let extent = self.extent(&set.topics, from.at);
        let missed = extent.out_of_reach.saturating_sub(from.seen);
        if missed > 0 {
            let oldest = Cursor {
                at: from.at,
                seen: from.seen + missed,
            };
            return Look::Elsewhere(Read::Lagged(Lagged { missed, oldest }));
        }
        if extent.kept > 0 && until.is_none_or(|until| from.at < until) {
            let topics = &set.topics;
            return Look::Here { topics, extent };
        }
        if self.topics.of(&set.topics).any(|topic| topic.exists) {
            return Look::Elsewhere(Read::UpToDate);
        }
        Look::Elsewhere(Read::Gone)
    }

    pub(super) fn extent(&self, topics: &[u32], place: Sequence) -> Extent {
        let mut extent = Extent {
            newest: Sequence::MIN,
            out_of_reach: 0,
            kept: 0,
        };
        for topic in self.topics.of(topics) {
            let ring = &topic.ring;
            let kept = (ring.len() - ring.first_after(place)) as u64;
            extent.kept += kept;
            extent.out_of_reach += ring.appended - kept;
            if let Some(newest) = ring.newest() {
                extent.newest = extent.newest.max(newest.sequence);
            }
        }
        extent
    }
}

enum Look<'a, T> {
    Here { topics: &'a [u32], extent: Extent },
    Elsewhere(Read<T>),
}

/// What was gathered, in numbers.
pub(super) struct Gathered {
    /// The last event that was passed.
    pub(super) to: Sequence,
    /// How many were passed, those that were left out among them.
    pub(super) passed: u64,
    /// It ended at its size, and not where the events end.
    pub(super) full: bool,
}

impl Cursor {
    fn behind(self, gathered: &Gathered) -> Self {
        Self {
            at: gathered.to,
            seen: self.seen + gathered.passed,
        }
    }
}

impl Joined {
    fn run(&self, from: Cursor) -> Read {
        let to = Cursor {
            at: self.to,
            seen: from.seen + self.passed,
        };
        Read::Run(Run {
            bytes: self.bytes.clone(),
            from,
            to,
            events: self.events,
            more: self.full,
        })
    }
}

/// Visits the events behind a place in order, up to `max_bytes` of them, and one at least.
fn gather<'a>(
    all: &'a Topics,
    topics: &[u32],
    place: Sequence,
    until: Option<Sequence>,
    max_bytes: usize,
    mut visit: impl FnMut(&'a Topic, &'a Stored),
) -> Gathered {
    let mut gathered = Gathered {
        to: place,
        passed: 0,
        full: false,
    };
    let mut bytes = 0_usize;
    let mut take = |topic: &'a Topic, event: &'a Stored| {
        if until.is_some_and(|until| until < event.sequence) {
            return false;
        }
        let left_out = until.is_some() && event.transient;
        if !left_out {
            let with_it = bytes.saturating_add(event.bytes.len());
            if bytes > 0 && with_it > max_bytes {
                gathered.full = true;
                return false;
            }
            bytes = with_it;
            visit(topic, event);
        }
        gathered.to = event.sequence;
        gathered.passed += 1;
        true
    };
    if let [topic] = topics {
        if let Some(topic) = all.get(*topic) {
            let mut index = topic.ring.first_after(place);
            while topic.ring.at(index).is_some_and(|event| take(topic, event)) {
                index += 1;
            }
        }
        return gathered;
    }
    let mut heads = BinaryHeap::new();
    for topic in topics {
        if let Some(ring) = all.get(*topic).map(|topic| &topic.ring) {
            let index = ring.first_after(place);
            heads.extend(
                ring.at(index)
                    .map(|event| Reverse((event.sequence, *topic, index))),
            );
        }
    }
    while let Some(Reverse((_, number, index))) = heads.pop() {
        let Some(topic) = all.get(number) else {
            continue;
        };
        let taken = topic.ring.at(index).is_some_and(|event| take(topic, event));
        if !taken {
            break;
        }
        let next = topic.ring.at(index + 1);
        heads.extend(next.map(|event| Reverse((event.sequence, number, index + 1))));
    }
    gathered
}
