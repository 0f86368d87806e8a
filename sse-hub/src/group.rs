//! Those who follow the same topics.

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use crate::seat::Seat;
use crate::sync::lock;

/// The subscriptions of one set of topics, in the order in which they are served.
#[derive(Debug, Default)]
pub(crate) struct Group {
    members: Mutex<Vec<Arc<Seat>>>,
}

impl Group {
    pub(crate) fn join(&self, seat: &Arc<Seat>) {
        let mut members = lock(&self.members);
        seat.position.store(members.len(), Ordering::Relaxed);
        members.push(Arc::clone(seat));
    }

    /// Takes one out that [is gone](Seat::is_gone). One that is being served is taken out behind that.
    pub(crate) fn leave(&self, seat: &Arc<Seat>) {
        let mut members = lock(&self.members);
        let position = seat.position.load(Ordering::Relaxed);
        if members
            .get(position)
            .is_some_and(|found| Arc::ptr_eq(found, seat))
        {
            members.swap_remove(position);
            if let Some(moved) = members.get(position) {
                moved.position.store(position, Ordering::Relaxed);
            }
        }
        if members.is_empty() {
            members.shrink_to(16);
        }
    }

    /// Serves all of them. Meanwhile they may come and go, and nothing is locked.
    pub(crate) fn serve(&self, mut serve: impl FnMut(&Arc<Seat>)) {
        let mut serving = mem::take(&mut *lock(&self.members));
        for seat in &serving {
            serve(seat);
        }
        let mut members = lock(&self.members);
        let came = mem::take(&mut *members);
        serving.extend(came);
        let mut kept = 0;
        serving.retain(|seat| {
            // Those who are gone are gone for good; those who are not yet take themselves out behind this.
            let stays = !seat.is_gone();
            if stays {
                seat.position.store(kept, Ordering::Relaxed);
                kept += 1;
            }
            stays
        });
        *members = serving;
    }
}
