//! One timer for a deadline that moves often.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_proto::Instant;
use tokio::time::{Instant as TokioInstant, Sleep, sleep_until};

/// What stands in for a time that the clock cannot express.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

/// A clock whose origin is its own creation, and an alarm on it.
#[derive(Debug)]
pub(super) struct Timer {
    origin: TokioInstant,
    alarm: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Timer {
    pub(super) fn new() -> Self {
        Self {
            origin: TokioInstant::now(),
            alarm: None,
        }
    }

    pub(super) fn now(&self) -> Instant {
        Instant::since_origin(self.origin.elapsed())
    }

    /// Ready when the deadline has passed.
    ///
    /// An alarm that is set for earlier is left to ring, and set again then: a deadline that moves with every chunk
    /// costs nothing.
    pub(super) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if deadline <= self.now() {
                return Poll::Ready(());
            }
            let set = self.alarm.as_ref().map(|(time, _)| *time);
            if set.is_none_or(|time| time > deadline) {
                self.set(deadline);
            }
            let Some((_, sleep)) = &mut self.alarm else {
                return Poll::Pending;
            };
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.set(deadline);
        }
    }

    fn set(&mut self, deadline: Instant) {
        let at = self.origin.checked_add(deadline.duration_since_origin());
        let at = at.unwrap_or_else(|| TokioInstant::now() + FOR_EVER);
        match &mut self.alarm {
            Some((time, sleep)) => {
                *time = deadline;
                sleep.as_mut().reset(at);
            }
            None => self.alarm = Some((deadline, Box::pin(sleep_until(at)))),
        }
    }
}
