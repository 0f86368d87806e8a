//! Clients that come back.

use std::thread;

use sse_kit::log::History;

use crate::harness::*;

pub(crate) fn what_was_missed_comes_first_and_once<W: Way>() {
    let scene = Scene::new::<W>();
    for number in 1..=50 {
        scene.publish("a", number.to_string());
    }
    let (mut client, _) = Client::open(
        scene.address(),
        "/events?stream=a",
        "Last-Event-ID: 7-20\r\n",
    );

    scene.wait_for_subscribers(1);
    scene.publish("a", "51");
    for number in 21..=51 {
        let message = client.event();
        assert_eq!(message.data(), number.to_string());
        assert_eq!(message.last_event_id(), format!("7-{number}"));
    }
}

pub(crate) fn who_is_up_to_date_gets_nothing_old<W: Way>() {
    let scene = Scene::new::<W>();
    for number in 1..=5 {
        scene.publish("a", number.to_string());
    }
    let (mut client, _) = Client::open(
        scene.address(),
        "/events?stream=a",
        "Last-Event-ID: 7-5\r\n",
    );

    scene.wait_for_subscribers(1);
    scene.publish("a", "6");
    client.expect("6");
}

pub(crate) fn an_id_may_come_in_the_query<W: Way>() {
    let scene = Scene::new::<W>();
    for number in 1..=5 {
        scene.publish("a", number.to_string());
    }
    let (mut client, _) = Client::open(scene.address(), "/events?stream=a&lastEventId=7-3", "");
    client.expect("4");
    client.expect("5");
}

pub(crate) fn an_unknown_id_is_told_so<W: Way>() {
    let scene = Scene::new::<W>();
    scene.publish("a", "1");
    for (id, why) in [("junk", "unknown"), ("6-1", "foreign"), ("7-9", "future")] {
        let header = format!("Last-Event-ID: {id}\r\n");
        let (mut client, _) = Client::open(scene.address(), "/events?stream=a", &header);
        let reset = client.event();
        assert_eq!((reset.event_type(), reset.data()), ("reset", why));
        // It is not told again when it comes back with what it has now.
        let header = format!("Last-Event-ID: {}\r\n", reset.last_event_id());
        let (mut again, _) = Client::open(scene.address(), "/events?stream=a", &header);
        scene.publish("a", why);
        again.expect(why);
    }
}

pub(crate) fn an_id_that_is_too_old_is_told_so<W: Way>() {
    let history = History::new().events(10);
    let scene = Scene::with::<W>(|hub| hub.history(history), |events| events);
    for number in 1..=30 {
        scene.publish("a", number.to_string());
    }
    let (mut client, _) = Client::open(
        scene.address(),
        "/events?stream=a",
        "Last-Event-ID: 7-5\r\n",
    );
    let reset = client.event();
    assert_eq!((reset.event_type(), reset.data()), ("reset", "evicted"));
    scene.publish("a", "31");
    client.expect("31");
}

pub(crate) fn nobody_misses_or_repeats_anything_over_many_reconnections<W: Way>() {
    const EVENTS: usize = 2000;
    let history = History::new().events(EVENTS);
    let scene = Scene::with::<W>(|hub| hub.history(history), |events| events);
    let address = scene.address();
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let first = Client::subscribed(address, "/events?stream=a&stream=b", "");
            thread::spawn(move || follow(first, address, 20 + client * 7))
        })
        .collect();
    for number in 0..EVENTS {
        scene.publish(if number % 2 == 0 { "a" } else { "b" }, number.to_string());
        if number % 50 == 0 {
            thread::yield_now();
        }
    }
    for client in clients {
        client.join().unwrap();
    }
}

/// Reads all events, and comes back after each so many.
fn follow(mut client: Client, address: std::net::SocketAddr, each: usize) {
    let mut next = 0;
    let mut since = 0;
    while next < 2000 {
        let message = client.event();
        assert_eq!(message.data(), next.to_string());
        next += 1;
        since += 1;
        if since == each {
            since = 0;
            let id = format!("Last-Event-ID: {}\r\n", message.last_event_id());
            client = Client::open(address, "/events?stream=b&stream=a", &id).0;
        }
    }
}
