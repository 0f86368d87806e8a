//! From the acknowledgement of an event to its delivery on another node.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;
use sse_proto::{Decoder, Event, Item};
use sse_redis::sse_hub::{Hub, Subscription};

use super::server::Server;

/// How long an event takes, in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// From publishing to acknowledgement: the median.
    pub acknowledged_p50: u64,
    /// From publishing to delivery on the other node: the median.
    pub delivered_p50: u64,
    /// The 99th percentile of that.
    pub delivered_p99: u64,
    /// The longest of that.
    pub delivered_max: u64,
    /// Events that did not come, came twice, or out of order.
    pub wrong: u64,
}

/// Publishes on one node, so many a second, and reads on another.
///
/// # Errors
///
/// Redis fails.
pub fn measure(server: &Server, rate: u64, seconds: u64) -> io::Result<Latency> {
    let nodes = [server.hub(Hub::builder())?, server.hub(Hub::builder())?];
    for node in &nodes {
        let driver = node.driver();
        thread::spawn(move || driver.run());
    }
    let events = rate * seconds;
    let subscription = nodes[1].subscribe(["a"]).open().map_err(io::Error::other)?;
    let reading = thread::spawn(move || read(subscription, events));
    let (mut published, mut acknowledged) = (Vec::new(), histogram()?);
    let begun = Instant::now();
    for event in 0..events {
        thread::sleep(
            Duration::from_micros(event * 1_000_000 / rate).saturating_sub(begun.elapsed()),
        );
        let at = Instant::now();
        published.push(at);
        let publish = nodes[0].publish("a", &Event::display(event));
        publish.wait().map_err(io::Error::other)?;
        acknowledged.saturating_record(at.elapsed().as_micros() as u64);
    }
    let read = reading
        .join()
        .map_err(|_| io::Error::other("the reader failed"))?;
    let (mut delivered, mut wrong) = (histogram()?, 0);
    for (expected, (number, at)) in read.iter().enumerate() {
        wrong += u64::from(*number != expected as u64);
        if let Some(published) = published.get(*number as usize) {
            delivered.saturating_record(at.duration_since(*published).as_micros() as u64);
        }
    }
    Ok(Latency {
        acknowledged_p50: acknowledged.value_at_quantile(0.5),
        delivered_p50: delivered.value_at_quantile(0.5),
        delivered_p99: delivered.value_at_quantile(0.99),
        delivered_max: delivered.max(),
        wrong: wrong + events - read.len() as u64,
    })
}

fn histogram() -> io::Result<Histogram<u64>> {
    Histogram::new_with_bounds(1, 600_000_000, 3).map_err(io::Error::other)
}

/// The numbers that came, and when; it gives up when nothing has come for ten seconds.
fn read(mut subscription: Subscription, events: u64) -> Vec<(u64, Instant)> {
    let (runs, came) = mpsc::channel();
    thread::spawn(move || {
        while let Some(run) = subscription.wait_run() {
            if runs.send((run, Instant::now())).is_err() {
                return;
            }
        }
    });
    let mut decoder = Decoder::new();
    let mut read = Vec::new();
    while (read.len() as u64) < events {
        let Ok((run, at)) = came.recv_timeout(Duration::from_secs(10)) else {
            return read;
        };
        let numbers = decoder.feed(&run).filter_map(|item| match item {
            Item::Event(event) => event.data().parse().ok(),
            _ => None,
        });
        read.extend(numbers.map(|number: u64| (number, at)));
    }
    read
}
