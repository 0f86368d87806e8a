//! What clients, operators and others get wrong.

use std::time::Duration;

use sse_hub::sse_proto::Event;
use sse_hub::{Hub, PublishError};
use sse_redis::{ConnectErrorKind, Redis};

use crate::support::*;

#[test]
fn an_id_that_is_none_of_this_stream_is_told_so() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = server.node();
    publish(&hub, "a", "x");
    let future = "99999999999999-0";
    for id in [
        future,
        "junk",
        "-1",
        "0x10-1",
        "1-1\u{1f980}",
        "$",
        "+",
        "*",
        &"9".repeat(60_000),
    ] {
        let mut client = Client::new(&["a"]);
        client.last_event_id = Some(id.to_owned());
        client.connect(&hub);
        publish(&hub, "a", "x");
        // It may be told first where it stands, until Redis has said that it cannot.
        let mut told = [client.message(), client.message()].into_iter().flatten();
        assert!(
            told.any(|message| message.event_type() == "reset"),
            "{id:.20}"
        );
    }
}

#[test]
fn a_url_that_is_none_is_said() {
    for url in ["", "nonsense", "http://127.0.0.1/", "redis://"] {
        let error = Redis::connect(url).unwrap_err();
        let kind = error.kind();
        assert!(
            matches!(kind, ConnectErrorKind::Url | ConnectErrorKind::Unreachable),
            "{url}: {error}"
        );
    }
    let error = Redis::connect("redis://no-such-host.invalid/").unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::Unreachable, "{error}");
    let error = Redis::connect("redis://127.0.0.1:1/").unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::Unreachable, "{error}");
    assert!(
        error.to_string().starts_with("Redis cannot be reached: "),
        "{error}"
    );
}

#[test]
fn a_wrong_password_is_said_and_not_shown() {
    let Some(server) = Server::start(&["--requirepass", "right"]) else {
        return;
    };
    let port = server.port;
    for url in [format!("redis://:wrong@127.0.0.1:{port}/"), server.url()] {
        let error = Redis::connect(url).unwrap_err();
        assert_eq!(error.kind(), ConnectErrorKind::Authentication, "{error:?}");
        assert!(!error.to_string().contains("wrong@"), "{error}");
    }
    let redis = Redis::connect(format!("redis://:right@127.0.0.1:{port}/")).unwrap();
    assert!(!format!("{redis:?}").contains("right"));
    publish(&node(redis, Hub::builder()), "a", "x");
}

#[test]
fn a_key_of_another_type_is_said() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    server.say(&["SET", "sse", "mine"]);
    let error = server.redis().connect().unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::WrongType, "{error}");
    server.redis().key("another").connect().unwrap();
}

#[test]
fn what_redis_refuses_is_not_stored_and_said_so() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = server.node();
    publish(&hub, "a", "x");
    let refused = |hub: &Hub, word: &str| {
        let error = hub.publish("a", &Event::new("y")).wait().unwrap_err();
        assert!(matches!(error, PublishError::NotStored(_)), "{error:?}");
        assert!(error.to_string().contains(word), "{error}");
    };
    server.say(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    server.say(&["CONFIG", "SET", "maxmemory", "1"]);
    refused(&hub, "OOM");
    server.say(&["CONFIG", "SET", "maxmemory", "0"]);
    publish(&hub, "a", "x");
    // A replica takes no writes.
    server.say(&["REPLICAOF", "127.0.0.1", "1"]);
    refused(&hub, "read only");
    server.say(&["REPLICAOF", "NO", "ONE"]);
    publish(&hub, "a", "x");
}

#[test]
fn what_others_write_into_the_stream_disturbs_nobody() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = server.node();
    let mut client = Client::on(&["a"], &hub);
    server.say(&["XADD", "sse", "*", "odd", "one", "a", "two"]);
    server.say(&["XADD", "sse", "*", "b", "\u{1}"]);
    publish(&hub, "a", "x");
    assert_eq!(client.data(), "x");
    // One of its own topic that is no event is lost to it, and it is told.
    server.say(&["XADD", "sse", "*", "a", "no event"]);
    while client.message().is_some() {}
    assert_eq!(hub.stats().ended.lagged, 1);
}

#[test]
fn topics_and_data_are_data_whatever_they_look_like() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let hub = server.node();
    let topic = "*\r\n$3\r\nDEL\r\n{sse}";
    let mut client = Client::on(&[topic], &hub);
    let data = "\r\nFLUSHALL\r\n\u{0}";
    publish(&hub, topic, data);
    assert_eq!(client.data(), "\nFLUSHALL\n\u{0}");
    assert_eq!(server.say(&["XLEN", "sse"]), "1");
}

#[test]
fn a_timeout_of_nothing_is_one_that_can_be() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // It may fail, but it returns.
    let _ = server.redis().timeout(Duration::ZERO).connect();
}
