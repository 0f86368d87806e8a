//! Redis is away, or has forgotten; a node is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use sse_hub::log::{History, Sequence};
use sse_hub::sse_proto::Event;
use sse_hub::{Hub, PublishError};

use crate::support::*;

/// What a publisher was told.
#[derive(Default)]
struct Told {
    acknowledged: Vec<(Sequence, String)>,
    unknown: usize,
    refused: usize,
}

/// Publishes numbers until it is told to stop.
fn publish_on(hub: &Hub, stop: &Arc<AtomicBool>) -> thread::JoinHandle<Told> {
    let (hub, stop) = (hub.clone(), Arc::clone(stop));
    thread::spawn(move || {
        let mut told = Told::default();
        for number in 0.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let data = format!("{number}");
            match hub.publish("a", &Event::new(&*data)).wait() {
                Ok(published) => told.acknowledged.push((published.sequence(), data)),
                Err(PublishError::OutcomeUnknown(_)) => told.unknown += 1,
                Err(PublishError::NotStored(_)) => told.refused += 1,
                Err(error) => panic!("{error}"),
            }
            thread::sleep(Duration::from_millis(2));
        }
        told
    })
}

/// Reads until `last` has come, and gives everything with its id.
fn read_on(mut client: Client, last: &'static str) -> thread::JoinHandle<Vec<(Sequence, String)>> {
    thread::spawn(move || {
        let mut seen = Vec::new();
        loop {
            let data = client.data();
            if data == last {
                return seen;
            }
            let id = client.last_event_id.as_ref().unwrap().parse().unwrap();
            seen.push((id, data));
        }
    })
}

/// Has Redis go away under load in some way, and come back in another.
fn go_away(
    server: &mut Server,
    away: impl FnOnce(&mut Server),
    back: impl FnOnce(&mut Server),
) -> Told {
    let redis = || {
        server
            .redis()
            .timeout(Duration::from_millis(500))
            .connect()
            .unwrap()
    };
    let nodes = [node(redis(), Hub::builder()), node(redis(), Hub::builder())];
    let clients: Vec<_> = (0..6)
        .map(|number| Client::on(&["a"], &nodes[number % 2]))
        .collect();
    let readers: Vec<_> = clients
        .into_iter()
        .map(|client| read_on(client, "the end"))
        .collect();
    let stop = Arc::new(AtomicBool::new(false));
    let publisher = publish_on(&nodes[0], &stop);
    thread::sleep(Duration::from_millis(300));
    away(server);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(nodes[1].stats().subscribers, 3, "they stay connected");
    back(server);
    // Publishing works again, sooner or later.
    wait_until(|| nodes[1].publish("b", &Event::new("x")).wait().is_ok());
    thread::sleep(Duration::from_millis(300));
    stop.store(true, Ordering::Relaxed);
    let told = publisher.join().unwrap();
    wait_until(|| nodes[0].publish("a", &Event::new("the end")).wait().is_ok());
    for reader in readers {
        let seen = reader.join().unwrap();
        assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "nothing twice");
        for event in &told.acknowledged {
            assert!(seen.contains(event), "{event:?} was acknowledged");
        }
        // What nobody knows about may be there or not; nothing else is.
        assert!(seen.len() <= told.acknowledged.len() + told.unknown);
    }
    told
}

#[test]
fn what_redis_has_acknowledged_survives_its_death() {
    let durable = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = Server::start(&durable) else {
        return;
    };
    let told = go_away(&mut server, Server::kill, Server::start_again);
    assert!(told.refused > 0, "publishers are told");
    assert!(told.acknowledged.len() > 100);
}

#[test]
fn a_redis_that_stands_still_is_waited_for_and_publishers_are_told() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let told = go_away(
        &mut server,
        |server| server.signal("STOP"),
        |server| server.signal("CONT"),
    );
    assert!(told.unknown > 0, "publishers are told");
    assert!(told.acknowledged.len() > 100);
}

#[test]
fn clients_of_a_node_that_is_gone_resume_on_another() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let (doomed, other) = (server.node(), server.node());
    let mut client = Client::on(&["a"], &doomed);
    publish(&doomed, "a", "1");
    assert_eq!(client.data(), "1");
    publish(&doomed, "a", "2");
    drop(doomed);
    publish(&other, "a", "3");
    client.connect(&other);
    assert_eq!(client.data(), "2");
    assert_eq!(client.data(), "3");
}

#[test]
fn a_client_whose_history_was_trimmed_is_told() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = node(
        server.redis().connect().unwrap(),
        Hub::builder().history(History::new().events(10)),
    );
    let first = publish(&hub, "a", "0");
    for number in 1..50 {
        publish(&hub, "a", &number.to_string());
    }
    server.say(&["XTRIM", "sse", "MAXLEN", "5"]);
    let mut client = Client::new(&["a"]);
    client.last_event_id = Some(first);
    client.connect(&hub);
    let told =
        std::iter::from_fn(|| client.message()).find(|message| message.event_type() == "reset");
    assert_eq!(told.unwrap().data(), "evicted");
}

#[test]
fn a_node_that_missed_what_was_trimmed_tells_its_clients() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let (here, there) = (server.node(), server.node());
    publish(&here, "a", "seen");
    let mut client = Client::on(&["a"], &there);
    client.last_event_id = None;
    // The node's own connections are dead, and while it has none, the stream moves on without it.
    server.say(&["CLIENT", "PAUSE", "300", "ALL"]);
    let script = "redis.call('XADD', KEYS[1], '*', 'a', 'data: lost\\n\\n') \
        redis.call('XADD', KEYS[1], '*', 'a', 'data: kept\\n\\n') \
        return redis.call('XTRIM', KEYS[1], 'MAXLEN', '1')";
    server.say(&["EVAL", script, "1", "sse"]);
    // Its stream ends, and what it is told when it comes back is that it cannot be resumed.
    let mut ended = false;
    for _ in 0..100 {
        match client.message() {
            None => {
                ended = true;
                break;
            }
            Some(message) => assert_ne!(message.data(), "kept", "a silent gap"),
        }
    }
    assert!(ended);
}

#[test]
fn entries_may_get_only_so_old() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let redis = server
        .redis()
        .max_age(Some(Duration::from_millis(1)))
        .max_entries(1_000_000);
    let hub = node(redis.connect().unwrap(), Hub::builder());
    // Redis lets go of whole nodes of its tree, of 100 entries by default.
    for _ in 0..3 {
        let events: Vec<_> = (0..500).map(Event::display).collect();
        for publish in hub.publish_many("a", &events) {
            publish.wait().unwrap();
        }
        thread::sleep(Duration::from_millis(1100));
    }
    publish(&hub, "a", "x");
    let length: usize = server.say(&["XLEN", "sse"]).parse().unwrap();
    assert!(length < 500, "{length}");
}
