//! How a stream begins.

use sse_proto::Event;
use sse_proto::log::{self, Framing, Ids, Log, Stale};
use sse_proto::session::{Config, StalePolicy};

use crate::support::{SECOND, Stream, config, log, log_of};

fn begin(config: Config, id: &str) -> Stream {
    Stream::begin(config, log_of(9), Some(id)).expect("there is a stream")
}

#[test]
fn it_primes_with_the_reconnection_time_and_the_cursor() {
    let mut stream = Stream::begin(Config::new(), log_of(3), None).expect("there is a stream");
    assert_eq!(
        stream.sent(),
        "event: sse-cursor\nid: 7-3\nretry: 2000\ndata: \n\n"
    );
}

#[test]
fn one_that_loses_its_connection_before_the_first_event_misses_nothing() {
    let mut stream = Stream::begin(Config::new(), log_of(3), None).expect("there is a stream");
    assert!(stream.sent().contains("id: 7-3\n"));
    stream.session.disconnected();
    stream.publish("4");
    let mut again = Stream::begin(config(), stream.log, Some("7-3")).expect("there is a stream");
    assert_eq!(again.sent(), "id: 7-4\ndata: 4\n\n");
}

#[test]
fn priming_says_what_there_is_to_say() {
    let quiet = Config::new().retry(None);
    let mut stream = Stream::new(quiet.clone());
    assert_eq!(stream.sent(), "event: sse-cursor\nid: 7-0\ndata: \n\n");
    let without_ids = || Log::new(log::Config::new(Ids::None));
    let mut stream = Stream::begin(Config::new(), without_ids(), None).expect("there is a stream");
    assert_eq!(stream.sent(), "retry: 2000\n\n");
    let mut stream = Stream::begin(quiet, without_ids(), None).expect("there is a stream");
    assert_eq!(stream.sent(), "");
    assert_eq!(Stream::new(config()).sent(), "");
}

#[test]
fn the_types_of_its_own_events_can_be_chosen() {
    let config = Config::new().cursor_event_type("c").expect("valid");
    assert!(Stream::new(config).sent().starts_with("event: c\n"));
    assert!(Config::new().reset_event_type("a\nb").is_err());
    assert!(Config::new().lagged_event_type("a\rb").is_err());
    assert!(Config::new().farewell_event_type(Some("a\0b")).is_err());
}

#[test]
fn a_client_that_comes_back_gets_exactly_what_it_missed() {
    let mut stream = begin(Config::new(), "7-7");
    assert_eq!(
        stream.sent(),
        "event: sse-cursor\nid: 7-7\nretry: 2000\ndata: \n\nid: 7-8\ndata: 8\n\nid: 7-9\ndata: 9\n\n"
    );
    stream.publish("10");
    assert_eq!(stream.sent(), "id: 7-10\ndata: 10\n\n");
    assert_eq!(begin(config(), "7-9").sent(), "");
}

#[test]
fn an_id_that_leads_nowhere_is_answered_with_a_reset_that_carries_the_cursor() {
    for (id, why) in [
        ("7-3", "evicted"),
        ("6-9", "foreign"),
        ("7-10", "future"),
        ("x", "unknown"),
    ] {
        let mut stream = begin(config(), id);
        let reset = format!("event: reset\nid: 7-9\ndata: {why}\n\n");
        assert_eq!(stream.sent(), reset, "{id}");
        stream.publish("10");
        assert_eq!(stream.sent(), "id: 7-10\ndata: 10\n\n");
        // So that it does not come again the next time.
        let mut again =
            Stream::begin(config(), stream.log, Some("7-9")).expect("there is a stream");
        assert_eq!(again.sent(), "id: 7-10\ndata: 10\n\n");
    }
}

#[test]
fn a_reset_is_the_first_that_a_client_gets() {
    // Else it could have a cursor, lose its connection, and come back as one that has missed nothing.
    let mut stream = begin(Config::new(), "7-3");
    assert_eq!(
        stream.sent(),
        "event: reset\nid: 7-9\nretry: 2000\ndata: evicted\n\n"
    );
}

#[test]
fn without_ids_a_reset_makes_the_client_forget_the_one_it_has() {
    let log = Log::new(log::Config::new(Ids::None));
    let mut stream = Stream::begin(config(), log, Some("1")).expect("there is a stream");
    assert_eq!(stream.sent(), "event: reset\nid: \ndata: unknown\n\n");
}

#[test]
fn a_stale_client_can_get_all_that_is_kept() {
    let mut stream = begin(config().stale_policy(StalePolicy::ReplayAll), "7-1");
    let sent = stream.sent();
    let ids: Vec<_> = sent
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(ids, ["evicted", "5", "6", "7", "8", "9"]);
    stream.publish("10");
    assert_eq!(stream.sent(), "id: 7-10\ndata: 10\n\n");
}

#[test]
fn a_stale_client_can_get_what_is_new_without_a_word() {
    let mut stream = begin(config().stale_policy(StalePolicy::LiveOnly), "7-1");
    assert_eq!(stream.sent(), "");
    stream.publish("10");
    assert_eq!(stream.sent(), "id: 7-10\ndata: 10\n\n");
}

#[test]
fn a_stale_client_can_get_no_stream() {
    let config = config().stale_policy(StalePolicy::NoContent);
    let refused = Stream::begin(config.clone(), log_of(9), Some("7-1"));
    assert_eq!(
        refused.err().map(|refused| refused.stale),
        Some(Stale::Evicted)
    );
    assert!(Stream::begin(config.clone(), log_of(9), Some("7-4")).is_ok());
    assert!(Stream::begin(config, log_of(9), None).is_ok());
}

#[test]
fn a_greeting_is_behind_the_priming_and_ahead_of_the_events() {
    let mut stream = Stream::new(Config::new().retry(Some(SECOND)));
    stream.session.greet(&Event::new("state"));
    stream.publish("1");
    assert_eq!(
        stream.sent(),
        "event: sse-cursor\nid: 7-0\nretry: 1000\ndata: \n\ndata: state\n\nid: 7-1\ndata: 1\n\n"
    );
}

#[test]
fn all_it_says_is_framed() {
    let mut stream = Stream::framed(Config::new().retry(None), log(), None, Framing::Chunked)
        .expect("there is a stream");
    stream.session.greet(&Event::new("x"));
    assert_eq!(
        stream.sent(),
        "22\r\nevent: sse-cursor\nid: 7-0\ndata: \n\n\r\n9\r\ndata: x\n\n\r\n"
    );
    assert_eq!(stream.pass(15 * SECOND), "3\r\n:\n\n\r\n");
    stream.session.kick(stream.now);
    assert_eq!(stream.sent(), "a\r\n: kicked\n\n\r\n0\r\n\r\n");
}
