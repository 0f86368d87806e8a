//! The task that delivers a hub's events, and keeps its time.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use sse_hub::{Driver, Hub};
use tokio::time::{Instant, Sleep, sleep_until};

/// Spawns the driver of a hub, which delivers what is published and keeps the time, unless it has one.
///
/// [`Server`](super::Server) does this by itself. It is needed where the streams are bodies of another HTTP library.
/// The task ends when the last handle of the hub is gone, or when the hub is closed and everyone has left.
///
/// # Panics
///
/// Outside of a tokio runtime.
pub fn drive(hub: &Hub) {
    if !hub.is_driven() {
        tokio::spawn(run(hub.driver()));
    }
}

async fn run(mut driver: Driver) {
    let mut alarm: Pin<Box<Sleep>> = Box::pin(sleep_until(Instant::now()));
    poll_fn(|cx| {
        loop {
            if driver.poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let Some(deadline) = driver.deadline() else {
                return Poll::Pending;
            };
            let now = driver.now();
            let left = deadline.saturating_duration_since(now);
            if !left.is_zero() {
                alarm.as_mut().reset(Instant::now() + left);
                if alarm.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
            }
            driver.handle_timeout(driver.now());
        }
    })
    .await;
}
