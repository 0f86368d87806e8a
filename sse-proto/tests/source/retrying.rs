//! When the source connects again: the reconnection time, backoff, jitter, and what the server asks for.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::time::Duration;

use sse_proto::source::{
    Backoff, Cause, Config, Failure, ReadyState, SourceError, SourceItem, StatusRetry,
};

use crate::support::{Client, SECOND, URL, config, head, stream_head};

/// The delays after so many failures in a row.
fn delays(config: Config, failures: usize) -> Vec<Duration> {
    let mut client = Client::new(config);
    let mut delays = Vec::new();
    for _ in 0..failures {
        client.error();
        delays.extend(client.failure().retry_in);
        client.fire();
    }
    delays
}

fn seconds(delays: &[Duration]) -> Vec<u64> {
    delays.iter().map(Duration::as_secs).collect()
}

fn steady() -> Backoff {
    Backoff::new().jitter(0.0)
}

#[test]
fn a_connection_that_ends_is_made_again_after_the_reconnection_time() {
    let mut client = Client::open(config());
    client.eof();
    let error = client.failure();
    assert_eq!(
        (error.cause, error.retry_in),
        (Cause::Ended, Some(3 * SECOND))
    );
    assert_eq!(client.source.ready_state(), ReadyState::Connecting);
    assert_eq!(client.due_in(), Some(3 * SECOND));
    client.pass(3 * SECOND - Duration::from_nanos(1));
    assert_eq!(client.actions(), []);
    client.pass(Duration::from_nanos(1));
    client.sent();
}

#[test]
fn each_failure_in_a_row_doubles_the_delay_up_to_the_cap() {
    let delays = delays(config().backoff(steady()), 7);
    assert_eq!(seconds(&delays), [3, 6, 12, 24, 48, 60, 60]);
}

#[test]
fn a_cap_below_the_reconnection_time_does_not_shorten_it() {
    let config = config().backoff(steady().cap(SECOND));
    assert_eq!(seconds(&delays(config, 3)), [3, 3, 3]);
}

#[test]
fn jitter_takes_off_up_to_its_part_and_differs_by_seed() {
    let jittered = || config().backoff(Backoff::new().factor(1.0).jitter(0.5));
    let delays = delays(jittered(), 200);
    assert!(
        delays
            .iter()
            .all(|delay| (SECOND * 3 / 2..=SECOND * 3).contains(delay))
    );
    assert!(delays.iter().any(|delay| *delay < SECOND * 2));
    assert!(delays.iter().any(|delay| *delay > SECOND * 5 / 2));
    assert_eq!(
        delays,
        self::delays(jittered(), 200),
        "the same seed, the same delays"
    );
}

#[test]
fn a_backoff_of_nonsense_numbers_is_a_backoff_still() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300] {
        let backoff = Backoff::new().factor(number).jitter(number);
        let config = config()
            .backoff(backoff)
            .reconnection_time(1_000_000 * SECOND);
        assert_eq!(delays(config, 5).len(), 5);
    }
}

#[test]
fn a_stream_that_was_open_long_enough_makes_up_for_the_failures_before() {
    for (open, delay) in [(59, 6), (60, 3)] {
        let mut client = Client::new(config().backoff(steady()));
        client.error();
        client.failure();
        client.fire();
        client.respond(stream_head());
        client.pass(open * SECOND);
        client.eof();
        assert_eq!(
            client.failure().retry_in,
            Some(delay * SECOND),
            "open for {open} s"
        );
    }
}

#[test]
fn a_stream_that_had_something_to_say_and_ends_in_good_order_has_not_failed() {
    let mut client = Client::new(config().backoff(steady()));
    let mut waits = Vec::new();
    for (data, broken) in [
        ("data: x\n\n", false),
        ("data: x\n\n", false),
        (": nothing\n", false),
        ("data: x\n\n", true),
        ("data: x\n\n", false),
    ] {
        client.respond(stream_head());
        client.data(data);
        if broken {
            client.error();
        } else {
            client.eof();
        }
        let items = client.events();
        let Some(SourceItem::Error(error)) = items.last() else {
            panic!("it says what happened: {items:?}")
        };
        waits.extend(error.retry_in);
        client.fire();
    }
    // An empty stream is a failure in a row, and so is one that breaks.
    assert_eq!(seconds(&waits), [3, 3, 6, 12, 3]);
}

#[test]
fn jitter_does_not_lead_below_the_least_reconnection_time() {
    let least = Duration::from_millis(100);
    let jittery = Config::new(URL).expect("valid").reconnection_time(least);
    for delay in delays(jittery.backoff(Backoff::new().factor(1.0).jitter(1.0)), 50) {
        assert_eq!(delay, least);
    }
}

#[test]
fn the_server_sets_the_reconnection_time_also_without_an_event() {
    let mut client = Client::open(config());
    assert_eq!(client.data("retry: 1500\n"), []);
    client.eof();
    assert_eq!(client.failure().retry_in, Some(Duration::from_millis(1500)));
    client.fire();
    client.error();
    assert_eq!(
        client.failure().retry_in,
        Some(Duration::from_millis(1500)),
        "it stays"
    );
}

#[test]
fn a_reconnection_time_is_taken_also_when_nobody_looks_at_the_items() {
    let mut client = Client::open(config());
    drop(
        client
            .source
            .handle_data(client.now, client.attempt, b"data: x\n\nretry: 1500\n"),
    );
    let mut received =
        client
            .source
            .handle_data(client.now, client.attempt, b"retry: 1600\nretry: 1700\n");
    assert!(received.next_ref().is_some());
    drop(received);
    client.eof();
    assert_eq!(client.failure().retry_in, Some(Duration::from_millis(1700)));
}

#[test]
fn what_is_given_back_is_not_acted_on() {
    let mut client = Client::open(config());
    let chunk = b"retry: 1500\nretry: 1600\n";
    let mut received = client.source.handle_data(client.now, client.attempt, chunk);
    assert!(received.next_bytes().is_some());
    assert_eq!(received.remaining(), b"retry: 1600\n");
    client.eof();
    assert_eq!(client.failure().retry_in, Some(Duration::from_millis(1500)));
}

#[test]
fn a_reconnection_time_out_of_bounds_is_the_nearer_bound() {
    for (retry, delay) in [
        ("0", Duration::from_millis(100)),
        ("99999999999999999999999", 300 * SECOND),
        ("250", Duration::from_millis(250)),
    ] {
        let mut client = Client::open(config());
        client.data(format!("retry: {retry}\n"));
        client.eof();
        assert_eq!(client.failure().retry_in, Some(delay), "{retry}");
    }
}

#[test]
fn without_reconnection_the_first_end_is_the_last() {
    let mut client = Client::open(config().reconnect(false));
    client.eof();
    assert_eq!(client.fatal(), Cause::Ended);
}

#[test]
fn a_first_connection_may_be_the_only_one_that_is_not_retried() {
    let mut client = Client::new(config().retry_first(false));
    client.error();
    assert!(matches!(client.fatal(), Cause::Transport(_)));
    let mut client = Client::open(config().retry_first(false));
    client.error();
    assert!(client.failure().retry_in.is_some());
    client.fire();
    client.error();
    assert!(client.failure().retry_in.is_some());
}

#[test]
fn a_request_with_a_body_is_not_sent_again_after_an_event() {
    let post = || config().body("{}");
    let mut client = Client::open(post());
    client.data(": no event\nretry: 5\n\n");
    client.eof();
    assert!(client.failure().retry_in.is_some(), "nothing was seen yet");
    client.fire();
    client.respond(stream_head());
    client.data("data: x\n\n");
    client.events();
    client.error();
    assert!(matches!(client.fatal(), Cause::Transport(_)));

    let mut client = Client::open(post().resend_after_events(true));
    client.data("data: x\n\n");
    client.eof();
    assert!(client.failure().retry_in.is_some());

    let mut client = Client::open(config().method("REPORT").expect("valid"));
    client.data("data: x\n\n");
    client.eof();
    assert_eq!(client.fatal(), Cause::Ended);
}

fn unavailable(headers: &[(&str, &str)]) -> Client {
    let mut client = Client::new(config().retry_statuses(StatusRetry::transient()));
    client.respond(head(503, headers));
    client.eof();
    client
}

#[test]
fn statuses_that_tend_to_pass_are_retried_when_asked() {
    let error = unavailable(&[]).failure();
    assert!(matches!(error.cause, Cause::Status(refusal) if refusal.status == 503));
    assert_eq!(error.retry_in, Some(3 * SECOND));
    let mut client = Client::new(config().retry_statuses(StatusRetry::transient()));
    client.respond(head(501, &[]));
    client.eof();
    client.fatal();
}

#[test]
fn retry_after_is_honoured_within_its_limit_and_never_shortens_the_delay() {
    for (value, delay) in [("20", 20), ("1", 3), ("0", 3), ("86400", 300), ("soon", 3)] {
        let error = unavailable(&[("Retry-After", value)]).failure();
        assert_eq!(error.retry_in, Some(Duration::from_secs(delay)), "{value}");
    }
    let dated = [
        ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"),
    ];
    assert_eq!(unavailable(&dated).failure().retry_in, Some(30 * SECOND));
}

#[test]
fn a_strategy_of_the_programs_own_sees_the_failure_and_decides() {
    static SEEN: Mutex<Vec<(u32, Duration)>> = Mutex::new(Vec::new());
    let own = |failure: &Failure<'_>| {
        SEEN.lock()
            .expect("whole")
            .push((failure.count, failure.reconnection_time));
        assert!(matches!(failure.cause, Cause::Transport(_)));
        (failure.count < 3).then(|| failure.count * 7 * SECOND)
    };
    let mut client = Client::new(config().strategy(own));
    for delay in [7, 14] {
        client.error();
        assert_eq!(client.failure().retry_in, Some(Duration::from_secs(delay)));
        client.fire();
    }
    client.error();
    client.fatal();
    let expected = [1, 2, 3].map(|count| (count, 3 * SECOND));
    assert_eq!(*SEEN.lock().expect("whole"), expected);
}

#[test]
fn a_strategy_that_panics_leaves_a_source_that_says_closed() {
    let own = |_: &Failure<'_>| -> Option<Duration> { panic!("the strategy is broken") };
    let mut client = Client::new(config().strategy(own));
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| client.error()));
    assert!(panicked.is_err());
    assert_eq!(client.source.ready_state(), ReadyState::Closed);
    assert_eq!(client.events(), [SourceItem::Closed]);
}

#[test]
fn reconnect_connects_at_once_and_forgets_the_failures() {
    let mut client = Client::new(config().backoff(steady()));
    client.error();
    client.fire();
    client.error();
    client.actions();
    client.events();
    client.source.reconnect(client.now);
    client.sent();
    client.error();
    assert_eq!(client.failure().retry_in, Some(3 * SECOND));
}

#[test]
fn that_a_reconnection_time_is_set_is_told_where_that_is_asked_for() {
    let stream = "retry: 7\n\nretry: 5000\n\n";
    let mut client = Client::open(config().backoff(steady()));
    assert_eq!(client.data(stream), []);

    let mut client = Client::open(config().backoff(steady()).retry_fields(true));
    let times = [7, 5000].map(|time| SourceItem::Retry(Duration::from_millis(time)));
    assert_eq!(client.data(stream), times);
    client.eof();
    assert_eq!(client.failure().retry_in, Some(5 * SECOND));
}

#[test]
fn a_delay_is_told_in_so_many_digits_as_one_wants_to_read() {
    let told = |delay| {
        let error = SourceError {
            cause: Cause::Ended,
            retry_in: Some(delay),
        };
        let told = error.to_string();
        let told = told.strip_prefix("the stream ended; connecting again in ");
        told.expect("it says when").to_owned()
    };
    for (nanos, words) in [
        (3_000_000_000, "3s"),
        (1_749_999_999, "1.7s"),
        (1_750_000_000, "1.8s"),
        (59_999_999_999, "60s"),
        (999_999_999, "1s"),
        (437_126_009, "437ms"),
        (1_000, "1µs"),
    ] {
        assert_eq!(told(Duration::from_nanos(nanos)), words);
    }
    assert!(told(Duration::MAX).ends_with('s'));
}
