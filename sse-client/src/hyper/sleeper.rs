//! A task that is woken only while it sleeps.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Polls with a waker of its own, which wakes the task if the poll has to wait, and otherwise nobody.
///
/// A connection of hyper and the body that it feeds wake each other at every frame. Who works on both in one call need
/// not be told, and would be polled once more for nothing.
#[derive(Debug)]
pub(super) struct Sleeper(Waker, Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: AtomicU8,
    /// Whom to wake.
    task: Mutex<Option<Waker>>,
}

/// Working, or not asked for anything.
const AWAKE: u8 = 0;
/// Waiting to be woken.
const ASLEEP: u8 = 1;
/// Woken since it was last polled.
const WOKEN: u8 = 2;

impl Sleeper {
    pub(super) fn new() -> Self {
        let shared = Arc::new(Shared {
            state: AtomicU8::new(AWAKE),
            task: Mutex::new(None),
        });
        Self(Waker::from(shared.clone()), shared)
    }

    pub(super) fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let Self(waker, shared) = self;
        // What a waker has to tell is looked at after this.
        shared.state.swap(AWAKE, Ordering::AcqRel);
        let poll = poll(&mut Context::from_waker(waker));
        if poll.is_pending() {
            shared.fall_asleep(cx.waker());
        }
        poll
    }
}

impl Shared {
    fn fall_asleep(&self, task: &Waker) {
        *self.task() = Some(task.clone());
        let fallen =
            self.state
                .compare_exchange(AWAKE, ASLEEP, Ordering::AcqRel, Ordering::Acquire);
        if fallen.is_err() {
            // Something has happened since it was looked for.
            task.wake_by_ref();
        }
    }

    fn task(&self) -> MutexGuard<'_, Option<Waker>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(WOKEN, Ordering::AcqRel) == ASLEEP {
            // Nobody is woken under the lock.
            let task = self.task().take();
            if let Some(task) = task {
                task.wake();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A sleeper, how often its task was woken, and that task's waker.
    fn sleeper() -> (Sleeper, Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (Sleeper::new(), count.clone(), Waker::from(count))
    }

    fn poll(sleeper: &Sleeper, task: &Waker, poll: impl FnOnce(&Waker) -> Poll<()>) {
        let cx = &mut Context::from_waker(task);
        let _ = sleeper.poll(cx, |cx| poll(cx.waker()));
    }

    #[test]
    fn who_waits_is_woken_once() {
        let (sleeper, count, task) = sleeper();
        let mut waker = None;
        poll(&sleeper, &task, |inner| {
            waker = Some(inner.clone());
            Poll::Pending
        });
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
        let waker = waker.unwrap();
        waker.wake_by_ref();
        waker.wake();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_wake_in_a_poll_that_comes_to_wait_is_not_lost() {
        let (sleeper, count, task) = sleeper();
        poll(&sleeper, &task, |waker| {
            waker.wake_by_ref();
            Poll::Pending
        });
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn who_has_what_it_wanted_is_left_alone() {
        let (sleeper, count, task) = sleeper();
        let mut waker = None;
        poll(&sleeper, &task, |inner| {
            inner.wake_by_ref();
            waker = Some(inner.clone());
            Poll::Ready(())
        });
        waker.unwrap().wake();
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_task_that_polled_last_is_the_one_that_is_woken() {
        let (sleeper, first, task) = sleeper();
        let second = Arc::new(Count::default());
        let mut waker = None;
        for task in [task, Waker::from(second.clone())] {
            poll(&sleeper, &task, |inner| {
                waker = Some(inner.clone());
                Poll::Pending
            });
        }
        waker.unwrap().wake();
        assert_eq!(first.0.load(Ordering::Relaxed), 0);
        assert_eq!(second.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_wake_from_another_thread_is_never_lost() {
        use std::sync::mpsc::channel;
        use std::thread::{self, current, park};

        struct Unpark(thread::Thread);
        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }

        const ROUNDS: usize = 20_000;
        let sleeper = Sleeper::new();
        let task = Waker::from(Arc::new(Unpark(current())));
        let done = Arc::new(AtomicUsize::new(0));
        let (send, receive) = channel::<Waker>();
        let worker = thread::spawn({
            let done = done.clone();
            move || {
                for waker in receive {
                    done.fetch_add(1, Ordering::Release);
                    waker.wake();
                }
            }
        });
        for round in 1..=ROUNDS {
            let mut asked = false;
            // A wake that is lost leaves this waiting for ever.
            while sleeper
                .poll(&mut Context::from_waker(&task), |cx| {
                    if !std::mem::replace(&mut asked, true) {
                        send.send(cx.waker().clone()).unwrap();
                    }
                    match done.load(Ordering::Acquire) {
                        count if count == round => Poll::Ready(()),
                        _ => Poll::Pending,
                    }
                })
                .is_pending()
            {
                park();
            }
        }
        drop(send);
        worker.join().unwrap();
    }
}
