//! Every event reaches everyone, wherever they are.

use std::thread;
use std::time::Duration;

use sse_hub::Hub;
use sse_hub::log::History;
use sse_hub::sse_proto::Event;

use crate::support::*;

#[test]
fn every_node_gives_everyone_every_event_once_and_in_order() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let nodes = [server.node(), server.node(), server.node()];
    const EVENTS: usize = 600;
    let readers: Vec<_> = (0..30)
        .map(|reader| {
            let mut client = Client::on(&["a"], &nodes[reader % 3]);
            thread::spawn(move || (0..EVENTS).map(|_| client.data()).collect::<Vec<_>>())
        })
        .collect();
    // Each node publishes a part, from threads of its own.
    let publishers: Vec<_> = nodes
        .iter()
        .enumerate()
        .map(|(number, node)| {
            let node = node.clone();
            thread::spawn(move || {
                for event in 0..EVENTS / 3 {
                    publish(&node, "a", &format!("{number}-{event}"));
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.join().unwrap();
    }
    let mut all = readers.into_iter().map(|reader| reader.join().unwrap());
    let first = all.next().unwrap();
    for number in 0..3 {
        let of_one: Vec<_> = first
            .iter()
            .filter(|data| data.starts_with(&format!("{number}-")))
            .collect();
        let expected: Vec<_> = (0..EVENTS / 3)
            .map(|event| format!("{number}-{event}"))
            .collect();
        assert!(of_one.into_iter().eq(&expected));
    }
    for other in all {
        assert_eq!(other, first);
    }
}

#[test]
fn an_event_has_the_id_that_its_publisher_was_told() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let (here, there) = (server.node(), server.node());
    let mut client = Client::on(&["a"], &there);
    let id = publish(&here, "a", "x");
    assert_eq!(client.data(), "x");
    assert_eq!(client.last_event_id, Some(id));
}

#[test]
fn clients_that_hop_miss_nothing_and_see_nothing_twice() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // What a node keeps itself is short, so that much is paged in.
    let short = || Hub::builder().history(History::new().events(20));
    let nodes: Vec<_> = (0..3)
        .map(|_| node(server.redis().connect().unwrap(), short()))
        .collect();
    const EVENTS: usize = 1000;
    let clients: Vec<_> = (0..40)
        .map(|number| {
            let nodes = nodes.clone();
            let topics: &[&str] = if number % 2 == 0 {
                &["a", "b"]
            } else {
                &["b", "a"]
            };
            let mut client = Client::on(topics, &nodes[number % 3]);
            thread::spawn(move || {
                let mut expected = 0;
                let mut hops = 0;
                while expected < EVENTS {
                    let data = match client.message() {
                        Some(message) if message.event_type() == "message" => {
                            message.data().to_owned()
                        }
                        Some(message) if message.event_type() == "sse-cursor" => continue,
                        Some(message) => panic!("{}: {}", message.event_type(), message.data()),
                        // It fell behind, and comes back.
                        None => {
                            client.connect(&nodes[number % 3]);
                            continue;
                        }
                    };
                    assert_eq!(data, expected.to_string(), "client {number}, {hops} hops");
                    expected += 1;
                    if expected % 50 == number {
                        hops += 1;
                        client.connect(&nodes[(number + hops) % 3]);
                    }
                }
                hops
            })
        })
        .collect();
    for event in 0..EVENTS {
        let topic = if event % 3 == 0 { "a" } else { "b" };
        publish(&nodes[event % 3], topic, &event.to_string());
    }
    for client in clients {
        let hops = client.join().unwrap();
        assert!(hops >= 19, "{hops} hops");
    }
}

#[test]
fn publishing_many_takes_few_pipelines() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let redis = server.redis().connect().unwrap();
    let hub = node(redis.clone(), Hub::builder());
    let events: Vec<_> = (0..1000).map(Event::display).collect();
    let mut client = Client::on(&["a"], &hub);
    let published = hub.publish_many("a", &events);
    let ids: Vec<_> = published
        .into_iter()
        .map(|publish| publish.wait().unwrap().sequence())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    for number in 0..1000 {
        assert_eq!(client.data(), number.to_string());
    }
    let stats = redis.stats();
    assert_eq!(
        (stats.stored, stats.unknown, stats.not_stored),
        (1000, 0, 0)
    );
    assert!(stats.pipelines < 200, "{stats:?}");
}

#[test]
fn what_was_published_before_a_node_was_there_is_paged_in() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let old = server.node();
    let first = publish(&old, "a", "0");
    for number in 1..1200 {
        publish(
            &old,
            if number % 2 == 0 { "a" } else { "b" },
            &number.to_string(),
        );
    }
    let new = server.node();
    let mut client = Client::new(&["a", "b"]);
    client.last_event_id = Some(first);
    client.connect(&new);
    for number in 1..1200 {
        assert_eq!(client.data(), number.to_string());
    }
    publish(&new, "b", "more");
    assert_eq!(client.data(), "more");
}

#[test]
fn a_hub_that_is_closed_lets_go_of_redis() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = server.node();
    publish(&hub, "a", "x");
    let connections = || server.say(&["CLIENT", "LIST"]).lines().count();
    wait_until(|| connections() == 3);
    hub.close(Duration::ZERO).wait();
    wait_until(|| connections() == 1);
    drop(server.node());
    wait_until(|| connections() == 1);
}
