//! Clients that come back.

use sse_hub::SubscribeError;
use sse_hub::log::{History, Stale};
use sse_hub::session::StalePolicy;

use crate::support::{Desk, builder, sent};

#[test]
fn exactly_what_was_missed_is_replayed() {
    let mut desk = Desk::new(builder());
    for data in ["1", "2", "3"] {
        desk.publish("news", data);
    }
    assert_eq!(
        sent(&mut desk.resume(&["news"], "7-1")),
        "id: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
    assert_eq!(sent(&mut desk.resume(&["news"], "7-3")), "");
    assert_eq!(sent(&mut desk.resume(&["news"], "")), "");
    assert_eq!((desk.hub.stats().resumed, desk.hub.stats().stale), (2, 0));
}

#[test]
fn live_events_come_behind_the_replay() {
    let mut desk = Desk::new(builder());
    desk.publish("news", "1");
    desk.publish("news", "2");
    let mut subscription = desk.resume(&["news"], "7-1");
    desk.publish("news", "3");
    assert_eq!(
        sent(&mut subscription),
        "id: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
    desk.publish("news", "4");
    assert_eq!(sent(&mut subscription), "id: 7-4\ndata: 4\n\n");
}

#[test]
fn a_stale_id_is_answered_by_the_policy_and_counted() {
    let mut desk = Desk::new(builder().history(History::new().events(1)));
    desk.publish("news", "1");
    desk.publish("news", "2");
    desk.publish("news", "3");
    let reset = sent(&mut desk.resume(&["news"], "7-1"));
    assert_eq!(reset, "event: reset\nid: 7-3\ndata: evicted\n\n");
    assert_eq!((desk.hub.stats().resumed, desk.hub.stats().stale), (0, 1));
}

#[test]
fn there_may_be_no_stream_for_a_stale_id() {
    let desk = Desk::new(builder().stale_policy(StalePolicy::NoContent));
    let refused = desk
        .hub
        .subscribe(["news"])
        .last_event_id(Some("6-1"))
        .open();
    assert_eq!(
        refused.err(),
        Some(SubscribeError::NoContent(Stale::Foreign))
    );
    let stats = desk.hub.stats();
    assert_eq!((stats.subscribers, stats.stale, stats.refused), (0, 1, 1));
}

#[test]
fn a_hub_of_another_epoch_knows_no_old_ids() {
    let mut desk = Desk::new(builder().epoch(8));
    desk.publish("news", "1");
    assert!(sent(&mut desk.resume(&["news"], "7-1")).contains("data: foreign"));
}

#[test]
fn a_hostile_id_is_just_unknown() {
    let desk = Desk::new(builder());
    for id in [
        "x".repeat(1 << 20),
        "\u{1}\u{7f}".into(),
        "7-".into(),
        "-1".into(),
    ] {
        assert!(sent(&mut desk.resume(&["news"], &id)).contains("data: unknown"));
    }
}
