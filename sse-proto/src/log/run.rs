//! What is read: the events behind a cursor, joined to be written at once.

use alloc::sync::Arc;
use alloc::vec::Vec;

use bytes::Bytes;

use super::cursor::Cursor;
use super::reading::Gathered;
use super::sequence::Sequence;
use super::set::SetId;
use crate::codec::Decoder;
use crate::framing::Framing;
use crate::item::Item;
use crate::message_event::MessageEvent;

/// What is behind a cursor.
#[derive(Clone, Debug)]
pub enum Read<T = Run> {
    /// Nothing.
    UpToDate,
    /// Events.
    Run(T),
    /// Events are lost: they were not kept until they could be read.
    Lagged(Lagged),
    /// None of the topics exists any more.
    Gone,
}

/// Events that were lost to a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged {
    /// How many, at least one.
    pub missed: u64,
    /// Where to read on: before the oldest event that is kept.
    pub oldest: Cursor,
}

/// Events in order, joined and framed.
///
/// It is cheap to clone: all who are at the same cursor write the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What to write.
    pub bytes: Bytes,
    /// Where it was read from.
    pub from: Cursor,
    /// Where to read on once it is written.
    pub to: Cursor,
    /// How many events it has.
    pub events: usize,
    /// It was cut at its size: there is more behind it.
    pub more: bool,
}

/// Events in order, each by itself.
#[derive(Clone, Debug)]
pub struct Slices {
    /// The events.
    pub events: Vec<LogEvent>,
    /// Where they were read from.
    pub from: Cursor,
    /// Where to read on.
    pub to: Cursor,
}

/// One event of a log, for a filter to look at.
#[derive(Clone, Debug)]
pub struct LogEvent {
    pub(super) topic: Arc<str>,
    pub(super) sequence: Sequence,
    pub(super) bytes: Bytes,
    pub(super) transient: bool,
}

impl LogEvent {
    /// The topic that it was published to.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Its place in the order of all events.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Whether it has no id that a client could come back with.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }

    /// Its block as it goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What a client dispatches; `None` if it dispatches nothing, as for a comment.
    ///
    /// It decodes the block. A filter that looks at the topic alone is cheaper.
    #[must_use]
    pub fn message(&self) -> Option<MessageEvent> {
        let mut decoder = Decoder::new().with_max_event_bytes(usize::MAX);
        let item = decoder.feed(&self.bytes).next();
        match item {
            Some(Item::Event(event)) => Some(event),
            _ => None,
        }
    }
}

/// What a run was joined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunKey {
    pub(super) set: SetId,
    pub(super) from: Sequence,
    /// The end of a replay; `None` where it is live.
    pub(super) until: Option<Sequence>,
    pub(super) framing: Framing,
    pub(super) max_bytes: usize,
}

/// A run without its cursors, which differ where events were lost on the way.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) bytes: Bytes,
    pub(super) to: Sequence,
    /// How many it has passed, those that it leaves out among them.
    pub(super) passed: u64,
    pub(super) events: usize,
    /// It was cut at its size, so what is appended later does not belong to it.
    pub(super) full: bool,
}

impl Joined {
    pub(super) fn new(parts: &[&Bytes], framing: Framing, gathered: &Gathered) -> Self {
        Self {
            bytes: framing.join(parts),
            to: gathered.to,
            passed: gathered.passed,
            events: parts.len(),
            full: gathered.full,
        }
    }
}

/// What is behind a place, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The newest event.
    pub(super) newest: Sequence,
    /// How many events are before the place, or gone. It grows only when events behind the place are lost.
    pub(super) out_of_reach: u64,
    /// How many are kept behind the place.
    pub(super) kept: u64,
}

/// The runs that were joined last: nearly all subscribers want one of them.
#[derive(Debug)]
pub(super) struct RunCache {
    runs: Vec<(RunKey, Extent, Joined)>,
    next: usize,
}

impl RunCache {
    /// Subscribers are at the head, but for a few groups that are behind.
    const RUNS: usize = 16;

    pub(super) const fn new() -> Self {
        Self {
            runs: Vec::new(),
            next: 0,
        }
    }

    /// The run that was joined for this, if it would be joined in the same way again.
    pub(super) fn find(&self, key: &RunKey, extent: Extent) -> Option<&Joined> {
        let found = self.runs.iter().find(|(cached, _, _)| cached == key)?;
        let (_, then, joined) = found;
        let nothing_lost = then.out_of_reach == extent.out_of_reach;
        let nothing_new = joined.full || then.newest == extent.newest;
        (nothing_lost && nothing_new).then_some(joined)
    }

    pub(super) fn keep(&mut self, key: RunKey, extent: Extent, joined: Joined) {
        let run = (key, extent, joined);
        let same = self.runs.iter().position(|(cached, _, _)| *cached == key);
        if let Some(same) = same {
            self.runs[same] = run;
        } else if self.runs.len() < Self::RUNS {
            self.runs.push(run);
        } else {
            self.runs[self.next] = run;
            self.next = (self.next + 1) % Self::RUNS;
        }
    }

    pub(super) fn forget(&mut self, set: SetId) {
        self.runs.retain(|(key, _, _)| key.set != set);
        self.next = 0;
    }
}
