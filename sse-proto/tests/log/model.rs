//! The slow twin of a log: a list of all events ever, and for each subscriber a list of those it knows of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sse_proto::Instant;
use sse_proto::log::History;

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) topic: u8,
    /// Its number in the order of all events, from 1.
    pub(crate) number: u64,
    pub(crate) at: Instant,
    pub(crate) bytes: Vec<u8>,
    pub(crate) transient: bool,
    pub(crate) kept: bool,
}

#[derive(Debug)]
pub(crate) struct Bounds {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
    pub(crate) age: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) bounds: Bounds,
    pub(crate) events: Vec<Event>,
    pub(crate) existing: BTreeSet<u8>,
    /// How many times each topic is followed.
    pub(crate) followed: BTreeMap<u8, usize>,
    /// The last number that had been given when a topic was forgotten.
    pub(crate) forgotten_at: u64,
}

/// What a subscriber of the model is told.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    UpToDate,
    Gone,
    Lagged(u64),
    Events(Vec<u8>),
}

#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) topics: BTreeSet<u8>,
    /// Events behind this number are for it.
    pub(crate) from: u64,
    /// Up to this number they are a replay.
    pub(crate) until: u64,
    /// The numbers of events that it has received, or was told to have missed.
    known: BTreeSet<u64>,
}

impl Subscriber {
    pub(crate) fn new(topics: BTreeSet<u8>, from: u64, until: u64) -> Self {
        Self {
            topics,
            from,
            until,
            known: BTreeSet::new(),
        }
    }

    fn is_for_it(&self, event: &Event) -> bool {
        self.topics.contains(&event.topic)
            && event.number > self.from
            && !self.known.contains(&event.number)
    }

    /// What is lost by now is not counted.
    pub(crate) fn forgive_lost(&mut self, model: &Model) {
        let lost = self.lost(model);
        self.known.extend(lost);
    }

    fn lost(&self, model: &Model) -> Vec<u64> {
        let lost = model
            .events
            .iter()
            .filter(|event| self.is_for_it(event) && !event.kept);
        lost.map(|event| event.number).collect()
    }

    /// What it is told when it reads.
    pub(crate) fn read(&mut self, model: &Model, max_bytes: usize) -> Told {
        let lost = self.lost(model);
        if !lost.is_empty() {
            self.known.extend(&lost);
            return Told::Lagged(lost.len() as u64);
        }
        let replaying = |event: &&Event| event.number <= self.until;
        let pending = model.events.iter().filter(|event| self.is_for_it(event));
        let (replay, live): (Vec<_>, Vec<_>) = pending.partition(replaying);
        let (transient, replay): (Vec<_>, Vec<_>) =
            replay.into_iter().partition(|event| event.transient);
        let is_replay = !replay.is_empty();
        let batch = if is_replay { replay } else { live };
        let mut bytes = Vec::new();
        let mut taken = Vec::new();
        // Transient events of a replay are passed over on the way.
        let mut passed = self.until;
        for event in batch {
            if !bytes.is_empty() && bytes.len() + event.bytes.len() > max_bytes {
                passed = passed.min(event.number);
                break;
            }
            bytes.extend_from_slice(&event.bytes);
            taken.push(event.number);
        }
        let transient = transient.iter().map(|event| event.number);
        self.known
            .extend(transient.filter(|number| *number <= passed));
        self.known.extend(taken);
        if !bytes.is_empty() {
            Told::Events(bytes)
        } else if self
            .topics
            .iter()
            .any(|topic| model.existing.contains(topic))
        {
            Told::UpToDate
        } else {
            Told::Gone
        }
    }
}

impl Model {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            events: Vec::new(),
            existing: BTreeSet::new(),
            followed: BTreeMap::new(),
            forgotten_at: 0,
        }
    }

    pub(crate) fn newest(&self) -> u64 {
        self.events.last().map_or(0, |event| event.number)
    }

    /// Topics that have a name: they exist, or somebody follows them.
    pub(crate) fn named(&self) -> BTreeSet<u8> {
        let followed = self.followed.iter().filter(|(_, count)| **count > 0);
        self.existing
            .iter()
            .chain(followed.map(|(topic, _)| topic))
            .copied()
            .collect()
    }

    pub(crate) fn append(&mut self, topic: u8, bytes: Vec<u8>, transient: bool, now: Instant) {
        let at = self
            .events
            .iter()
            .rev()
            .find(|event| event.topic == topic && event.kept);
        let event = Event {
            topic,
            number: self.newest() + 1,
            at: at.map_or(now, |newest| newest.at.max(now)),
            bytes,
            transient,
            kept: true,
        };
        self.existing.insert(topic);
        self.events.push(event);
        self.evict(topic, now);
    }

    /// One at a time, the oldest first, until what is left is within the bounds.
    pub(crate) fn evict(&mut self, topic: u8, now: Instant) {
        loop {
            let kept: Vec<_> = self.kept(topic).collect();
            let weight: usize = kept
                .iter()
                .map(|event| event.bytes.len() + History::EVENT_OVERHEAD)
                .sum();
            let old = |event: &&Event| self.bounds.age.is_some_and(|age| event.at + age <= now);
            let excess = kept.len() > self.bounds.events
                || weight > self.bounds.bytes
                || kept.first().is_some_and(old);
            if !excess {
                return;
            }
            let oldest = kept[0].number;
            self.drop_event(oldest);
        }
    }

    pub(crate) fn kept(&self, topic: u8) -> impl Iterator<Item = &Event> {
        self.events
            .iter()
            .filter(move |event| event.topic == topic && event.kept)
    }

    fn drop_event(&mut self, number: u64) {
        if let Some(event) = self.events.iter_mut().find(|event| event.number == number) {
            event.kept = false;
        }
    }

    pub(crate) fn remove(&mut self, topic: u8) {
        self.existing.remove(&topic);
        for event in &mut self.events {
            if event.topic == topic {
                event.kept = false;
            }
        }
        self.note_forgotten(topic);
    }

    pub(crate) fn note_forgotten(&mut self, topic: u8) {
        if !self.named().contains(&topic) {
            self.forgotten_at = self.newest();
        }
    }

    /// Whether anything that could be replayed behind a number is lost.
    pub(crate) fn has_lost(&self, topics: &BTreeSet<u8>, from: u64) -> bool {
        let lost = |event: &Event| {
            topics.contains(&event.topic) && event.number > from && !event.transient && !event.kept
        };
        self.events.iter().any(lost)
    }
}
