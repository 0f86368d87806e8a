//! What is told to `tracing`, and what is not.
//!
//! In a process of its own: whether anybody listens is remembered for all threads.
#![cfg(feature = "tracing")]

#[allow(dead_code)]
#[path = "source/support.rs"]
mod support;

use sse_proto::source::Config;
use sse_testkit::told::Told;
use tracing::Level;

use crate::support::{Client, head};

#[test]
fn what_it_does_is_told_and_no_secret_is() {
    let told = Told::by("sse_proto");
    tracing::subscriber::with_default(told.clone(), || {
        let config = Config::new("http://example.com/events?token=secret").unwrap();
        let config = config.header("Authorization", "Bearer secret").unwrap();
        let mut client = Client::open(config);
        client.data("id: 7\ndata: secret\n\n");
        client.eof();
        client.fire();
        client.respond(head(204, &[]));
    });
    let told = told.lines();
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
