//! What a request says.

use sse_proto::source::{Cause, Config, SourceItem};
use std::time::Duration;

use crate::support::{Client, URL, config, stream_head};

fn names(client: &mut Client) -> Vec<String> {
    let headers = client.sent().headers;
    headers.iter().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn a_request_asks_for_an_event_stream_past_every_cache() {
    let request = Client::new(config()).sent();
    assert_eq!(
        (&*request.method, &*request.url, &request.body),
        ("GET", URL, &None)
    );
    assert_eq!(
        request.headers.get("accept"),
        Some(&b"text/event-stream"[..])
    );
    assert_eq!(request.headers.get("cache-control"), Some(&b"no-cache"[..]));
    assert_eq!(request.headers.get("last-event-id"), None);
}

#[test]
fn a_header_of_the_program_replaces_the_machines() {
    let config = config().header("accept", "*/*").expect("valid");
    let mut client = Client::new(config);
    assert_eq!(names(&mut client), ["accept", "Cache-Control"]);
}

#[test]
fn a_header_may_occur_twice() {
    let config = config()
        .header("X-A", "1")
        .and_then(|config| config.header("x-a", "2"));
    let request = Client::new(config.expect("valid")).sent();
    let values: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("x-a"))
        .collect();
    assert_eq!(values.len(), 2);
}

#[test]
fn a_body_makes_it_a_post_unless_a_method_is_set() {
    assert_eq!(Client::new(config().body("x")).sent().method, "POST");
    let report = config().method("REPORT").expect("valid").body("x");
    assert_eq!(Client::new(report).sent().method, "REPORT");
}

#[test]
fn the_usual_methods_are_written_in_capitals() {
    for (method, sent) in [("post", "POST"), ("Get", "GET"), ("report", "report")] {
        let config = config().method(method).expect("valid");
        assert_eq!(Client::new(config).sent().method, sent);
    }
}

#[test]
fn what_no_request_can_have_is_refused_with_a_hint() {
    let error = |result: Result<Config, _>| {
        let error: sse_proto::source::InvalidRequest = result.expect_err("invalid");
        error.to_string()
    };
    assert!(error(config().method("GET /")).contains("one word"));
    assert!(error(config().method("")).contains("one word"));
    assert!(error(config().method("CONNECT")).contains("no event stream"));
    assert!(error(config().header("a b", "")).contains("its name"));
    assert!(error(config().header("", "")).contains("its name"));
    assert!(error(config().header("a", "b\r\nc: d")).contains("byte 1 of its value"));
    assert!(error(config().header("Content-Length", "1")).contains("leave it out"));
    assert!(error(config().header("last-event-id", "1")).contains("Config::last_event_id"));
    assert!(config().header("a", "\u{e9}\t ").is_ok());
}

#[test]
fn the_last_event_id_goes_out_as_utf_8() {
    let mut client = Client::open(config());
    client.data("id: \u{1f980}\u{e9}\n\n");
    client.eof();
    client.fire();
    let sent = client.sent();
    assert_eq!(
        sent.headers.get("last-event-id"),
        Some("\u{1f980}\u{e9}".as_bytes())
    );
}

#[test]
fn an_initial_last_event_id_is_sent_and_inherited_by_events() {
    let mut client = Client::new(config().last_event_id("7").expect("valid"));
    assert_eq!(client.sent().headers.get("last-event-id"), Some(&b"7"[..]));
    client.respond(stream_head());
    let items = client.data("data: x\n\n");
    assert!(matches!(&items[..], [SourceItem::Message(event)] if event.last_event_id() == "7"));
    assert!(config().last_event_id("a\nb").is_err());
}

#[test]
fn the_last_event_id_is_sent_after_each_drop() {
    let mut client = Client::open(config());
    client.data("id: 7\n\n");
    for _ in 0..3 {
        client.eof();
        client.fire();
        assert_eq!(client.sent().headers.get("last-event-id"), Some(&b"7"[..]));
        client.respond(stream_head());
    }
}

#[test]
fn an_id_that_is_set_to_empty_is_sent_no_more() {
    let mut client = Client::open(config().last_event_id("7").expect("valid"));
    client.data("id\n\n");
    client.eof();
    client.fire();
    assert_eq!(client.sent().headers.get("last-event-id"), None);
}

#[test]
fn an_id_counts_from_its_blank_line_only() {
    let mut client = Client::open(config());
    client.data("id: 1\n\nid: 2\ndata: x\n");
    assert_eq!(client.source.last_event_id(), "1");
    client.eof();
    client.fire();
    assert_eq!(client.sent().headers.get("last-event-id"), Some(&b"1"[..]));
    client.respond(stream_head());
    assert_eq!(client.data("\n"), [], "nothing of the old stream is left");
}

#[test]
fn an_id_that_no_header_can_carry_is_reported_once_and_left_out() {
    let mut client = Client::open(config());
    client.data("id: a\u{1}b\n\n");
    for round in 0..3 {
        client.eof();
        client.events();
        client.fire();
        assert_eq!(client.sent().headers.get("last-event-id"), None);
        if round == 0 {
            let error = client.failure();
            assert_eq!(error.cause, Cause::LastEventIdNotSendable);
            assert_eq!(error.retry_in, Some(Duration::ZERO));
        } else {
            assert_eq!(client.events(), []);
        }
        assert_eq!(client.source.last_event_id(), "a\u{1}b");
        client.respond(stream_head());
        client.events();
    }
    client.data("id: \u{7f}\n\n");
    client.eof();
    client.events();
    client.fire();
    assert_eq!(client.failure().cause, Cause::LastEventIdNotSendable);
}

#[test]
fn a_tab_in_an_id_is_sent() {
    let mut client = Client::new(config().last_event_id("a\tb").expect("valid"));
    assert_eq!(
        client.sent().headers.get("last-event-id"),
        Some(&b"a\tb"[..])
    );
}

#[test]
fn nothing_that_is_shown_has_a_secret_in_it() {
    let config = config()
        .header("Authorization", "Bearer hunter2")
        .and_then(|config| config.header("X-Session-Token", "hunter2"))
        .expect("valid")
        .body("hunter2");
    let mut client = Client::new(config.clone());
    let request = client.sent();
    let shown = format!("{config:?} {:?} {request:?}", client.source);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(
        shown.contains("Authorization") && shown.contains("text/event-stream"),
        "{shown}"
    );
}
