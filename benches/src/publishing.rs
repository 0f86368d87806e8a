//! What publishing asks of the publisher, however many topics and subscribers a hub has.

use std::hint::black_box;

use sse_proto::Event;
use sse_tokio::server::log::History;
use sse_tokio::server::{Driver, Hub, Subscription};

/// How many events each topic keeps: few, so that all of them soon let go of one for each that comes.
const KEPT: usize = 4;

/// A hub whose topics are full.
pub struct Publishing {
    hub: Hub,
    names: Vec<String>,
    /// Somebody else delivers, not the publisher.
    _driver: Driver,
    _subscriptions: Vec<Subscription>,
}

impl Publishing {
    /// As many topics, each followed by one subscriber, or by nobody.
    pub fn new(topics: usize, followed: bool) -> Self {
        let hub = Hub::builder().history(History::new().events(KEPT)).build();
        let names: Vec<String> = (0..topics)
            .map(|topic| format!("topic-{topic:05}"))
            .collect();
        let follow = |name: &String| {
            let subscription = hub.subscribe([name.as_str()]).open();
            subscription.expect("there is room for another")
        };
        let subscriptions = match followed {
            true => names.iter().map(follow).collect(),
            false => Vec::new(),
        };
        let publishing = Self {
            _driver: hub.driver(),
            _subscriptions: subscriptions,
            hub,
            names,
        };
        publishing.publish(topics * (KEPT + 1));
        publishing
    }

    /// Publishes as many events, to one topic after the other.
    pub fn publish(&self, events: usize) {
        let event = Event::new("what has happened, in some fifty bytes of plain text");
        for name in self.names.iter().cycle().take(events) {
            let published = self.hub.publish(name, &event).wait();
            black_box(published.expect("it is published"));
        }
    }
}
