//! What a hub tells `tracing`.
//!
//! In a process of its own: whether anybody listens is remembered for all threads.
#![cfg(feature = "tracing")]

use std::time::Duration;

use sse_hub::Hub;
use sse_hub::log::History;
use sse_hub::sse_proto::Event;
use sse_testkit::told::Told;
use tracing::Level;

#[test]
fn streams_are_told_from_their_beginning_to_their_end_and_no_data_is() {
    let told = Told::by("sse_hub");
    tracing::subscriber::with_default(told.clone(), || {
        let hub = Hub::builder()
            .history(History::new().events(1))
            .max_subscribers(1)
            .on_unsubscribe(|_| panic!("as callbacks do"))
            .build();
        let subscribe = || hub.subscribe(["secret"]).tag("ada");
        let mut slow = subscribe().last_event_id(Some("9-secret")).open().unwrap();
        assert!(slow.wait_run().is_some());
        subscribe().open().unwrap_err();
        for _ in 0..3 {
            hub.publish("secret", &Event::new("secret")).wait().unwrap();
        }
        while slow.wait_run().is_some() {}
        hub.close(Duration::ZERO).wait();
    });
    let lines = told.lines();
    let expected = [
        (Level::DEBUG, "resumes=true"),
        (Level::DEBUG, "refused"),
        (Level::INFO, "end=Lagged"),
        (Level::ERROR, "panicked"),
        (Level::INFO, "closing"),
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
    for ((level, line), (expected, word)) in lines.iter().zip(expected) {
        assert_eq!(*level, expected, "{line}");
        assert!(line.contains(word), "{line:?} has no {word:?}");
        assert!(!line.contains("secret"), "{line:?}");
    }
}
