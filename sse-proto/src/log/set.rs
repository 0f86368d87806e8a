//! Sets of topics: those who follow the same topics share one, and so what is read for it.

use alloc::boxed::Box;

use hashbrown::HashMap;

use super::slots::Slots;

/// A set of topics that somebody follows.
///
/// All who follow the same topics have the same one. It belongs to its [`Log`](super::Log), and ends when the last of
/// them [unfollows](super::Log::unfollow) it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId {
    index: u32,
    generation: u32,
}

impl SetId {
    /// A small number that no other set has while this one is followed, for tables beside the log.
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    pub(super) fn number(self) -> u32 {
        self.index
    }
}

#[derive(Debug)]
pub(super) struct Set {
    pub(super) id: SetId,
    /// The topics' numbers, in order.
    pub(super) topics: Box<[u32]>,
    pub(super) followers: usize,
    /// The last round of stirred sets that it was in.
    pub(super) round: u64,
}

#[derive(Debug)]
pub(super) struct Sets {
    slots: Slots<Set>,
    by_topics: HashMap<Box<[u32]>, u32>,
    made: u32,
}

impl Sets {
    pub(super) fn new() -> Self {
        Self {
            slots: Slots::new(),
            by_topics: HashMap::new(),
            made: 0,
        }
    }

    pub(super) fn get(&self, id: SetId) -> Option<&Set> {
        self.slots.get(id.index).filter(|set| set.id == id)
    }

    pub(super) fn at_mut(&mut self, index: u32) -> Option<&mut Set> {
        self.slots.get_mut(index)
    }

    /// The set of these topics, with one follower more; and whether it is new.
    pub(super) fn follow(&mut self, topics: Box<[u32]>) -> (SetId, bool) {
        if let Some(set) = self
            .by_topics
            .get(&topics)
            .and_then(|index| self.slots.get_mut(*index))
        {
            set.followers += 1;
            return (set.id, false);
        }
        self.made = self.made.wrapping_add(1);
        let mut id = SetId {
            index: 0,
            generation: self.made,
        };
        id.index = self.slots.insert(Set {
            id,
            topics: topics.clone(),
            followers: 1,
            round: 0,
        });
        if let Some(set) = self.slots.get_mut(id.index) {
            set.id = id;
        }
        self.by_topics.insert(topics, id.index);
        (id, true)
    }

    /// Takes one follower away: the set's topics, and whether the set has ended. `None` if there is no such set.
    pub(super) fn unfollow(&mut self, id: SetId) -> Option<(Box<[u32]>, bool)> {
        self.get(id)?;
        let set = self.slots.get_mut(id.index)?;
        set.followers -= 1;
        if set.followers > 0 {
            return Some((set.topics.clone(), false));
        }
        let set = self.slots.remove(id.index)?;
        self.by_topics.remove(&set.topics);
        Some((set.topics, true))
    }
}
