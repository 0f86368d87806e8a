//! Responses that are no event stream.

use std::time::Duration;

use sse_kit::source::{Cause, StatusRetry};

use crate::harness::*;

pub(crate) fn no_content_ends_it_for_good<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n"))
        .answer(Answer::status(204))
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    assert_eq!(client.expect_failure(), Cause::NoContent);
    assert_eq!(server.requests().len(), 2);
    server.wait_until_unconnected();
}

pub(crate) fn no_content_at_first_ends_it_too<T: Transport>() {
    let server = Script::new().then_always(Answer::status(204)).start();
    let mut client = Client::open::<T>(&server.url("/"));

    assert_eq!(client.expect_failure(), Cause::NoContent);
    client.expect_nothing_for(5 * SHORTLY);
    assert_eq!(server.requests().len(), 1);
    server.wait_until_unconnected();
}

pub(crate) fn any_other_status_fails_with_its_headers_and_body<T: Transport>() {
    for status in [201, 206, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503] {
        let answer = Answer::status(status)
            .header("Content-Type", "application/json")
            .header("X-Reason", "so it is")
            .bytes(r#"{"error":"no"}"#);
        let server = Script::new().answer(answer).start();
        let mut client = Client::open::<T>(&server.url("/"));

        let refusal = client.expect_refusal();
        assert_eq!(refusal.status, status);
        assert_eq!(refusal.headers.get("x-reason"), Some(&b"so it is"[..]));
        assert_eq!(refusal.body, r#"{"error":"no"}"#);
        assert_eq!(server.requests().len(), 1);
    }
}

pub(crate) fn a_refusal_has_the_beginning_of_a_long_body<T: Transport>() {
    let body = "0123456789abcdef".repeat(4096);
    let server = Script::new()
        .answer(Answer::status(500).bytes(body.as_str()))
        .start();
    let refusal = Client::open::<T>(&server.url("/")).expect_refusal();
    assert_eq!(refusal.body, body[..1024]);
}

pub(crate) fn a_refusal_does_not_wait_for_a_body_that_stays_out<T: Transport>() {
    let answer = Answer::raw("HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nhalf");
    let server = Script::new().answer(answer.hold()).start();
    let refusal = Client::open::<T>(&server.url("/")).expect_refusal();
    assert_eq!(refusal.body, "half");
}

pub(crate) fn another_type_fails_with_what_it_is<T: Transport>() {
    let answer = Answer::status(200)
        .header("Content-Type", "text/html")
        .bytes("<p>Log in first");
    let server = Script::new().answer(answer).start();
    let Cause::ContentType(refusal) = Client::open::<T>(&server.url("/")).expect_failure() else {
        panic!("the type is wrong");
    };
    assert_eq!(refusal.status, 200);
    assert_eq!(refusal.headers.get("content-type"), Some(&b"text/html"[..]));
    assert_eq!(refusal.body, "<p>Log in first");
}

pub(crate) fn no_type_at_all_fails<T: Transport>() {
    let server = Script::new()
        .answer(Answer::status(200).bytes("data: a\n\n"))
        .start();
    let cause = Client::open::<T>(&server.url("/")).expect_failure();
    assert!(matches!(cause, Cause::ContentType(_)), "{cause:?}");
}

pub(crate) fn the_type_may_have_parameters_and_capitals<T: Transport>() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=UTF-8; a=b\r\n\r\n";
    let server = Script::new()
        .answer(Answer::raw(format!("{head}data: a\n\n")).hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_data("a");
}

pub(crate) fn retry_after_is_honoured_where_a_status_may_be_retried<T: Transport>() {
    let server = Script::new()
        .answer(
            Answer::status(503)
                .header("Retry-After", "77")
                .bytes("later"),
        )
        .answer(Answer::stream().event("data: a\n\n").hold())
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.retry_statuses(StatusRetry::transient()))
        .open::<T>();

    let error = client.expect_error();
    assert_eq!(error.retry_in, Some(Duration::from_secs(77)));
    let Cause::Status(refusal) = error.cause else {
        panic!("the status is why");
    };
    assert_eq!((refusal.status, &refusal.body[..]), (503, &b"later"[..]));
    client.reconnect();
    client.expect_open();
    client.expect_data("a");
}

pub(crate) fn a_status_that_may_be_retried_is_until_it_works<T: Transport>() {
    let server = Script::new()
        .answer(Answer::status(503))
        .answer(Answer::status(429))
        .answer(Answer::stream().event("data: a\n\n").truncate())
        .answer(Answer::status(500))
        .answer(Answer::status(401))
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.retry_statuses(StatusRetry::transient()))
        .open::<T>();

    client.expect_drop();
    client.expect_drop();
    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_drop();
    assert_eq!(client.expect_refusal().status, 401);
}
