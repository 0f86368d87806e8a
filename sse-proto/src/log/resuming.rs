//! Where a subscriber begins: at the head, at the tail, or behind what it saw last.

use alloc::boxed::Box;

use super::config::Ids;
use super::cursor::{Cursor, Resume, Stale};
use super::history::Log;
use super::sequence::Sequence;
use super::set::SetId;
use crate::time::Instant;

impl Log {
    /// Where a subscriber begins that has this last event ID, or none; an empty one is none.
    ///
    /// Transient events are not replayed: read with [`replay`](Self::replay) up to [`newest`](Self::newest).
    pub fn resume(&mut self, set: SetId, last_event_id: Option<&str>, now: Instant) -> Resume {
        match last_event_id
            .filter(|id| !id.is_empty())
            .map(|id| self.place_of(id))
        {
            None => Resume::Live(self.head(set)),
            Some(Ok(place)) => self.resume_at(set, place, now),
            Some(Err(stale)) => Resume::Stale(stale),
        }
    }

    /// As [`resume`](Self::resume), behind a place in the order of all events.
    pub fn resume_at(&mut self, set: SetId, place: Sequence, now: Instant) -> Resume {
        if place > self.newest {
            return Resume::Stale(Stale::Future);
        }
        let topics = self
            .sets
            .get(set)
            .map_or(Box::default(), |set| set.topics.clone());
        for number in &topics {
            self.evict(*number, now);
        }
        if self
            .topics
            .of(&topics)
            .any(|topic| topic.ring.lost_through > place)
        {
            return Resume::Stale(Stale::Evicted);
        }
        Resume::From(Cursor {
            at: place,
            seen: self.extent(&topics, place).out_of_reach,
        })
    }

    fn place_of(&self, id: &str) -> Result<Sequence, Stale> {
        let parsed = id.parse::<Sequence>().map_err(|_| Stale::Unknown);
        match self.config.ids {
            Ids::Given { .. } => parsed,
            Ids::None => Err(Stale::Unknown),
            Ids::Automatic { epoch } => match parsed? {
                place if place.epoch() == epoch => Ok(place),
                _ => Err(Stale::Foreign),
            },
            Ids::Own { epoch } => match self.own_ids.get(id) {
                Some(place) => Ok(*place),
                None => parsed
                    .ok()
                    .filter(|place| place.epoch() == epoch)
                    .ok_or(Stale::Unknown),
            },
        }
    }

    /// The cursor behind all there is.
    #[must_use]
    pub fn head(&self, set: SetId) -> Cursor {
        self.cursor_at(set, self.newest)
    }

    /// The cursor before all that is kept.
    #[must_use]
    pub fn tail(&self, set: SetId) -> Cursor {
        self.cursor_at(set, Sequence::MIN)
    }

    fn cursor_at(&self, set: SetId, at: Sequence) -> Cursor {
        let topics = self.sets.get(set).map_or(&[][..], |set| &set.topics);
        let seen = self.extent(topics, at).out_of_reach;
        Cursor { at, seen }
    }

    /// The id that stands for a cursor, and leads back to it: for what is sent and is no event. `None` where there are
    /// no ids.
    #[must_use]
    pub fn id_of(&self, cursor: Cursor) -> Option<Sequence> {
        (self.config.ids != Ids::None).then_some(cursor.at)
    }
}
