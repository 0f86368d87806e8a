//! The clock of tokio.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_client::Clock;
use tokio::time::{Instant, Sleep, sleep_until};

/// What stands in for a time that the clock cannot express.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

/// Tokio's clock, which a test can stop.
#[derive(Debug)]
pub struct TokioClock {
    origin: Instant,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Clock for TokioClock {
    fn start() -> Self {
        let origin = Instant::now();
        let alarm = None;
        Self { origin, alarm }
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    fn set_alarm(&mut self, at: Duration) {
        let at = self.origin.checked_add(at);
        let at = at.unwrap_or_else(|| Instant::now() + FOR_EVER);
        match &mut self.alarm {
            Some(sleep) => sleep.as_mut().reset(at),
            None => self.alarm = Some(Box::pin(sleep_until(at))),
        }
    }

    fn clear_alarm(&mut self) {
        self.alarm = None;
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let alarm = self.alarm.as_mut();
        alarm.map_or(Poll::Pending, |sleep| sleep.as_mut().poll(cx))
    }
}
