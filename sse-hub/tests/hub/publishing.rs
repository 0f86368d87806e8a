//! What publishing says, and what it does not wait for.

use sse_hub::log::{AppendError, Creation, History};
use sse_hub::sse_proto::Event;
use sse_hub::{IdMode, PublishError};

use crate::support::{Desk, SECOND, builder, poll, sent};

fn own_id(id: &str) -> Event<'_> {
    Event::new(id).id(id).expect("valid")
}

#[test]
fn the_id_is_there_at_once() {
    let desk = Desk::new(builder());
    let mut publish = desk.hub.publish("news", &Event::new("one"));
    let std::task::Poll::Ready(Ok(published)) = poll(&mut publish) else {
        panic!("it is done")
    };
    assert_eq!(published.id().as_deref(), Some("7-1"));
    assert_eq!((published.followers(), published.is_kept()), (0, true));
}

#[test]
fn whoever_drops_the_answer_has_published_all_the_same() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    drop(desk.hub.publish("news", &Event::new("one")));
    desk.turn();
    assert_eq!(sent(&mut subscription), "id: 7-1\ndata: one\n\n");
}

#[test]
fn own_ids_are_answered_as_they_are() {
    let desk = Desk::new(builder().ids(IdMode::Own));
    let published = desk.hub.publish("news", &own_id("x")).wait().expect("new");
    assert_eq!(published.id().as_deref(), Some("x"));
    let again = desk.hub.publish("news", &own_id("x")).wait();
    assert!(matches!(
        again,
        Err(PublishError::Refused(AppendError::DuplicateId(_)))
    ));
    let transient = desk
        .hub
        .publish("news", &Event::new("y"))
        .wait()
        .expect("it needs none");
    assert_eq!(transient.id(), None);
}

#[test]
fn where_the_hub_gives_ids_an_event_brings_none() {
    let desk = Desk::new(builder());
    let refused = desk
        .hub
        .publish("news", &own_id("x"))
        .wait()
        .expect_err("it has an id");
    assert!(refused.to_string().contains("own ids"), "{refused}");
}

#[test]
fn a_transient_event_is_for_those_who_are_there() {
    let mut desk = Desk::new(builder());
    let mut there = desk.subscribe(&["news"]);
    let published = desk
        .hub
        .publish_transient("news", &own_id("x"))
        .wait()
        .expect("it is published");
    assert_eq!((published.id(), published.followers()), (None, 1));
    desk.turn();
    assert_eq!(sent(&mut there), "data: x\n\n");
    assert_eq!(sent(&mut desk.resume(&["news"], "7-0")), "");
}

#[test]
fn without_ids_nothing_is_replayed() {
    let mut desk = Desk::new(builder().ids(IdMode::None));
    let mut subscription = desk.subscribe(&["news"]);
    assert_eq!(desk.publish("news", "one").id(), None);
    assert_eq!(sent(&mut subscription), "data: one\n\n");
    assert_eq!(sent(&mut desk.subscribe(&["news"])), "");
}

#[test]
fn what_nobody_follows_may_not_be_kept() {
    let mut desk = Desk::new(builder().creation(Creation::WhileFollowed));
    let published = desk.publish("news", "one");
    assert_eq!((published.is_kept(), published.id()), (false, None));
    // But whoever comes back to it has missed it, and is told so.
    assert_eq!(
        sent(&mut desk.resume(&["news"], "7-0")),
        "event: reset\nid: 7-1\ndata: evicted\n\n"
    );
}

#[test]
fn what_is_too_large_is_refused() {
    let desk = Desk::new(builder().history(History::new().bytes(1000)));
    let refused = desk
        .hub
        .publish("news", &Event::new("x".repeat(1000)))
        .wait();
    assert!(matches!(
        refused,
        Err(PublishError::Refused(AppendError::TooLarge { .. }))
    ));
}

#[test]
fn try_publish_has_nothing_to_wait_for_without_a_backplane() {
    let desk = Desk::new(builder());
    let published = desk
        .hub
        .try_publish("news", &Event::new("one"))
        .expect("there is room");
    assert!(published.wait().is_ok());
}

#[test]
fn a_closed_hub_takes_nothing() {
    let desk = Desk::new(builder());
    desk.hub.close(SECOND).wait();
    let refused = desk.hub.publish("news", &Event::new("one")).wait();
    assert!(matches!(refused, Err(PublishError::Closed)));
}
