//! Who gets a stream, and who does not.

use std::fmt::Write;
use std::time::Duration;

use sse_kit::session::{Accepted, Refusal};

use crate::harness::*;

#[track_caller]
fn refusal<W: Way>(target: &str, headers: &str) -> (u16, String) {
    let scene = Scene::new::<W>();
    let (mut client, head) = Client::open(scene.address(), target, headers);
    (head.status, client.body(&head))
}

pub(crate) fn a_request_without_a_topic_is_refused<W: Way>() {
    let (status, body) = refusal::<W>("/events", "");
    assert_eq!(status, 400, "{body}");
    assert!(!body.is_empty());
}

pub(crate) fn too_many_topics_are_refused<W: Way>() {
    let mut target = String::from("/events?stream=0");
    for topic in 1..400 {
        write!(target, "&stream={topic}").unwrap();
    }
    let (status, body) = refusal::<W>(&target, "");
    assert_eq!(
        (status, &*body),
        (400, "more than 16 topics are asked for\n")
    );
}

pub(crate) fn another_method_is_refused_with_those_that_are_not<W: Way>() {
    let scene = Scene::new::<W>();
    let mut client = Client::connect(scene.address());
    client.say("POST /events?stream=a HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
    let head = client.head();
    assert_eq!(head.status, 405);
    assert_eq!(head.header("allow"), Some("GET, HEAD"));
}

pub(crate) fn who_wants_no_stream_is_refused<W: Way>() {
    let (status, _) = refusal::<W>("/events?stream=a", "Accept: application/json\r\n");
    assert_eq!(status, 406);
}

pub(crate) fn an_evaluator_decides_before_the_head<W: Way>() {
    let scene = Scene::with::<W>(
        |hub| hub,
        |events| {
            events.evaluate(async |request| match request.headers.get("authorization") {
                None => Err(Refusal::unauthorized("bring a token\n")),
                Some(b"Bearer good") => Ok(Accepted::new()),
                Some(b"Bearer enough") => Err(Refusal::no_content()),
                Some(_) => Err(Refusal::forbidden("not with this one\n")),
            })
        },
    );
    for (token, status) in [("", 401), ("good", 200), ("enough", 204), ("bad", 403)] {
        let header = match token {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        let (_client, head) = Client::open(scene.address(), "/events?stream=a", &header);
        assert_eq!(head.status, status, "{token}");
    }
    assert_eq!(scene.hub.stats().subscribed, 1);
}

pub(crate) fn an_evaluator_can_add_headers<W: Way>() {
    let scene = Scene::with::<W>(
        |hub| hub,
        |events| {
            events.evaluate(async |_| {
                let accepted = Accepted::new().header("Set-Cookie", "a=b");
                accepted.map_err(|_| Refusal::internal_error(""))
            })
        },
    );
    let (_client, head) = Client::open(scene.address(), "/events?stream=a", "");
    assert_eq!(head.header("set-cookie"), Some("a=b"));
}

pub(crate) fn a_full_hub_says_when_to_come_back<W: Way>() {
    let scene = Scene::with::<W>(|hub| hub.max_subscribers(1), |events| events);
    let first = Client::subscribed(scene.address(), "/events?stream=a", "");
    let (_, head) = Client::open(scene.address(), "/events?stream=a", "");
    assert_eq!(head.status, 503);
    assert!(head.header("retry-after").is_some());
    drop(first);
    scene.wait_for_subscribers(0);
    Client::subscribed(scene.address(), "/events?stream=a", "");
}

pub(crate) fn a_closed_hub_says_so<W: Way>() {
    let scene = Scene::new::<W>();
    scene.hub.close(Duration::ZERO).wait();
    let (_, head) = Client::open(scene.address(), "/events?stream=a", "");
    assert_eq!(head.status, 503);
}
