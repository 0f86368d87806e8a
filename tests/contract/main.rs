//! The example `contract_service`, asked as the contract tests ask it: a small harness for each of its capabilities.

#![cfg(feature = "tokio")]

#[path = "../../examples/contract_service/service/mod.rs"]
mod service;

mod harness;

use serde_json::{Value, json};

use harness::{Answer, Harness, Request, Script, Service};

/// A stream of this text, that stays open.
fn open_stream(text: &str) -> Script {
    Script::new().answer(Answer::stream().event(text).hold())
}

/// The request that arrives for a stream with these parameters.
fn requested(params: Value) -> Request {
    let script = Script::new().answer(Answer::stream().hold());
    Harness::open(script, params).server.request(0)
}

#[test]
fn it_says_what_it_can() {
    let answered = Service::start().ask("GET", "/", "");
    assert_eq!(answered.status, 200);
    let said: Value = serde_json::from_str(&answered.body).unwrap();
    let said: Vec<_> = said["capabilities"].as_array().unwrap().iter().collect();
    for capability in [
        "comments",
        "headers",
        "post",
        "report",
        "read-timeout",
        "last-event-id",
        "restart",
        "event-type-listeners",
        "bom",
        "cr-only",
        "server-directed-shutdown-request",
    ] {
        assert!(said.contains(&&json!(capability)), "{capability}");
    }
}

#[test]
fn events_are_told_in_their_order() {
    let mut harness = Harness::open(
        open_stream("id: 7\ndata: one\n\ndata: two\ndata: and two\n\nid\ndata: 豆腐\n\n"),
        json!({}),
    );
    harness.expect_event(["message", "7", "one"]);
    harness.expect_event(["message", "7", "two\nand two"]);
    harness.expect_event(["message", "", "豆腐"]);
}

#[test]
fn comments_are_told() {
    let mut harness = Harness::open(open_stream(":hello\ndata: one\n\n"), json!({}));
    let comment = json!({ "kind": "comment", "comment": "hello" });
    assert_eq!(harness.told(), comment);
    harness.expect_event(["message", "", "one"]);
}

#[test]
fn a_byte_order_mark_is_dropped() {
    let mut harness = Harness::open(open_stream("\u{feff}data: one\n\n"), json!({}));
    harness.expect_event(["message", "", "one"]);
}

#[test]
fn lines_may_end_with_cr_alone() {
    let mut harness = Harness::open(open_stream("id: 7\rdata: one\r\r"), json!({}));
    harness.expect_event(["message", "7", "one"]);
}

#[test]
fn events_of_a_type_are_told_once_it_is_listened_for() {
    let stream = Answer::stream()
        .event("event: price\ndata: 1\n\ndata: 2\n\n")
        .pause()
        .event("event: price\ndata: 3\n\n");
    let mut harness = Harness::open(Script::new().answer(stream.hold()), json!({}));
    harness.expect_event(["message", "", "2"]);
    harness.command(&json!({ "command": "listen", "listen": { "type": "price" } }));
    harness.server.go();
    harness.expect_event(["price", "", "3"]);
}

#[test]
fn an_event_of_megabytes_is_told() {
    let data = "0123456789abcdef".repeat(4 << 16);
    let stream = format!("data: {data}\n\n");
    let mut harness = Harness::open(open_stream(&stream), json!({}));
    assert!(harness.told()["event"]["data"] == data);
}

#[test]
fn it_asks_with_a_get_and_no_id() {
    let request = requested(json!({ "initialDelayMs": null, "headers": null }));
    assert_eq!((&*request.method, &*request.target), ("GET", "/stream"));
    assert_eq!(request.header("Last-Event-ID"), None);
}

#[test]
fn it_sends_the_headers_that_it_is_given() {
    let request = requested(json!({ "headers": { "x-one": "1", "x-two": "2" } }));
    assert_eq!(request.header_text("X-One"), Some("1"));
    assert_eq!(request.header_text("X-Two"), Some("2"));
}

#[test]
fn it_sends_a_body_with_the_method_that_it_is_given() {
    for method in ["POST", "REPORT"] {
        let request = requested(json!({
            "method": method,
            "headers": { "content-type": "application/json; charset=utf-8" },
            "body": "{\"which\": \"all\"}",
        }));
        assert_eq!(request.method, method);
        assert_eq!(request.body, b"{\"which\": \"all\"}");
        let content_type = request.header_text("Content-Type");
        assert_eq!(content_type, Some("application/json; charset=utf-8"));
    }
}

#[test]
fn it_sends_a_last_event_id_that_it_is_given() {
    let request = requested(json!({ "lastEventId": "41" }));
    assert_eq!(request.header_text("Last-Event-ID"), Some("41"));
}

#[test]
fn a_connection_that_breaks_is_an_error_and_made_again() {
    let broken = Answer::stream().event("id: 7\ndata: one\n\nid: 8\ndata: lost");
    let script = Script::new()
        .answer(broken.truncate())
        .then_always(Answer::stream().event("data: two\n\n").hold());
    let mut harness = Harness::open(script, json!({ "initialDelayMs": 0 }));
    harness.expect_event(["message", "7", "one"]);
    harness.expect_error("the connection broke");
    harness.expect_event(["message", "7", "two"]);
    let resumed = harness.server.request(1);
    assert_eq!(resumed.header_text("Last-Event-ID"), Some("7"));
}

#[test]
fn a_body_is_sent_again() {
    let script = Script::new()
        .answer(Answer::stream().truncate())
        .answer(Answer::stream().hold());
    let params = json!({ "initialDelayMs": 0, "method": "POST", "body": "{}" });
    let harness = Harness::open(script, params);
    let again = harness.server.request(1);
    assert_eq!((&*again.method, &again.body[..]), ("POST", &b"{}"[..]));
}

#[test]
fn a_silent_stream_is_an_error_and_made_again() {
    let script = Script::new()
        .answer(Answer::stream().event("data: one\n\n").hold())
        .then_always(Answer::stream().event("data: two\n\n").hold());
    let params = json!({ "initialDelayMs": 0, "readTimeoutMs": 200 });
    let mut harness = Harness::open(script, params);
    harness.expect_event(["message", "", "one"]);
    harness.expect_error("nothing arrived for 200ms");
    harness.expect_event(["message", "", "two"]);
}

#[test]
fn it_restarts_when_it_is_told_to() {
    let script = Script::new()
        .answer(Answer::stream().event("data: one\n\n").hold())
        .answer(Answer::stream().event("data: two\n\n").hold());
    let mut harness = Harness::open(script, json!({ "initialDelayMs": 3_600_000 }));
    harness.expect_event(["message", "", "one"]);
    harness.command(&json!({ "command": "restart" }));
    // Nothing comes between: what was asked for is no error.
    harness.expect_event(["message", "", "two"]);
}

#[test]
fn a_server_can_direct_it_to_stop() {
    let script = Script::new().then_always(Answer::status(204));
    let mut harness = Harness::open(script, json!({ "initialDelayMs": 0 }));
    harness.expect_error("status 204");
    harness.server.wait_until_unconnected();
    // Not even now: the source is closed, whether the command still reaches it or not.
    let restart = json!({ "command": "restart" }).to_string();
    harness.service.ask("POST", &harness.stream, &restart);
    let closed = harness.service.ask("DELETE", &harness.stream, "");
    assert_eq!(closed.status, 204);
    assert_eq!(harness.server.requests().len(), 1);
}

#[test]
fn a_redirect_is_followed() {
    for status in [301, 307] {
        let script = Script::new()
            .answer(Answer::redirect(status, "/there"))
            .answer(Answer::stream().event("data: one\n\n").hold());
        let mut harness = Harness::open(script, json!({}));
        harness.expect_event(["message", "", "one"]);
        assert_eq!(harness.server.request(1).target, "/there");
    }
}

#[test]
fn an_empty_or_missing_location_is_an_error() {
    for status in [301, 307] {
        for answer in [Answer::redirect(status, ""), Answer::status(status)] {
            let script = Script::new().then_always(answer);
            Harness::open(script, json!({})).expect_error("the server redirects");
        }
    }
}

#[test]
fn a_stream_that_is_deleted_is_closed() {
    let mut harness = Harness::open(open_stream("data: one\n\n"), json!({}));
    harness.expect_event(["message", "", "one"]);
    let closed = harness.service.ask("DELETE", &harness.stream, "");
    assert_eq!(closed.status, 204);
    harness.server.wait_until_unconnected();
    let again = harness.service.ask("DELETE", &harness.stream, "");
    assert_eq!(again.status, 404);
}

#[test]
fn streams_are_closed_when_it_quits() {
    let mut harness = Harness::open(open_stream("data: one\n\n"), json!({}));
    harness.expect_event(["message", "", "one"]);
    drop(harness.service);
    harness.server.wait_until_unconnected();
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let harness = Harness::open(open_stream("data: one\n\n"), json!({}));
    let refused = |path: &str, body: &str| {
        let answered = harness.service.ask("POST", path, body);
        assert!(!answered.body.trim().is_empty(), "{answered:?}");
        answered.status
    };
    let params = |name: &str, value: Value| {
        let mut params = json!({
            "streamUrl": "http://127.0.0.1:9/",
            "callbackUrl": "http://127.0.0.1:9/",
        });
        params[name] = value;
        params.to_string()
    };
    for body in [
        "",
        "{}",
        &params("streamUrl", json!("nowhere")),
        &params("callbackUrl", json!("nowhere")),
        &params("callbackUrl", json!("http://127.0.0.1:9/?a=b")),
        &params("readTimeoutMs", json!(-1)),
        &params("lastEventId", json!("a\nb")),
        &params("method", json!("A B")),
        &params("headers", json!({ "a b": "c" })),
    ] {
        assert_eq!(refused("/", body), 400);
    }
    let stream = harness.stream.as_str();
    for command in ["", "{}", r#"{"command":"fly"}"#, r#"{"command":"listen"}"#] {
        assert_eq!(refused(stream, command), 400, "{command}");
    }
    for path in ["/streams/99", "/streams/", "/streams/x", "/elsewhere"] {
        assert_eq!(refused(path, r#"{"command":"restart"}"#), 404, "{path}");
    }
    assert_eq!(harness.service.ask("PUT", "/", "").status, 405);
    assert_eq!(harness.service.ask("GET", stream, "").status, 405);
}
