//! What is told to `tracing`, and what is not.
//!
//! In a process of its own: whether anybody listens is remembered for all threads.
#![cfg(feature = "tracing")]

#[allow(dead_code)]
#[path = "source/support.rs"]
mod support;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use sse_proto::source::Config;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::support::{Client, head};

/// Keeps what it is told, an event a line.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(Level, String)>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{}={value:?} ", field.name());
    }
}

impl Subscriber for Told {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("sse_proto")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0
            .lock()
            .unwrap()
            .push((*event.metadata().level(), line.0));
    }
}

#[test]
fn what_it_does_is_told_and_no_secret_is() {
    let told = Told::default();
    tracing::subscriber::with_default(told.clone(), || {
        let config = Config::new("http://example.com/events?token=secret").unwrap();
        let config = config.header("Authorization", "Bearer secret").unwrap();
        let mut client = Client::open(config);
        client.data("id: 7\ndata: secret\n\n");
        client.eof();
        client.fire();
        client.respond(head(204, &[]));
    });
    let told = told.0.lock().unwrap();
    let levels: Vec<_> = told.iter().map(|(level, _)| *level).collect();
    let (debug, info, warn) = (Level::DEBUG, Level::INFO, Level::WARN);
    assert_eq!(levels, [debug, debug, info, debug, warn, debug], "{told:?}");
    for ((_, line), word) in
        told.iter()
            .zip(["GET", "open", "ended", "resumes=true", "204", "closed"])
    {
        assert!(line.contains(word), "{line:?} has no {word:?}");
        assert!(line.contains("attempt="), "{line:?}");
        assert!(!line.contains("secret"), "{line:?}");
    }
}
