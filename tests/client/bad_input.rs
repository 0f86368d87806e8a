//! What is no HTTP, or breaks off.

use std::time::Duration;

use sse_kit::source::{Cause, TransportErrorKind};

use crate::harness::*;

/// What a source says about this answer, which it tries again after.
#[track_caller]
fn breaks<T: Transport>(answer: Answer) {
    let server = Script::new().then_always(answer).start();
    let mut client = Client::open::<T>(&server.url("/"));
    for _ in 0..2 {
        match client.expect_drop() {
            Cause::Transport(error) => assert_ne!(error.kind, TransportErrorKind::Connect),
            other => panic!("the exchange should break, and there was {other:?}"),
        }
    }
}

pub(crate) fn a_chunked_body_that_lacks_its_end_is_an_error<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\ndata: lost\n").truncate())
        .then_always(Answer::stream().event("data: b\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    match client.expect_drop() {
        Cause::Transport(error) => assert_eq!(error.kind, TransportErrorKind::Broken),
        other => panic!("it is broken, and there was {other:?}"),
    }
    client.expect_open();
    client.expect_data("b");
}

pub(crate) fn a_chunk_that_lacks_its_rest_is_an_error<T: Transport>() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked";
    let server = Script::new()
        .answer(Answer::raw(format!("{head}\r\n\r\nff\r\ndata: a\n\n")))
        .then_always(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    assert!(matches!(client.expect_drop(), Cause::Transport(_)));
}

pub(crate) fn an_interim_head_is_passed_over<T: Transport>() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let server = Script::new()
        .answer(Answer::raw(format!("{interim}{head}data: a\n\n")).hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    assert_eq!(client.expect_open().status, 200);
    client.expect_data("a");
}

pub(crate) fn a_body_without_framing_ends_with_its_connection<T: Transport>() {
    let server = Script::new()
        .answer(Answer::unframed_stream().event("data: a\n\n"))
        .then_always(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_drop(), Cause::Ended);
}

pub(crate) fn a_body_without_framing_that_is_reset_is_broken<T: Transport>() {
    let server = Script::new()
        .answer(
            Answer::unframed_stream()
                .event("data: a\n\n")
                .pause()
                .reset(),
        )
        .then_always(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    server.go();
    match client.expect_drop() {
        Cause::Transport(error) => assert_eq!(error.kind, TransportErrorKind::Broken),
        other => panic!("it is broken, and there was {other:?}"),
    }
}

pub(crate) fn a_connection_that_closes_without_a_word_is_an_error<T: Transport>() {
    breaks::<T>(Answer::raw(""));
}

pub(crate) fn a_head_that_breaks_off_is_an_error<T: Transport>() {
    breaks::<T>(Answer::raw("HTTP/1.1 200 OK\r\nContent-Type: text/ev"));
}

pub(crate) fn a_head_of_garbage_is_an_error<T: Transport>() {
    breaks::<T>(Answer::raw("\u{0}\u{1}\u{2} what?\r\n\r\n"));
    breaks::<T>(Answer::raw("SSH-2.0-OpenSSH_9.9\r\n").hold());
}

pub(crate) fn headers_without_end_are_an_error<T: Transport>() {
    breaks::<T>(Answer::raw("HTTP/1.1 200 OK\r\n").endlessly("X-More: and more\r\n"));
}

pub(crate) fn a_header_without_end_is_an_error<T: Transport>() {
    breaks::<T>(Answer::raw("HTTP/1.1 200 OK\r\nX-Long: ").endlessly([b'a'; 1024]));
}

pub(crate) fn interim_responses_without_end_are_not_waited_for<T: Transport>() {
    let hint = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(500);
    let server = Script::new()
        .answer(Answer::raw("").endlessly(hint))
        .then_always(Answer::stream().event("data: a\n\n").hold())
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.connect_timeout(Some(Duration::from_millis(500))))
        .open::<T>();
    let cause = client.expect_drop();
    assert!(
        matches!(cause, Cause::ConnectTimeout(_) | Cause::Transport(_)),
        "{cause:?}"
    );
    client.expect_open();
    client.expect_data("a");
}
