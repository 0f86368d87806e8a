//! The task that delivers a hub's events, and keeps its time.

use std::future::poll_fn;
use std::task::Poll;

use sse_hub::{Driver, Hub};

use super::alarm::Alarm;
use super::runtime::Runtime;

/// Spawns the driver of a hub, which delivers what is published and keeps the time, unless it has one.
///
/// The task ends when the last handle of the hub is gone, or when the hub is closed and everyone has left.
pub fn drive<R: Runtime>(hub: &Hub) {
    if !hub.is_driven() {
        R::spawn(run::<R>(hub.driver()));
    }
}

async fn run<R: Runtime>(mut driver: Driver) {
    let mut alarm = Alarm::<R::Clock>::default();
    poll_fn(|cx| {
        loop {
            if driver.poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let Some(deadline) = driver.deadline() else {
                return Poll::Pending;
            };
            let now = driver.now().duration_since_origin();
            let rings = alarm.poll(now, deadline.duration_since_origin(), cx);
            if rings.is_pending() {
                return Poll::Pending;
            }
            driver.handle_timeout(driver.now());
        }
    })
    .await;
}
