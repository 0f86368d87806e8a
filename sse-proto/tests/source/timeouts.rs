//! Deadlines: connecting, silence, and clocks that jump.

use std::time::Duration;

use sse_proto::Instant;
use sse_proto::source::{Action, Backoff, Cause, ReadyState};

use crate::support::{Client, SECOND, config, head, stream_head};

#[test]
fn a_request_waits_30_seconds_for_its_response() {
    let mut client = Client::new(config());
    client.actions();
    let attempt = client.attempt;
    client.pass(30 * SECOND - Duration::from_nanos(1));
    assert_eq!(client.actions(), []);
    client.pass(Duration::from_nanos(1));
    assert_eq!(client.actions(), [Action::Abort(attempt)]);
    let error = client.failure();
    assert_eq!(error.cause, Cause::ConnectTimeout(30 * SECOND));
    assert_eq!(error.retry_in, Some(3 * SECOND));
}

#[test]
fn it_waits_for_ever_if_told_so() {
    let client = Client::new(config().connect_timeout(None));
    assert_eq!(client.source.deadline(), None);
}

#[test]
fn each_hop_of_a_redirect_has_the_time_anew() {
    let mut client = Client::new(config());
    client.pass(20 * SECOND);
    client.respond(head(302, &[("Location", "/there")]));
    assert_eq!(client.due_in(), Some(30 * SECOND));
}

#[test]
fn an_open_stream_may_be_silent_for_ever_by_default() {
    assert_eq!(Client::open(config()).source.deadline(), None);
}

#[test]
fn silence_beyond_the_idle_timeout_is_a_lost_connection() {
    let mut client = Client::open(config().idle_timeout(Some(45 * SECOND)));
    let attempt = client.attempt;
    client.pass(45 * SECOND);
    assert_eq!(client.actions(), [Action::Abort(attempt)]);
    let error = client.failure();
    assert_eq!(
        (error.cause, error.retry_in),
        (Cause::Idle(45 * SECOND), Some(3 * SECOND))
    );
}

#[test]
fn any_byte_breaks_the_silence_and_no_byte_does_not() {
    let mut client = Client::open(config().idle_timeout(Some(45 * SECOND)));
    for chunk in [":\n", "\n", "d", "ata: x\n\n"] {
        client.pass(44 * SECOND);
        client.data(chunk);
        assert_eq!(client.due_in(), Some(45 * SECOND), "{chunk:?}");
    }
    client.pass(44 * SECOND);
    client.data("");
    assert_eq!(client.due_in(), Some(SECOND));
}

#[test]
fn where_nothing_is_due_nobody_looks_at_when_data_came() {
    let outcome = |now_of_data| {
        let mut client = Client::open(config().backoff(Backoff::new()));
        for _ in 0..3 {
            client.eof();
            client.pass(60 * SECOND);
            client.respond(stream_head());
        }
        client.pass(120 * SECOND);
        assert_eq!(client.source.deadline(), None);
        let now = std::mem::replace(&mut client.now, now_of_data);
        client.data("data: x\n\nretry: 5000\n");
        client.now = now;
        client.pass(120 * SECOND);
        client.eof();
        (client.events(), client.source.deadline())
    };
    let in_time = Instant::since_origin(1300 * SECOND);
    assert_eq!(outcome(Instant::default()), outcome(in_time));
}

#[test]
fn a_timeout_that_is_too_early_changes_nothing() {
    let mut client = Client::new(config());
    client.actions();
    client.source.handle_timeout(client.now);
    assert_eq!((client.actions(), client.events()), (vec![], vec![]));
}

#[test]
fn a_clock_that_jumps_ahead_makes_one_deadline_pass_once() {
    let mut client = Client::open(config().idle_timeout(Some(SECOND)));
    client.now = client.now + 1_000_000 * SECOND;
    client.source.handle_timeout(client.now);
    client.failure();
    assert_eq!(client.due_in(), Some(3 * SECOND), "the wait begins now");
    client.source.handle_timeout(client.now);
    assert_eq!(client.events(), []);
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let mut client = Client::open(config().idle_timeout(Some(SECOND)));
    client.now = Instant::default();
    client.data("data: x\n\n");
    assert_eq!(client.due_in(), Some(SECOND));
    client.eof();
    assert_eq!(client.failure().retry_in, Some(3 * SECOND));
}

#[test]
fn times_beyond_all_bounds_are_never_reached() {
    let endless = config()
        .connect_timeout(Some(Duration::MAX))
        .idle_timeout(Some(Duration::MAX))
        .reconnection_time(Duration::MAX);
    let mut client = Client::new(endless);
    client.pass(SECOND);
    client.respond(stream_head());
    client.pass(SECOND);
    assert_eq!(client.source.ready_state(), ReadyState::Open);
    client.eof();
    client.pass(SECOND);
    assert_eq!(client.source.ready_state(), ReadyState::Connecting);
}
