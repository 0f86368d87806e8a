//! Locks, callbacks that may panic, and threads that wait for a waker.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};

/// Locks. Nothing panics halfway through a change, so what a panic has left behind is whole.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls what a program has handed in; `None` if it panics. The panic was reported by the panic hook already.
pub(crate) fn call<T>(callback: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(callback)).ok()
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// A waker that ends the parking of this thread.
pub(crate) fn thread_waker() -> Waker {
    Waker::from(Arc::new(Unpark(thread::current())))
}
