//! The topics of a log, by name and by number.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;

use hashbrown::HashMap;

use super::ring::Ring;
use super::sequence::Sequence;
use super::slots::Slots;

#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: Arc<str>,
    /// It was created, and not removed since. One that is still followed keeps its place, so that its followers
    /// see it come back.
    pub(super) exists: bool,
    pub(super) ring: Ring,
    /// The sets that it belongs to.
    pub(super) sets: BTreeSet<u32>,
    /// The followers of those sets, all together.
    pub(super) followers: usize,
    /// Something has happened to it since the sets were last asked for.
    pub(super) stirred: bool,
    /// A time to look for expired events is set.
    pub(super) scheduled: bool,
    /// Tells it from an earlier one in its place.
    pub(super) serial: u64,
}

#[derive(Debug)]
pub(super) struct Topics {
    slots: Slots<Topic>,
    /// It is hashed with a seed that differs from log to log, since clients choose names.
    names: HashMap<Arc<str>, u32>,
    created: u64,
    /// The last event that was lost with a topic that is gone for good; for all that the log knows, a new topic is an
    /// old one that has lost as much.
    removed_through: Sequence,
}

impl Topics {
    pub(super) fn new(removed_through: Sequence) -> Self {
        Self {
            slots: Slots::new(),
            names: HashMap::new(),
            created: 0,
            removed_through,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    pub(super) fn get(&self, index: u32) -> Option<&Topic> {
        self.slots.get(index)
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Topic> {
        self.slots.get_mut(index)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Topic> {
        self.slots.iter()
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.names.values().copied()
    }

    /// Those of these numbers.
    pub(super) fn of<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = &'a Topic> {
        numbers.iter().filter_map(|index| self.get(*index))
    }

    pub(super) fn insert(&mut self, name: &str) -> u32 {
        let name: Arc<str> = name.into();
        self.created += 1;
        let index = self.slots.insert(Topic {
            name: Arc::clone(&name),
            exists: true,
            ring: Ring::new(self.removed_through),
            sets: BTreeSet::new(),
            followers: 0,
            stirred: false,
            scheduled: false,
            serial: self.created,
        });
        self.names.insert(name, index);
        index
    }

    /// An event is lost that was for a topic that is not there.
    pub(super) fn lose(&mut self, sequence: Sequence) {
        self.removed_through = self.removed_through.max(sequence);
    }

    /// Forgets one that neither exists nor is followed.
    pub(super) fn forget_if_gone(&mut self, index: u32) {
        let gone = |topic: &Topic| !topic.exists && topic.sets.is_empty();
        if !self.slots.get(index).is_some_and(gone) {
            return;
        }
        if let Some(topic) = self.slots.remove(index) {
            self.names.remove(&topic.name);
            self.removed_through = self.removed_through.max(topic.ring.lost_through);
        }
    }
}
