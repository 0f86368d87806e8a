//! What all subscribers share.

use std::cell::RefCell;
use std::iter;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep_until};

use super::arguments::Arguments;
use super::ledger::Ledger;
use crate::error::Error;

/// So many connections are being opened at once: fewer than the usual listener lets wait.
const OPENING: usize = 100;
/// So many connections have one address of ours, which has no more ports for one of theirs.
const PORTS: usize = 20_000;
/// What is read at once.
const BUFFER: usize = 256 << 10;

pub(super) struct Ground {
    pub(super) subscribers: usize,
    /// The stream's URL, for messages.
    pub(super) stream: String,
    pub(super) address: SocketAddr,
    /// The request for each topic, but for its end.
    requests: Vec<String>,
    topics: Vec<String>,
    pub(super) ledger: RefCell<Ledger>,
    pub(super) buffer: RefCell<Box<[u8]>>,
    pub(super) opening: Semaphore,
    /// For each subscriber, that it is to drop its connection; empty if none is.
    drops: Vec<Notify>,
    reconnects: u32,
    pub(super) resume: Notify,
}

impl Ground {
    pub(super) fn new(arguments: &Arguments) -> Result<Self, Error> {
        let Arguments {
            url,
            topics,
            subscribers,
            headers,
            reconnects,
            ..
        } = arguments;
        let names = named(topics);
        let requests: Vec<_> = names.map(|topic| url.get(topic, headers)).collect();
        let first = arguments.publishes().then_some(1);
        let ledger = Ledger::new(*subscribers, arguments.slow(), requests.len(), first);
        let dropped = if *reconnects > 0 { *subscribers } else { 0 };
        Ok(Self {
            subscribers: *subscribers,
            stream: url.to_string(),
            address: url.resolve()?,
            requests,
            topics: topics.clone(),
            ledger: RefCell::new(ledger),
            buffer: RefCell::new(vec![0; BUFFER].into()),
            opening: Semaphore::new(OPENING),
            drops: iter::repeat_with(Notify::new).take(dropped).collect(),
            reconnects: *reconnects,
            resume: Notify::new(),
        })
    }

    /// The topics, or `None` alone where there are none.
    pub(super) fn topics(&self) -> impl Iterator<Item = Option<&str>> {
        named(&self.topics)
    }

    /// The request of a subscriber, who has this last event ID.
    pub(super) fn request(&self, subscriber: usize, last_event_id: &str) -> String {
        let topic = self.ledger.borrow().accounts[subscriber].topic;
        let mut request = self.requests[topic].clone();
        if !last_event_id.is_empty() {
            request.push_str("Last-Event-ID: ");
            request.push_str(last_event_id);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        request
    }

    /// Comes to an end when a subscriber is to drop its connection.
    pub(super) async fn drop_is_due(&self, subscriber: usize) {
        match self.drops.get(subscriber) {
            Some(due) => due.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Lets those who have stopped reading read what is left for them.
    pub(super) fn wake_the_slow(&self) {
        self.resume.notify_waiters();
    }

    /// The address a subscriber connects from, `None` if the system may choose it.
    pub(super) fn source(&self, subscriber: usize) -> Option<SocketAddr> {
        let many = cfg!(target_os = "linux") && self.subscribers > PORTS;
        let IpAddr::V4(address) = self.address.ip() else {
            return None;
        };
        (many && address.is_loopback()).then(|| source(subscriber))
    }
}

/// All of 127.0.0.0/8 is this machine.
fn source(subscriber: usize) -> SocketAddr {
    let number = subscriber / PORTS;
    let [.., high, low] = (number as u32 + 2).to_be_bytes();
    SocketAddr::from((Ipv4Addr::new(127, 0, high, low), 0))
}

fn named(topics: &[String]) -> impl Iterator<Item = Option<&str>> {
    let unnamed = topics.is_empty().then_some(None);
    topics
        .iter()
        .map(|topic| Some(topic.as_str()))
        .chain(unnamed)
}

/// Has every subscriber drop its connection as often as asked for, one after the other, evenly over
/// the time.
pub(super) async fn drop_in_turn(ground: Rc<Ground>, time: Duration) {
    let (start, all) = (Instant::now(), ground.drops.len());
    let drops = all as u64 * u64::from(ground.reconnects);
    for number in 0..drops {
        sleep_until(start + time.mul_f64((number + 1) as f64 / (drops + 1) as f64)).await;
        ground.drops[number as usize % all].notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_of_ours_has_connections_that_its_ports_suffice_for() {
        assert_eq!(source(0), "127.0.0.2:0".parse().unwrap());
        assert_eq!(source(PORTS), "127.0.0.3:0".parse().unwrap());
        assert_eq!(source(PORTS * 256), "127.0.1.2:0".parse().unwrap());
    }
}
