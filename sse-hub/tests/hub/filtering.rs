//! Streams that don't want all of it.

use std::sync::{Arc, Mutex};

use sse_hub::log::{History, LogEvent};
use sse_hub::session::LagPolicy;
use sse_hub::sse_proto::Event;

use crate::support::{Counter, Desk, SECOND, builder, sent, sent_waking};

fn is_for_adults(event: &LogEvent) -> bool {
    event
        .message()
        .is_none_or(|message| message.event_type() != "toys")
}

fn publish(desk: &mut Desk, event_type: &str) {
    let event = Event::new("x").event_type(event_type).expect("valid");
    drop(desk.hub.publish("news", &event));
    desk.turn();
}

#[test]
fn a_filter_is_of_one_stream() {
    let mut desk = Desk::new(builder());
    let mut all = desk.subscribe(&["news"]);
    let filtered = desk.hub.subscribe(["news"]).filter(is_for_adults);
    let mut filtered = filtered.open().expect("there is a stream");
    for event_type in ["toys", "cars", "toys"] {
        publish(&mut desk, event_type);
    }
    assert_eq!(sent(&mut all).matches("data: x").count(), 3);
    assert_eq!(sent(&mut filtered), "id: 7-2\nevent: cars\ndata: x\n\n");
}

#[test]
fn a_heartbeat_carries_the_cursor_of_what_was_left_out() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let filtered = desk.hub.subscribe(["news"]).filter(is_for_adults);
    let mut filtered = filtered.open().expect("there is a stream");
    publish(&mut desk, "toys");
    assert_eq!(sent(&mut filtered), "");
    desk.pass(16 * SECOND);
    assert_eq!(
        sent(&mut filtered),
        "event: sse-cursor\nid: 7-1\ndata: \n\n"
    );
}

#[test]
fn a_replay_is_filtered_too() {
    let mut desk = Desk::new(builder());
    for event_type in ["cars", "toys", "cars"] {
        publish(&mut desk, event_type);
    }
    let filtered = desk
        .hub
        .subscribe(["news"])
        .filter(is_for_adults)
        .last_event_id(Some("7-1"));
    let mut filtered = filtered.open().expect("there is a stream");
    assert_eq!(sent(&mut filtered), "id: 7-3\nevent: cars\ndata: x\n\n");
}

#[test]
fn a_filtered_stream_is_woken_for_each_delivery_and_misses_nothing_else() {
    let mut desk = Desk::new(
        builder()
            .history(History::new().events(2))
            .lag_policy(LagPolicy::Skip),
    );
    let filtered = desk.hub.subscribe(["news"]).filter(is_for_adults);
    let mut filtered = filtered.open().expect("there is a stream");
    let woken = Counter::new();
    sent_waking(&mut filtered, &woken);
    for event_type in ["cars", "toys", "cars"] {
        publish(&mut desk, event_type);
    }
    assert_eq!(woken.take(), 1);
    assert_eq!(
        sent(&mut filtered),
        "event: lagged\ndata: 1\n\nid: 7-3\nevent: cars\ndata: x\n\n"
    );
    assert_eq!(desk.hub.stats().missed, 1);
}

#[test]
fn a_filter_may_call_the_hub_even_about_its_own_stream() {
    let mut desk = Desk::new(builder());
    let own = Arc::new(Mutex::new(None));
    let (hub, target) = (desk.hub.clone(), Arc::clone(&own));
    let filtered = desk.hub.subscribe(["news"]).filter(move |_| {
        let id = target.lock().expect("whole").expect("it is open");
        assert!(hub.kick(id));
        true
    });
    let mut filtered = filtered.open().expect("there is a stream");
    *own.lock().expect("whole") = Some(filtered.id());
    publish(&mut desk, "cars");
    assert_eq!(sent(&mut filtered), ": kicked\nretry: 2000\n\nEND");
    assert_eq!(desk.hub.stats().panics, 0);
}
