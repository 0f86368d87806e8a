//! What a stream is.

use std::time::Duration;

use sse_kit::Item;

use crate::harness::*;

pub(crate) fn a_stream_has_the_head_that_keeps_it_flowing<W: Way>() {
    let scene = Scene::new::<W>();
    let (_client, head) = Client::open(scene.address(), "/events?stream=a", "");

    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(head.header("cache-control"), Some("no-cache, no-transform"));
    assert_eq!(head.header("x-accel-buffering"), Some("no"));
    assert_eq!(head.header("content-length"), None);
}

pub(crate) fn it_begins_with_the_reconnection_time_and_a_cursor<W: Way>() {
    let scene = Scene::new::<W>();
    let (mut client, _) = Client::open(scene.address(), "/events?stream=a", "");

    assert_eq!(client.item(), Some(Item::Retry(Duration::from_secs(2))));
    let priming = client.message();
    assert_eq!(priming.event_type(), "sse-cursor");
    assert_eq!(priming.data(), "");
    assert_eq!(priming.last_event_id(), "7-0");
}

pub(crate) fn events_come_in_the_order_of_publishing<W: Way>() {
    let scene = Scene::new::<W>();
    let mut client = Client::subscribed(scene.address(), "/events?stream=a", "");

    for number in 0..200 {
        scene.publish("a", number.to_string());
    }
    for number in 0..200 {
        let message = client.message();
        assert_eq!(message.data(), number.to_string());
        assert_eq!(message.last_event_id(), format!("7-{}", number + 1));
    }
}

pub(crate) fn topics_are_merged_in_that_order_too<W: Way>() {
    let scene = Scene::new::<W>();
    let mut both = Client::subscribed(scene.address(), "/events?stream=a&stream=b", "");
    let mut one = Client::subscribed(scene.address(), "/events?stream=b", "");

    for number in 0..50 {
        let topic = if number % 3 == 0 { "a" } else { "b" };
        scene.publish(topic, number.to_string());
    }
    for number in 0..50 {
        both.expect(&number.to_string());
    }
    for number in (0..50).filter(|number| number % 3 != 0) {
        one.expect(&number.to_string());
    }
}

pub(crate) fn a_burst_is_whole<W: Way>() {
    let scene = Scene::new::<W>();
    let mut clients: Vec<_> = (0..10)
        .map(|_| Client::subscribed(scene.address(), "/events?stream=a", ""))
        .collect();

    // More than a run, and more than a socket takes while nobody reads.
    let data = "x".repeat(8000);
    for _ in 0..400 {
        scene.publish("a", &*data);
    }
    for client in &mut clients {
        for _ in 0..400 {
            client.expect(&data);
        }
    }
}

pub(crate) fn an_event_is_seen_before_another_is_published<W: Way>() {
    let scene = Scene::new::<W>();
    let mut client = Client::subscribed(scene.address(), "/events?stream=a", "");

    for number in 0..20 {
        scene.publish("a", number.to_string());
        client.expect(&number.to_string());
    }
}

pub(crate) fn silence_is_broken_by_a_comment<W: Way>() {
    let heartbeat = Some(Duration::from_millis(100));
    let scene = Scene::with::<W>(|hub| hub.heartbeat(heartbeat), |events| events);
    let mut client = Client::subscribed(scene.address(), "/events?stream=a", "");

    for _ in 0..3 {
        assert_eq!(client.item(), Some(Item::Comment(String::new())));
    }
    scene.publish("a", "x");
    client.expect("x");
}

pub(crate) fn of_a_head_request_there_is_only_the_head<W: Way>() {
    let scene = Scene::new::<W>();
    let mut client = Client::connect(scene.address());
    client.say("HEAD /events?stream=a HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");

    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    client.expect_end();
    assert_eq!(scene.hub.stats().subscribed, 0);
}
