//! The log: what is appended, and what is forgotten.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use hashbrown::HashMap;

use super::config::{Config, Creation, Ids};
use super::encoded::Encoded;
use super::error::{AppendError, TopicError};
use super::ring::Stored;
use super::run::RunCache;
use super::sequence::Sequence;
use super::set::{SetId, Sets};
use super::topic::Topics;
use crate::time::Instant;

/// The events of a hub, in order and within bounds, and the sets of topics that are followed.
///
/// The [module](super) has an example.
pub struct Log {
    pub(super) config: Config,
    pub(super) topics: Topics,
    pub(super) sets: Sets,
    pub(super) runs: RunCache,
    pub(super) newest: Sequence,
    pub(super) own_ids: HashMap<Box<str>, Sequence>,
    /// Topics that something has happened to.
    stirred: Vec<u32>,
    round: u64,
    /// When the oldest event of a topic may be too old, at the earliest: time, number, serial.
    expiries: BinaryHeap<Reverse<(Instant, u32, u64)>>,
    appended: u64,
    evicted: u64,
}

/// An event that was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its place in the order of all events.
    pub sequence: Sequence,
    /// The place is also its id; otherwise the id is the event's own, or it has none.
    pub is_id: bool,
    /// How many follow the topic.
    pub followers: usize,
    /// It is kept. It is not where nobody follows the topic, and topics [exist while they are
    /// followed](Creation::WhileFollowed).
    pub kept: bool,
}

impl Log {
    /// A log without topics.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let newest = match config.ids {
            Ids::Automatic { epoch } | Ids::Own { epoch } => Sequence::new(epoch, 0),
            Ids::Given { newest } => newest,
            Ids::None => Sequence::MIN,
        };
        let elsewhere = match config.ids {
            Ids::Given { newest } => newest,
            _ => Sequence::MIN,
        };
        Self {
            config,
            topics: Topics::new(elsewhere),
            sets: Sets::new(),
            runs: RunCache::new(),
            newest,
            own_ids: HashMap::new(),
            stirred: Vec::new(),
            round: 0,
            expiries: BinaryHeap::new(),
            appended: 0,
            evicted: 0,
        }
    }

    /// Appends an event to a topic, and gives it its place.
    ///
    /// It takes the same time however many topics there are, and however many follow this one.
    ///
    /// # Errors
    ///
    /// There is no such topic, the event is too large, or its id is not one that this log takes.
    pub fn append(
        &mut self,
        topic: &str,
        event: Encoded,
        now: Instant,
    ) -> Result<Appended, AppendError> {
        if let Ids::Given { .. } = self.config.ids {
            return Err(AppendError::OrderedElsewhere);
        }
        self.append_to(topic, event, self.newest.next(), now)
    }

    /// Appends an event whose place a log of record has given.
    ///
    /// # Errors
    ///
    /// As for [`append`](Self::append), and then the event counts as [lost](Self::lose); or the place is not behind all
    /// others, or this log gives the places itself, and then nothing has happened.
    pub fn append_at(
        &mut self,
        topic: &str,
        event: Encoded,
        sequence: Sequence,
        now: Instant,
    ) -> Result<Appended, AppendError> {
        let Ids::Given { .. } = self.config.ids else {
            return Err(AppendError::OrderedElsewhere);
        };
        if sequence <= self.newest {
            let newest = self.newest;
            return Err(AppendError::OutOfOrder { sequence, newest });
        }
        let appended = self.append_to(topic, event, sequence, now);
        if appended.is_err() {
            self.lose(topic, sequence);
        }
        appended
    }

    /// Notes that the event at this place is lost before it was here: nobody is resumed over it without a word, and
    /// those who follow its topic have missed it.
    ///
    /// A place that is not behind all others changes nothing.
    pub fn lose(&mut self, topic: &str, sequence: Sequence) {
        if sequence <= self.newest {
            return;
        }
        self.newest = sequence;
        match self.topics.find(topic) {
            Some(number) => {
                if let Some(topic) = self.topics.get_mut(number) {
                    topic.ring.lose(sequence);
                }
                self.stir(number);
            }
            None => self.topics.lose(sequence),
        }
    }

    /// Notes that events up to this place are lost before they were here, and that nobody knows of which topics: as if
    /// each topic had [lost](Self::lose) one.
    ///
    /// A place that is not behind all others changes nothing.
    pub fn lose_all(&mut self, through: Sequence) {
        if through <= self.newest {
            return;
        }
        self.newest = through;
        self.topics.lose(through);
        let numbers: Vec<u32> = self.topics.numbers().collect();
        for number in numbers {
            if let Some(topic) = self.topics.get_mut(number) {
                topic.ring.lose(through);
            }
            self.stir(number);
        }
    }

    fn append_to(
        &mut self,
        name: &str,
        mut event: Encoded,
        sequence: Sequence,
        now: Instant,
    ) -> Result<Appended, AppendError> {
        self.check_id(&event)?;
        let bytes = event.max_len() + super::History::EVENT_OVERHEAD;
        let limit = self.config.history.bytes;
        if bytes > limit {
            return Err(AppendError::TooLarge { bytes, limit });
        }
        let Some(number) = self.topic_to_append_to(name)? else {
            self.lose(name, sequence);
            return Ok(Appended {
                sequence,
                is_id: false,
                followers: 0,
                kept: false,
            });
        };
        self.newest = sequence;
        self.appended += 1;
        let own_id = event.own_id.take().filter(|id| !id.is_empty());
        let transient = event.transient
            || match self.config.ids {
                Ids::Own { .. } => own_id.is_none(),
                Ids::None => true,
                Ids::Automatic { .. } | Ids::Given { .. } => false,
            };
        let is_id = !transient && own_id.is_none();
        if let Some(id) = &own_id {
            self.own_ids.insert(id.clone(), sequence);
        }
        let bytes = event.seal(is_id.then_some(sequence));
        let Some(topic) = self.topics.get_mut(number) else {
            unreachable!("it was found above")
        };
        let at = topic.ring.newest().map_or(now, |newest| newest.at.max(now));
        topic.ring.push(Stored {
            sequence,
            at,
            bytes,
            own_id,
            transient,
        });
        let followers = topic.followers;
        self.evict(number, now);
        self.stir(number);
        Ok(Appended {
            sequence,
            is_id,
            followers,
            kept: true,
        })
    }

    fn check_id(&self, event: &Encoded) -> Result<(), AppendError> {
        let Some(id) = event.own_id() else {
            return Ok(());
        };
        match self.config.ids {
            Ids::Own { epoch } => {
                if self.own_ids.contains_key(id) {
                    return Err(AppendError::DuplicateId(id.to_owned()));
                }
                if id.parse().is_ok_and(|id: Sequence| id.epoch() == epoch) {
                    return Err(AppendError::ReservedId(id.to_owned()));
                }
                Ok(())
            }
            _ => Err(AppendError::IdNotAllowed(id.to_owned())),
        }
    }

    /// The topic's number; `None` if events of it are not kept.
    fn topic_to_append_to(&mut self, name: &str) -> Result<Option<u32>, TopicError> {
        match self.config.creation {
            Creation::OnDemand => self.created(name).map(Some),
            Creation::WhileFollowed | Creation::Explicit => {
                let found = self.topics.find(name);
                let exists =
                    |number: &u32| self.topics.get(*number).is_some_and(|topic| topic.exists);
                match found.filter(exists) {
                    Some(number) => Ok(Some(number)),
                    None if self.config.creation == Creation::WhileFollowed => Ok(None),
                    None => Err(TopicError::Unknown(name.to_owned())),
                }
            }
        }
    }

    /// Takes out what is beyond the bounds of a topic, and sees to it that its age is looked at again.
    pub(super) fn evict(&mut self, number: u32, now: Instant) {
        let Some(topic) = self.topics.get_mut(number) else {
            return;
        };
        while let Some(event) = topic.ring.pop_excess(&self.config.history, now) {
            forget(event, &mut self.own_ids, &mut self.evicted);
        }
        if let (Some(age), Some(oldest)) = (self.config.history.age, topic.ring.oldest()) {
            if !topic.scheduled {
                topic.scheduled = true;
                let expiry = (oldest.at + age, number, topic.serial);
                self.expiries.push(Reverse(expiry));
            }
        }
    }

    /// Takes out all of a topic.
    pub(super) fn clear(&mut self, number: u32) {
        let Some(topic) = self.topics.get_mut(number) else {
            return;
        };
        while let Some(event) = topic.ring.pop() {
            forget(event, &mut self.own_ids, &mut self.evicted);
        }
    }

    /// When [`evict_expired`](Self::evict_expired) may have something to do, at the earliest; `None` if events don't
    /// expire, or there are none.
    #[must_use]
    pub fn expiry(&self) -> Option<Instant> {
        self.expiries.peek().map(|Reverse((at, _, _))| *at)
    }

    /// Takes out the events that are too old.
    ///
    /// Appending to a topic and resuming from it do so for that topic anyway; this frees the memory of the others.
    pub fn evict_expired(&mut self, now: Instant) {
        while self.expiry().is_some_and(|at| at <= now) {
            let Some(Reverse((_, number, serial))) = self.expiries.pop() else {
                return;
            };
            // The place may have another topic by now, which has a time of its own.
            match self.topics.get_mut(number) {
                Some(topic) if topic.serial == serial => topic.scheduled = false,
                _ => continue,
            }
            self.evict(number, now);
        }
    }

    /// Marks a topic, if anybody follows it, for [`take_stirred`](Self::take_stirred).
    pub(super) fn stir(&mut self, number: u32) {
        if let Some(topic) = self.topics.get_mut(number) {
            if !topic.stirred && !topic.sets.is_empty() {
                topic.stirred = true;
                self.stirred.push(number);
            }
        }
    }

    /// Whether there is anything for [`take_stirred`](Self::take_stirred).
    #[must_use]
    pub fn is_stirred(&self) -> bool {
        !self.stirred.is_empty()
    }

    /// The sets of topics to which something has happened since this was called last, each once, added to `out`.
    ///
    /// Their followers are to be woken. What this costs, the publishers need not pay.
    pub fn take_stirred(&mut self, out: &mut Vec<SetId>) {
        self.round += 1;
        for number in self.stirred.drain(..) {
            let Some(topic) = self.topics.get_mut(number) else {
                continue;
            };
            topic.stirred = false;
            for index in &topic.sets {
                let Some(set) = self.sets.at_mut(*index) else {
                    continue;
                };
                if set.round != self.round {
                    set.round = self.round;
                    out.push(set.id);
                }
            }
        }
    }

    /// The place of the newest event, also if it is not kept any more.
    #[must_use]
    pub fn newest(&self) -> Sequence {
        self.newest
    }

    /// How many events were ever appended, to all topics.
    #[must_use]
    pub fn appended(&self) -> u64 {
        self.appended
    }

    /// How many of them are not kept any more.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

fn forget(event: Stored, own_ids: &mut HashMap<Box<str>, Sequence>, evicted: &mut u64) {
    *evicted += 1;
    if let Some(id) = event.own_id {
        own_ids.remove(&id);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("config", &self.config)
            .field("newest", &self.newest)
            .field("topics", &self.topics.len())
            .field("appended", &self.appended)
            .field("evicted", &self.evicted)
            .field("expiries", &self.expiries.len())
            .finish_non_exhaustive()
    }
}
