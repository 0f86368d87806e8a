//! Peers that say nothing.

use std::time::{Duration, Instant};

use sse_kit::source::{Cause, SourceError};

use crate::harness::*;

pub(crate) fn a_silent_stream_counts_as_lost_after_the_idle_timeout<T: Transport>() {
    const IDLE: Duration = Duration::from_millis(150);
    let server = Script::new()
        // Half open: no FIN ever comes.
        .answer(Answer::stream().event("id: 1\ndata: a\n\n").hold())
        .answer(Answer::stream().event("data: b\n\n").hold())
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.idle_timeout(Some(IDLE)))
        .open::<T>();

    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_drop(), Cause::Idle(IDLE));
    client.expect_open();
    client.expect_data("b");
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
    drop(client);
    server.wait_until_unconnected();
}

pub(crate) fn comments_break_the_silence<T: Transport>() {
    const IDLE: Duration = Duration::from_millis(600);
    let stream = (0..6).fold(Answer::stream(), |answer, _| answer.pause().event(":\n"));
    let server = Script::new().answer(stream.hold()).start();
    let options = Options::new(&server.url("/"));
    let mut heard = Instant::now();
    let mut client = options
        .with(|config| config.idle_timeout(Some(IDLE)).comments(true))
        .open::<T>();

    client.expect_open();
    // On a slow machine the silence may be real at any time, and is wrong only if it was shorter than it may be.
    let real = |heard: Instant, error: &SourceError| {
        assert_eq!(error.cause, Cause::Idle(IDLE));
        assert!(heard.elapsed() >= IDLE, "what was heard did not count");
    };
    for _ in 0..6 {
        match client.next_within(IDLE / 3) {
            Observed::Nothing => {}
            Observed::Error(error) => return real(heard, &error),
            other => panic!("nothing was sent, and there was {other:?}"),
        }
        let sent = Instant::now();
        server.go();
        match client.next() {
            Observed::Comment(_) => heard = sent,
            Observed::Error(error) => return real(heard, &error),
            other => panic!("a comment was sent, and there was {other:?}"),
        }
    }
    real(heard, &client.expect_error());
}

pub(crate) fn without_an_idle_timeout_silence_is_fine<T: Transport>() {
    let stream = Answer::stream().pause().event("data: a\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_nothing_for(Duration::from_millis(300));
    server.go();
    client.expect_data("a");
}

pub(crate) fn a_head_that_stays_out_is_not_waited_for<T: Transport>() {
    const CONNECT: Duration = Duration::from_millis(150);
    let server = Script::new()
        .answer(Answer::silence())
        .answer(Answer::raw("HTTP/1.1 200 OK\r\nContent-Ty").hold())
        .then_always(Answer::status(204))
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.connect_timeout(Some(CONNECT)))
        .open::<T>();

    assert_eq!(client.expect_drop(), Cause::ConnectTimeout(CONNECT));
    assert_eq!(client.expect_drop(), Cause::ConnectTimeout(CONNECT));
    // On a slow machine, so may more be.
    let last = loop {
        match client.expect_error().cause {
            Cause::ConnectTimeout(_) => {}
            other => break other,
        }
    };
    assert_eq!(last, Cause::NoContent);
    client.expect_closed();
    server.wait_until_unconnected();
}

pub(crate) fn a_head_that_comes_late_opens_the_stream<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n").late().hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_nothing_for(Duration::from_millis(100));
    server.go();
    client.expect_open();
    client.expect_data("a");
}

pub(crate) fn an_idle_timeout_does_not_count_before_the_head<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n").late().hold())
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.idle_timeout(Some(Duration::from_millis(100))))
        .open::<T>();

    client.expect_nothing_for(Duration::from_millis(300));
    server.go();
    client.expect_open();
    client.expect_data("a");
}
