//! What a topic keeps: its latest events, in order.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use bytes::Bytes;

use super::config::History;
use super::sequence::Sequence;
use crate::time::Instant;

/// One event as it is kept.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) sequence: Sequence,
    pub(super) at: Instant,
    /// The whole block, as it goes over the wire.
    pub(super) bytes: Bytes,
    /// The caller's own id, where the log must know it.
    pub(super) own_id: Option<Box<str>>,
    /// It is never replayed.
    pub(super) transient: bool,
}

impl Stored {
    fn weight(&self) -> usize {
        self.bytes.len() + History::EVENT_OVERHEAD
    }
}

/// The latest events of a topic, within its bounds.
#[derive(Debug)]
pub(super) struct Ring {
    events: VecDeque<Stored>,
    weight: usize,
    /// How many were ever appended.
    pub(super) appended: u64,
    /// The last event that could have been replayed and is gone: a resumption from before it is not whole.
    pub(super) lost_through: Sequence,
}

impl Ring {
    pub(super) fn new(lost_through: Sequence) -> Self {
        Self {
            events: VecDeque::new(),
            weight: 0,
            appended: 0,
            lost_through,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    pub(super) fn newest(&self) -> Option<&Stored> {
        self.events.back()
    }

    pub(super) fn oldest(&self) -> Option<&Stored> {
        self.events.front()
    }

    /// The index of the first event behind this place.
    pub(super) fn first_after(&self, place: Sequence) -> usize {
        // Most look for what is new, and most have seen all of it.
        match self.events.back() {
            Some(newest) if newest.sequence > place => {
                self.events.partition_point(|event| event.sequence <= place)
            }
            _ => self.events.len(),
        }
    }

    pub(super) fn at(&self, index: usize) -> Option<&Stored> {
        self.events.get(index)
    }

    pub(super) fn push(&mut self, event: Stored) {
        self.weight += event.weight();
        self.appended += 1;
        self.events.push_back(event);
    }

    /// An event that was for this topic is lost before it could be kept.
    pub(super) fn lose(&mut self, sequence: Sequence) {
        self.appended += 1;
        self.lost_through = sequence;
    }

    /// Takes out the oldest event if the bounds don't allow it any more.
    pub(super) fn pop_excess(&mut self, bounds: &History, now: Instant) -> Option<Stored> {
        let oldest = self.events.front()?;
        let excess = self.events.len() > bounds.events
            || self.weight > bounds.bytes
            || bounds.age.is_some_and(|age| oldest.at + age <= now);
        if excess { self.pop() } else { None }
    }

    /// Takes out the oldest event.
    pub(super) fn pop(&mut self) -> Option<Stored> {
        let event = self.events.pop_front()?;
        self.weight -= event.weight();
        if !event.transient {
            self.lost_through = event.sequence;
        }
        if self.events.is_empty() && self.events.capacity() > 64 {
            self.events = VecDeque::new();
        }
        Some(event)
    }
}
