//! How a stream ends.

use std::net::TcpStream;
use std::time::Duration;

use sse_kit::log::History;
use sse_kit::session::Accepted;
use sse_kit::tokio::server::{Hub, Router};
use sse_kit::{Event, Item, Response, ResponseHead};

use crate::harness::*;

pub(crate) fn a_kick_ends_one_stream_and_no_other<W: Way>() {
    let scene = Scene::with::<W>(
        |hub| hub,
        |events| {
            events.evaluate(async |request| {
                let user = request.headers.get("x-user").unwrap_or_default();
                Ok(Accepted::new().tagged(String::from_utf8_lossy(user)))
            })
        },
    );
    let mut ada = Client::subscribed(scene.address(), "/events?stream=a", "X-User: ada\r\n");
    let mut bob = Client::subscribed(scene.address(), "/events?stream=a", "X-User: bob\r\n");

    assert_eq!(scene.hub.kick_tag("ada"), 1);
    assert_eq!(ada.next_message(), None);
    scene.publish("a", "x");
    bob.expect("x");
    assert_eq!(scene.hub.stats().ended.kicked, 1);
}

pub(crate) fn closing_says_farewell_and_ends_every_stream<W: Way>() {
    let scene = Scene::new::<W>();
    let mut clients: Vec<_> = (0..5)
        .map(|_| Client::subscribed(scene.address(), "/events?stream=a", ""))
        .collect();
    scene.publish("a", "last");

    scene.hub.close(Duration::from_secs(10)).wait();
    for client in &mut clients {
        client.expect("last");
        let mut farewell = Vec::new();
        while let Some(item) = client.item() {
            farewell.push(item);
        }
        assert!(
            farewell.contains(&Item::Retry(Duration::from_secs(2))),
            "{farewell:?}"
        );
        assert!(
            farewell.contains(&Item::Comment("drained".into())),
            "{farewell:?}"
        );
    }
    assert_eq!(scene.hub.stats().ended.drained, 5);
}

pub(crate) fn a_client_that_goes_is_noticed<W: Way>() {
    let scene = Scene::new::<W>();
    for _ in 0..3 {
        let client = Client::subscribed(scene.address(), "/events?stream=a", "");
        scene.wait_for_subscribers(1);
        drop(client);
        scene.wait_for_subscribers(0);
    }
    assert_eq!(scene.hub.stats().ended.disconnected, 3);
}

pub(crate) fn a_client_that_never_reads_is_given_up_and_the_others_miss_nothing<W: Way>() {
    let history = History::new().events(100);
    let scene = Scene::with::<W>(|hub| hub.history(history), |events| events);
    let stalled = Client::subscribed(scene.address(), "/events?stream=a", "");
    let mut reader = Client::subscribed(scene.address(), "/events?stream=a", "");

    // More than what the system holds for one that does not read.
    let data = "x".repeat(64 << 10);
    for _ in 0..600 {
        scene.publish("a", &*data);
        reader.expect(&data);
    }
    wait_until(|| {
        // What is handed to a library counts as written, and it is told when it asks for more.
        let stats = scene.hub.stats();
        stats.ended.lagged == 1 || stats.missed > 0 || stats.subscribers == 2
    });
    drop(stalled);
    scene.publish("a", "end");
    reader.expect("end");
    scene.wait_for_subscribers(1);
}

pub(crate) fn a_server_ends_when_its_last_connection_has<W: OwnServer>() {
    let hub = Hub::builder().build();
    let router = Router::new().events("/events", &hub).get("/", |_| {
        Response::new(ResponseHead::new(200, [("X-A", "b")]), "x")
    });
    let (served, ending) = W::serve_until(router);
    let mut stream = Client::subscribed(served.address, "/events?stream=a", "");
    let (mut idle, head) = Client::open(served.address, "/", "");
    assert_eq!(idle.body(&head), "x");

    (ending.tell)();
    idle.expect_end();
    // Streams go on until their hub is closed.
    hub.publish("a", &Event::new("more")).wait().unwrap();
    stream.expect("more");
    assert!(ending.ended.try_recv().is_err());

    let closing = hub.close(Duration::from_secs(5));
    assert_eq!(stream.next_message(), None);
    drop(stream);
    ending.ended.recv_timeout(PATIENCE).unwrap();
    closing.wait();
    assert!(TcpStream::connect(served.address).is_err());
}
