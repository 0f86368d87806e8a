//! The clock of async-io.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_io::Timer;
use sse_client::Clock;

/// The system's clock, and a timer of async-io.
#[derive(Debug)]
pub struct AsyncIoClock {
    origin: Instant,
    alarm: Timer,
    /// The timer rings once, and the alarm from then on.
    has_rung: bool,
}

impl Clock for AsyncIoClock {
    fn start() -> Self {
        Self {
            origin: Instant::now(),
            alarm: Timer::never(),
            has_rung: false,
        }
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    fn set_alarm(&mut self, at: Duration) {
        self.has_rung = false;
        match self.origin.checked_add(at) {
            Some(at) => self.alarm.set_at(at),
            None => self.alarm = Timer::never(),
        }
    }

    fn clear_alarm(&mut self) {
        self.alarm = Timer::never();
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.has_rung {
            self.has_rung = Pin::new(&mut self.alarm).poll(cx).is_ready();
        }
        if self.has_rung {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
