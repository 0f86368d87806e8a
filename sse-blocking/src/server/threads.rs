//! Threads as a runtime: each task is a thread, and waiting for anything is parking.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

thread_local! {
    /// When the thread is to look again, as far as its futures have said so in this turn.
    static LOOK_AT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Runs a future to its end on this thread.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        LOOK_AT.set(None);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        match LOOK_AT.get() {
            None => thread::park(),
            Some(at) => thread::park_timeout(at.saturating_duration_since(Instant::now())),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The system's clock, from the creation of a server.
#[derive(Clone, Copy, Debug)]
pub struct ServerClock(Instant);

impl sse_server::Clock for ServerClock {
    type Sleep = Sleep;

    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(time: Duration) -> Sleep {
        Sleep(Instant::now().checked_add(time))
    }
}

/// Until when a thread waits, unless it is woken; `None` is for ever.
#[derive(Debug)]
pub struct Sleep(Option<Instant>);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.0 else {
            return Poll::Pending;
        };
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        let earliest = LOOK_AT.get().map_or(at, |earliest| earliest.min(at));
        LOOK_AT.set(Some(earliest));
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use sse_server::Clock;

    use super::*;

    #[test]
    fn a_thread_sleeps_until_the_earliest_of_its_deadlines() {
        let begun = Instant::now();
        block_on(async {
            let mut late = pin!(ServerClock::sleep(Duration::from_secs(3600)));
            let mut early = pin!(ServerClock::sleep(Duration::from_millis(20)));
            poll_fn(|cx| {
                assert!(late.as_mut().poll(cx).is_pending());
                early.as_mut().poll(cx)
            })
            .await;
        });
        assert!(begun.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn it_is_woken_before() {
        let waker = Arc::new(std::sync::Mutex::new(None::<Waker>));
        let other = Arc::clone(&waker);
        let waking = thread::spawn(move || {
            loop {
                if let Some(waker) = other.lock().unwrap().take() {
                    return waker.wake();
                }
                thread::yield_now();
            }
        });
        let mut polls = 0;
        block_on(poll_fn(|cx| {
            polls += 1;
            *waker.lock().unwrap() = (polls == 1).then(|| cx.waker().clone());
            if polls > 1 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        waking.join().unwrap();
    }
}
