//! When it connects again, as far as the wait says.

use std::time::Duration;

use sse_kit::source::{Cause, TransportErrorKind};
use sse_testkit::script::ClosedPort;

use crate::harness::*;

/// How long the source waits after a stream with this text.
#[track_caller]
fn wait_after<T: Transport>(stream: &str) -> Option<Duration> {
    let server = Script::new().answer(Answer::stream().event(stream)).start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_error().retry_in
}

pub(crate) fn the_reconnection_time_is_honoured<T: Transport>() {
    let wait = wait_after::<T>("retry: 1234567\n\n");
    assert_eq!(wait, Some(Duration::from_millis(1_234_567)));
}

pub(crate) fn the_reconnection_time_counts_at_its_own_line<T: Transport>() {
    let wait = wait_after::<T>("retry: 77\n");
    assert_eq!(wait, Some(Duration::from_millis(77)));
}

pub(crate) fn a_reconnection_time_that_is_no_number_is_ignored<T: Transport>() {
    let wait = wait_after::<T>("retry: 1s\nretry: -5\nretry\nretry: +9\n\n");
    assert_eq!(wait, Some(SHORTLY));
}

pub(crate) fn a_reconnection_time_of_zero_cannot_make_it_spin<T: Transport>() {
    assert_eq!(wait_after::<T>("retry: 0\n\n"), Some(SHORTLY));
}

pub(crate) fn a_huge_reconnection_time_is_bounded<T: Transport>() {
    let wait = wait_after::<T>("retry: 99999999999999999999999999\n\n");
    assert_eq!(wait, Some(AN_HOUR));
}

pub(crate) fn of_a_million_reconnection_times_the_last_counts<T: Transport>() {
    let changes = "retry: 5\nretry: 66\n".repeat(500_000);
    assert_eq!(wait_after::<T>(&changes), Some(Duration::from_millis(66)));
}

pub(crate) fn the_reconnection_time_outlives_its_connection<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("retry: 23\n\n"))
        .answer(Answer::stream())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));
    for _ in 0..2 {
        client.expect_open();
        assert_eq!(
            client.expect_error().retry_in,
            Some(Duration::from_millis(23))
        );
    }
}

pub(crate) fn a_refused_connection_is_tried_again<T: Transport>() {
    let port = ClosedPort::new();
    let mut client = Client::open::<T>(&port.url("/"));
    for _ in 0..3 {
        let Cause::Transport(error) = client.expect_drop() else {
            panic!("the connection is refused");
        };
        assert_eq!(error.kind, TransportErrorKind::Connect, "{error}");
    }
}

pub(crate) fn a_first_connection_that_is_refused_can_be_final<T: Transport>() {
    let port = ClosedPort::new();
    let options = Options::new(&port.url("/")).with(|config| config.retry_first(false));
    assert!(matches!(
        options.open::<T>().expect_failure(),
        Cause::Transport(_)
    ));
}

pub(crate) fn it_can_be_told_to_connect_only_once<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n"))
        .start();
    let options = Options::new(&server.url("/")).with(|config| config.reconnect(false));
    let mut client = options.open::<T>();

    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_failure(), Cause::Ended);
    assert_eq!(server.connections(), 1);
}

pub(crate) fn it_connects_at_once_when_asked_to_while_it_waits<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\nretry: 3600000\n\n"))
        .answer(Answer::stream().event("data: b\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    assert_eq!(client.expect_error().retry_in, Some(AN_HOUR));
    client.reconnect();
    client.expect_open();
    client.expect_data("b");
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
}

pub(crate) fn it_gives_up_an_open_stream_when_asked_to_reconnect<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n").hold())
        .answer(Answer::stream().event("id: 2\ndata: b\n\n"))
        .answer(Answer::status(204))
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.reconnect();
    client.expect_open();
    client.expect_data("b");
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
    client.expect_drop();
    assert_eq!(client.expect_failure(), Cause::NoContent);
    server.wait_until_unconnected();
}
