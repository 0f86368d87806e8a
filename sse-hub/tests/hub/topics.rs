//! Topics, and who follows them.

use sse_hub::SubscribeError;
use sse_hub::log::{Creation, FollowError, TopicError};
use sse_hub::sse_proto::Event;

use crate::support::{Counter, Desk, builder, sent, sent_waking};

fn names(desk: &Desk) -> Vec<String> {
    desk.hub
        .topics()
        .into_iter()
        .map(|topic| topic.name)
        .collect()
}

#[test]
fn topics_are_listed_with_their_presence() {
    let mut desk = Desk::new(builder());
    let _one = desk.subscribe(&["b", "a"]);
    let two = desk.subscribe(&["b"]);
    desk.publish("c", "x");
    assert_eq!(names(&desk), ["a", "b", "c"]);
    let followers = |desk: &Desk| {
        desk.hub
            .topics()
            .iter()
            .map(|topic| topic.followers)
            .collect::<Vec<_>>()
    };
    assert_eq!(followers(&desk), [1, 2, 0]);
    drop(two);
    assert_eq!(followers(&desk), [1, 1, 0]);
    assert_eq!(
        (desk.hub.topics()[2].events, desk.hub.stats().topics),
        (1, 3)
    );
}

#[test]
fn topics_can_be_created_explicitly_only() {
    let desk = Desk::new(builder().creation(Creation::Explicit));
    let unknown = TopicError::Unknown("news".into());
    let refused = desk.hub.subscribe(["news"]).open();
    assert_eq!(
        refused.err(),
        Some(SubscribeError::Follow(FollowError::Topic(unknown)))
    );
    assert_eq!(desk.hub.create("news"), Ok(true));
    assert!(desk.hub.exists("news"));
    assert!(desk.hub.subscribe(["news"]).open().is_ok());
    assert!(desk.hub.publish("sport", &Event::new("x")).wait().is_err());
}

#[test]
fn topics_can_go_with_their_last_follower() {
    let desk = Desk::new(builder().creation(Creation::WhileFollowed));
    let one = desk.subscribe(&["news"]);
    let two = desk.subscribe(&["news", "sport"]);
    drop(one);
    assert_eq!(names(&desk), ["news", "sport"]);
    drop(two);
    assert_eq!(names(&desk), [""; 0]);
}

#[test]
fn removing_a_topic_ends_the_streams_that_follow_nothing_else() {
    let mut desk = Desk::new(builder());
    let (mut only, mut both) = (
        desk.subscribe(&["news"]),
        desk.subscribe(&["news", "sport"]),
    );
    let woken = Counter::new();
    sent_waking(&mut only, &woken);
    sent(&mut both);
    assert!(desk.hub.remove("news"));
    desk.turn();
    assert_eq!(woken.take(), 1);
    assert_eq!(sent(&mut only), ": gone\nretry: 2000\n\nEND");
    assert_eq!(sent(&mut both), "");
    assert!(!desk.hub.remove("news"));
    assert_eq!(desk.hub.stats().ended.gone, 1);
}

#[test]
fn a_client_can_ask_for_only_so_much() {
    let desk = Desk::new(
        builder()
            .max_topics(3)
            .max_topics_followed(2)
            .max_name_bytes(8),
    );
    let flood = (0..100_000).map(|number| number.to_string());
    for refused in [
        desk.hub.subscribe(flood).open(),
        desk.hub.subscribe(["much too long"]).open(),
        desk.hub.subscribe([""; 0]).open(),
    ] {
        assert!(
            matches!(refused, Err(SubscribeError::Follow(_))),
            "{refused:?}"
        );
    }
    assert_eq!(names(&desk), [""; 0]);
    assert_eq!(desk.hub.stats().refused, 3);
}

#[test]
fn only_so_many_streams_are_open_at_once() {
    let desk = Desk::new(builder().max_subscribers(2));
    let one = desk.subscribe(&["news"]);
    let _two = desk.subscribe(&["news"]);
    let refused = desk.hub.subscribe(["news"]).open();
    assert_eq!(refused.err(), Some(SubscribeError::TooMany { limit: 2 }));
    drop(one);
    assert!(desk.hub.subscribe(["news"]).open().is_ok());
}

#[test]
fn a_subscription_knows_its_topics() {
    let desk = Desk::new(builder());
    let subscription = desk.subscribe(&["b", "a", "b"]);
    let mut topics = subscription.topics();
    topics.sort();
    assert_eq!(topics, ["a", "b"]);
    assert!(format!("{subscription:?}").contains("Live"));
}
