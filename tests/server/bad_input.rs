//! Clients that mean no good: each gets a defined answer.

use std::time::Duration;

use sse_kit::log::History;
use sse_kit::tokio::server::{Hub, Router};
use sse_kit::{Response, ResponseHead};

use crate::harness::*;

fn hub() -> Hub {
    Hub::builder().epoch(7).build()
}

fn serve<W: OwnServer>() -> (Hub, Served) {
    let hub = hub();
    let router = Router::new().events("/events", &hub);
    let served = W::serve_routes(router, 100);
    (hub, served)
}

/// What a client gets that says this; its connection ends.
#[track_caller]
fn status_of<W: OwnServer>(said: &[u8]) -> u16 {
    let (_hub, served) = serve::<W>();
    let mut client = Client::connect(served.address);
    client.say_bytes(said);
    let status = client.head().status;
    client.expect_end();
    status
}

pub(crate) fn junk_is_refused<W: OwnServer>() {
    assert_eq!(status_of::<W>(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"), 400);
    assert_eq!(
        status_of::<W>(b"GET /events HTTP/1.1\r\nno colon\r\n\r\n"),
        400
    );
}

pub(crate) fn http_0_9_is_refused<W: OwnServer>() {
    assert_eq!(status_of::<W>(b"GET /events\r\n\r\n"), 400);
}

pub(crate) fn an_unknown_version_is_refused<W: OwnServer>() {
    assert_eq!(
        status_of::<W>(b"GET /events HTTP/3.0\r\nHost: test\r\n\r\n"),
        505
    );
}

pub(crate) fn a_long_request_line_is_refused<W: OwnServer>() {
    let target = "x".repeat(100_000);
    let said = format!("GET /{target} HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(status_of::<W>(said.as_bytes()), 414);
}

pub(crate) fn a_header_bomb_is_refused<W: OwnServer>() {
    let bomb = "X-Bomb: x\r\n".repeat(10_000);
    let said = format!("GET /events HTTP/1.1\r\nHost: test\r\n{bomb}\r\n");
    assert_eq!(status_of::<W>(said.as_bytes()), 431);
}

pub(crate) fn a_huge_last_event_id_is_refused<W: OwnServer>() {
    for bytes in [10_000, 1 << 20] {
        let id = "1".repeat(bytes);
        let said = format!(
            "GET /events?stream=a HTTP/1.1\r\nHost: test\r\nLast-Event-ID: {id}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(status_of::<W>(said.as_bytes()), 431);
    }
}

pub(crate) fn a_last_event_id_with_control_characters_is_refused<W: OwnServer>() {
    let said = b"GET /events?stream=a HTTP/1.1\r\nHost: test\r\nLast-Event-ID: a\x01b\r\nConnection: close\r\n\r\n";
    assert_eq!(status_of::<W>(said), 400);
    let said = b"GET /events?stream=a&lastEventId=a%00b HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    assert_eq!(status_of::<W>(said), 400);
}

pub(crate) fn a_slow_header_is_not_waited_for<W: OwnServer>() {
    assert_eq!(status_of::<W>(b"GET /events HTTP/1.1\r\nHost: te"), 408);
}

pub(crate) fn a_whole_url_is_understood<W: OwnServer>() {
    let (_hub, served) = serve::<W>();
    let (_client, head) = Client::open(served.address, "http://test/events?stream=a", "");
    assert_eq!(head.status, 200);
}

pub(crate) fn http_1_0_gets_the_bytes_as_they_are<W: OwnServer>() {
    let (hub, served) = serve::<W>();
    let mut client = Client::connect(served.address);
    client.say("GET /events?stream=a HTTP/1.0\r\n\r\n");
    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(head.header("transfer-encoding"), None);
    assert_eq!(client.message().event_type(), "sse-cursor");
    hub.publish("a", &sse_kit::Event::new("x")).wait().unwrap();
    client.expect("x");
    hub.close(Duration::from_secs(10)).wait();
    assert_eq!(client.next_message(), None);
}

pub(crate) fn requests_on_one_connection_are_answered_in_order<W: OwnServer>() {
    let hub = hub();
    let router = Router::new()
        .events("/events", &hub)
        .get("/one", |_| text(200, "one"))
        .post("/echo", |request| {
            Response::new(text(200, "").head, request.body)
        });
    let served = W::serve_routes(router, 100);
    let mut client = Client::connect(served.address);
    client.say("GET /one HTTP/1.1\r\nHost: test\r\n\r\n");
    client.say("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\ntwo");
    client.say("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.say("2\r\nth\r\n3\r\nree\r\n0\r\n\r\n");
    client.get("/events?stream=a", "");
    for expected in ["one", "two", "three"] {
        let head = client.head();
        assert_eq!(client.body(&head), expected);
    }
    assert_eq!(
        client.head().header("content-type"),
        Some("text/event-stream")
    );
    assert_eq!(client.message().event_type(), "sse-cursor");
}

fn text(status: u16, body: &'static str) -> Response {
    Response::new(
        ResponseHead::new(status, [("Content-Type", "text/plain")]),
        body,
    )
}

pub(crate) fn a_path_that_is_not_there_is_404<W: OwnServer>() {
    let (_hub, served) = serve::<W>();
    let (_client, head) = Client::open(served.address, "/nothing", "");
    assert_eq!(head.status, 404);
}

pub(crate) fn a_handler_that_panics_takes_down_its_own_connection_alone<W: OwnServer>() {
    let hub = hub();
    let router = Router::new()
        .events("/events", &hub)
        .get("/panic", |_| -> Response { panic!("as the test wants it") })
        .route("GET", "/later", async |_| -> Response {
            panic!("as the test wants it")
        });
    let served = W::serve_routes(router, 100);
    let mut bystander = Client::subscribed(served.address, "/events?stream=a", "");
    for target in ["/panic", "/later"] {
        let (mut client, head) = Client::open(served.address, target, "");
        assert_eq!(head.status, 500);
        client.body(&head);
        client.end();
        client.expect_end();
    }
    hub.publish("a", &sse_kit::Event::new("x")).wait().unwrap();
    bystander.expect("x");
}

pub(crate) fn more_connections_than_there_may_be_are_told_so<W: OwnServer>() {
    let hub = hub();
    let served = W::serve_routes(Router::new().events("/events", &hub), 2);
    let first = Client::subscribed(served.address, "/events?stream=a", "");
    let _second = Client::subscribed(served.address, "/events?stream=a", "");
    let (mut third, head) = Client::open(served.address, "/events?stream=a", "");
    assert_eq!(head.status, 503);
    assert!(head.header("retry-after").is_some());
    third.expect_end();
    drop(first);
    wait_until(|| hub.stats().subscribers == 1);
    wait_until(|| {
        Client::open(served.address, "/events?stream=a", "")
            .1
            .status
            == 200
    });
}

pub(crate) fn a_client_that_resets_is_noticed<W: OwnServer>() {
    let (hub, served) = serve::<W>();
    let client = Client::subscribed(served.address, "/events?stream=a", "");
    wait_until(|| hub.stats().subscribers == 1);
    client.reset();
    wait_until(|| hub.stats().subscribers == 0);
}

pub(crate) fn the_kernel_holds_little_for_a_client_that_never_reads<W: OwnServer>() {
    const EVENT: usize = 64 << 10;
    const EVENTS: usize = 128;
    let history = History::new().events(EVENTS).bytes(16 << 20);
    let scene = Scene::with::<W>(|hub| hub.history(history), |events| events);
    let mut stalled = Client::connect_narrowly(scene.address());
    stalled.get("/events?stream=a", "");
    assert_eq!(stalled.head().status, 200);
    assert_eq!(stalled.message().event_type(), "sse-cursor");
    let mut reader = Client::subscribed(scene.address(), "/events?stream=a", "");

    let data = "x".repeat(EVENT);
    for _ in 0..EVENTS {
        scene.publish("a", &*data);
        reader.expect(&data);
    }
    let held = scene.hub.stats().bytes_written as usize - EVENTS * EVENT;
    assert!(held < 512 << 10, "{held} bytes");
}

pub(crate) fn a_client_that_takes_nothing_in_time_is_cut_off<W: OwnServer>() {
    let scene = Scene::with::<W>(
        |hub| hub.write_deadline(Some(Duration::from_millis(300))),
        |events| events,
    );
    let mut stalled = Client::connect_narrowly(scene.address());
    stalled.get("/events?stream=a", "");
    assert_eq!(stalled.head().status, 200);
    assert_eq!(stalled.message().event_type(), "sse-cursor");
    let data = "x".repeat(64 << 10);
    wait_until(|| {
        scene.publish("a", &*data);
        scene.hub.stats().subscribers == 0
    });
    assert_eq!(scene.hub.stats().ended.total(), 1);
    // What was under way still arrives, and then the end of the connection.
    stalled.expect_end();
}
