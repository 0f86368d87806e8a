//! One deadline at a time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::runtime::Clock;

/// Rings at a deadline, which may be another one at each look.
pub(super) struct Alarm<C: Clock>(Option<(Duration, Pin<Box<C::Sleep>>)>);

impl<C: Clock> Default for Alarm<C> {
    fn default() -> Self {
        Self(None)
    }
}

impl<C: Clock> Alarm<C> {
    /// Ready once it is `deadline`, by a clock on which it is `now`.
    pub(super) fn poll(
        &mut self,
        now: Duration,
        deadline: Duration,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if deadline > now {
            if self.0.as_ref().is_none_or(|(set, _)| *set != deadline) {
                self.0 = Some((deadline, Box::pin(C::sleep(deadline - now))));
            }
            if let Some((_, sleep)) = &mut self.0 {
                ready!(sleep.as_mut().poll(cx));
            }
        }
        self.0 = None;
        Poll::Ready(())
    }
}
