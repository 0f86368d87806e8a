//! What tells a driver that there is something to do.

use std::mem;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use crate::sync::lock;

/// The drivers of a hub, of which one drives and the others stand by.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    /// It was rung, and the driver has not come yet: until then nobody needs to ring again.
    rung: AtomicBool,
    driven: AtomicBool,
    drivers: Mutex<Drivers>,
}

#[derive(Debug, Default)]
struct Drivers {
    made: u64,
    current: Option<(u64, Option<Waker>)>,
    standing_by: Vec<(u64, Waker)>,
}

impl Bell {
    /// A number for a new driver, which drives if no other one does.
    pub(crate) fn admit(&self) -> u64 {
        let mut drivers = lock(&self.drivers);
        drivers.made += 1;
        let number = drivers.made;
        if drivers.current.is_none() {
            drivers.current = Some((number, None));
            self.driven.store(true, Ordering::Release);
        }
        number
    }

    /// Whether anybody drives.
    pub(crate) fn is_driven(&self) -> bool {
        self.driven.load(Ordering::Acquire)
    }

    /// Has the driver woken, once until it comes.
    pub(crate) fn ring(&self) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        let waker = match &lock(&self.drivers).current {
            Some((_, waker)) => waker.clone(),
            None => None,
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The driver with this number has come; says whether it is the one that drives. It is woken when it is to come
    /// again, or to take over.
    pub(crate) fn answer(&self, number: u64, waker: &Waker) -> bool {
        let mut drivers = lock(&self.drivers);
        match &mut drivers.current {
            Some((current, registered)) if *current == number => {
                match registered {
                    Some(registered) => registered.clone_from(waker),
                    None => *registered = Some(waker.clone()),
                }
                true
            }
            Some(_) => {
                drivers.standing_by.retain(|(other, _)| *other != number);
                drivers.standing_by.push((number, waker.clone()));
                false
            }
            None => {
                drivers.current = Some((number, Some(waker.clone())));
                self.driven.store(true, Ordering::Release);
                true
            }
        }
    }

    /// Takes notice of the bell, before looking for what it was rung for; says whether it was rung.
    pub(crate) fn take(&self) -> bool {
        self.rung.swap(false, Ordering::AcqRel)
    }

    /// The driver with this number is gone; one that stands by takes over.
    pub(crate) fn dismiss(&self, number: u64) {
        let mut drivers = lock(&self.drivers);
        drivers.standing_by.retain(|(other, _)| *other != number);
        if !matches!(drivers.current, Some((current, _)) if current == number) {
            return;
        }
        drivers.current = None;
        self.driven.store(false, Ordering::Release);
        let next = drivers.standing_by.pop();
        drop(drivers);
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }

    /// All drivers, who are to see that the hub is gone.
    pub(crate) fn take_all(&self) -> Vec<Waker> {
        let drivers = mem::take(&mut *lock(&self.drivers));
        let current = drivers.current.and_then(|(_, waker)| waker);
        let standing_by = drivers.standing_by.into_iter().map(|(_, waker)| waker);
        standing_by.chain(current).collect()
    }
}
