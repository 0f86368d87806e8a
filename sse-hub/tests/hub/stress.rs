//! Threads: publishers, and clients that come back with what they saw last.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sse_hub::log::History;
use sse_hub::sse_proto::{Decoder, Event, Item};
use sse_hub::{Hub, Subscription};

const PUBLISHERS: usize = 3;
const EVENTS: usize = 400;
const CLIENTS: usize = 12;

/// What a client has seen, over all its connections.
struct Client {
    seen: Vec<String>,
    last_event_id: String,
}

impl Client {
    /// Reads until it has so many, and says whether the stream goes on.
    fn read(&mut self, subscription: &mut Subscription, enough: usize) -> bool {
        let mut decoder = Decoder::new()
            .with_last_event_id(&self.last_event_id)
            .expect("it was received");
        while self.seen.len() < enough {
            let Some(run) = subscription.wait_run() else {
                return false;
            };
            for item in decoder.feed(&run) {
                let Item::Event(event) = item else { continue };
                match event.event_type() {
                    "message" => self.seen.push(event.data().to_owned()),
                    "sse-cursor" => {}
                    other => panic!("an event of type {other:?}"),
                }
            }
            self.last_event_id = decoder.last_event_id().to_owned();
        }
        true
    }
}

fn run(hub: &Hub, topics: &'static [&'static str], rests: bool) {
    let all = PUBLISHERS * EVENTS;
    let ready = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (hub, ready) = (hub.clone(), Arc::clone(&ready));
            thread::spawn(move || {
                let mut client = Client {
                    seen: Vec::new(),
                    last_event_id: String::new(),
                };
                let mut step = 7 + number;
                let mut first = true;
                while client.seen.len() < all {
                    let subscribe = hub.subscribe(topics.iter().copied());
                    let id = Some(client.last_event_id.clone()).filter(|id| !id.is_empty());
                    let mut subscription = subscribe
                        .last_event_id(id)
                        .open()
                        .expect("there is a stream");
                    if first {
                        // The priming says where it is.
                        client.last_event_id = "1-0".into();
                        ready.fetch_add(1, Ordering::SeqCst);
                        first = false;
                    }
                    step = step % 90 + 11;
                    let enough = (client.seen.len() + step).min(all);
                    assert!(client.read(&mut subscription, enough));
                }
                client.seen
            })
        })
        .collect();
    while ready.load(Ordering::SeqCst) < CLIENTS {
        thread::yield_now();
    }
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| {
            let hub = hub.clone();
            thread::spawn(move || {
                for number in 0..EVENTS {
                    let topic = topics[number % topics.len()];
                    let event = Event::new(format!("{publisher} {number}"));
                    hub.publish(topic, &event).wait().expect("it is published");
                    if rests && number % 16 == 0 {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.join().expect("it published all");
    }
    let seen: Vec<Vec<String>> = clients
        .into_iter()
        .map(|client| client.join().expect("it got all"))
        .collect();
    for client in &seen {
        assert_eq!(client.len(), all);
        assert_eq!(client, &seen[0], "all see the same order");
    }
    for publisher in 0..PUBLISHERS {
        let prefix = format!("{publisher} ");
        let numbers = seen[0].iter().filter_map(|data| data.strip_prefix(&prefix));
        let numbers: Vec<usize> = numbers
            .map(|number| number.parse().expect("a number"))
            .collect();
        assert!(
            numbers.iter().copied().eq(0..EVENTS),
            "none is lost, none comes twice"
        );
    }
}

fn hub() -> Hub {
    let history = History::new()
        .events(2 * PUBLISHERS * EVENTS)
        .bytes(64 << 20);
    Hub::builder().epoch(1).history(history).build()
}

#[test]
fn clients_that_come_back_get_every_event_once_and_in_order() {
    let hub = hub();
    let driver = hub.driver();
    let driving = thread::spawn(move || driver.run());
    run(&hub, &["news"], true);
    let stats = hub.stats();
    assert!(stats.resumed > 0 && stats.stale == 0, "{stats:?}");
    assert_eq!(stats.subscribers, 0);
    drop(hub);
    driving.join().expect("it ends");
}

#[test]
fn so_do_those_who_follow_several_topics() {
    let hub = hub();
    let driver = hub.driver();
    let driving = thread::spawn(move || driver.run());
    run(&hub, &["news", "sport", "weather"], false);
    drop(hub);
    driving.join().expect("it ends");
}

#[test]
fn so_do_they_without_a_driver() {
    run(&hub(), &["news", "sport"], false);
}
