//! The subscriptions of a hub, by number.

use std::fmt;
use std::sync::Arc;

use crate::seat::Seat;

/// The number of a subscription, which no other one of its hub has while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId {
    index: u32,
    generation: u32,
}

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

#[derive(Debug, Default)]
struct Place {
    generation: u32,
    seat: Option<Arc<Seat>>,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    places: Vec<Place>,
    free: Vec<u32>,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn insert(&mut self, seat: impl FnOnce(SubscriberId) -> Arc<Seat>) -> Arc<Seat> {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            u32::try_from(self.places.len() - 1).expect("memory ends before 2³² subscriptions")
        });
        let place = &mut self.places[index as usize];
        place.generation = place.generation.wrapping_add(1);
        let seat = seat(SubscriberId {
            index,
            generation: place.generation,
        });
        place.seat = Some(Arc::clone(&seat));
        seat
    }

    pub(crate) fn get(&self, id: SubscriberId) -> Option<&Arc<Seat>> {
        let place = self.places.get(id.index as usize)?;
        place
            .seat
            .as_ref()
            .filter(|_| place.generation == id.generation)
    }

    pub(crate) fn remove(&mut self, id: SubscriberId) -> Option<Arc<Seat>> {
        self.get(id)?;
        let seat = self.places[id.index as usize].seat.take();
        self.free.push(id.index);
        seat
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Seat>> {
        self.places.iter().filter_map(|place| place.seat.as_ref())
    }
}
