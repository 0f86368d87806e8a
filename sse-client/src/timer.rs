//! One timer for a deadline that moves often.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use sse_proto::Instant;

use crate::runtime::Clock;

/// A clock, and what its alarm is set to.
#[derive(Debug)]
pub(crate) struct Timer<C> {
    /// None before it is first looked at, so that no time passes for a source that was built and not yet asked.
    clock: Option<C>,
    alarm: Option<Duration>,
    last_seen: Instant,
}

impl<C: Clock> Timer<C> {
    pub(crate) fn new() -> Self {
        Self {
            clock: None,
            alarm: None,
            last_seen: Instant::default(),
        }
    }

    fn clock(&mut self) -> &mut C {
        self.clock.get_or_insert_with(C::start)
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.last_seen = Instant::since_origin(self.clock().elapsed());
        self.last_seen
    }

    /// What it was when it was last asked for: a call to the clock is dear beside a chunk.
    pub(crate) fn last_seen(&self) -> Instant {
        self.last_seen
    }

    /// Ready when the deadline has passed.
    ///
    /// An alarm that is set for earlier is left to ring, and set again then: a deadline that moves with every chunk
    /// costs nothing.
    pub(crate) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let at = deadline.duration_since_origin();
        loop {
            if at <= self.clock().elapsed() {
                return Poll::Ready(());
            }
            if self.alarm.is_none_or(|alarm| alarm > at) {
                self.set(at);
            }
            ready!(self.clock().poll_alarm(cx));
            self.set(at);
        }
    }

    /// No deadline is waited for.
    pub(crate) fn clear(&mut self) {
        if self.alarm.take().is_some() {
            self.clock().clear_alarm();
        }
    }

    fn set(&mut self, at: Duration) {
        self.alarm = Some(at);
        self.clock().set_alarm(at);
    }
}
