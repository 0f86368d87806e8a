//! Responses that are no event stream: for good, unless asked, and with what they said.

use sse_proto::source::{Action, Cause, Refusal, StatusRetry};

use crate::support::{Client, SECOND, config, head, stream_head};

fn refused(status: u16) -> Client {
    let mut client = Client::new(config());
    client.actions();
    client.respond(head(status, &[("X-Why", "because")]));
    client
}

fn refusal(cause: Cause) -> Refusal {
    match cause {
        Cause::Status(refusal) | Cause::ContentType(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refusal_carries_status_headers_and_body() {
    let mut client = refused(401);
    assert_eq!(client.events(), [], "the body is waited for");
    client.data("no ");
    client.data("token");
    client.eof();
    let refusal = refusal(client.fatal());
    assert_eq!(refusal.status, 401);
    assert_eq!(refusal.headers.get("x-why"), Some(&b"because"[..]));
    assert_eq!(refusal.body, "no token");
    assert_eq!(client.actions(), [], "the exchange had ended by itself");
}

#[test]
fn of_a_long_body_the_first_kibibyte_is_kept_and_the_rest_is_not_read() {
    let mut client = refused(500);
    client.data([b'a'; 1000]);
    assert_eq!(client.events(), []);
    client.data([b'b'; 1000]);
    assert_eq!(client.actions(), [Action::Abort(client.attempt)]);
    let refusal = refusal(client.fatal());
    assert_eq!(refusal.body.len(), 1024);
    assert!(refusal.body.ends_with(&[b'b'; 24]));
}

#[test]
fn a_body_that_does_not_end_is_waited_for_a_second() {
    let mut client = refused(404);
    assert_eq!(client.due_in(), Some(SECOND));
    client.pass(SECOND / 2);
    client.data("slow");
    assert_eq!(client.due_in(), Some(SECOND / 2), "bytes gain it no time");
    client.pass(SECOND);
    assert_eq!(client.actions(), [Action::Abort(client.attempt)]);
    assert_eq!(refusal(client.fatal()).body, "slow");
}

#[test]
fn a_body_that_breaks_off_is_a_refusal_still() {
    let mut client = refused(403);
    client.data("half");
    client.error();
    assert_eq!(refusal(client.fatal()).body, "half");
}

#[test]
fn a_status_other_than_200_closes_the_source() {
    for status in [0, 201, 205, 206, 400, 404, 429, 500, 503, 599, 999] {
        let mut client = refused(status);
        client.eof();
        assert_eq!(refusal(client.fatal()).status, status);
    }
}

#[test]
fn status_204_closes_the_source_at_once() {
    let mut client = refused(204);
    assert_eq!(client.actions(), [Action::Abort(client.attempt)]);
    assert_eq!(client.fatal(), Cause::NoContent);
}

#[test]
fn status_204_closes_it_whatever_may_be_retried() {
    let all = StatusRetry::only(0..=999);
    for status in [201, 204, 304] {
        let mut client = Client::new(config().retry_statuses(all.clone()));
        client.respond(head(status, &[]));
        client.eof();
        client.fatal();
    }
}

#[test]
fn a_200_of_another_type_or_of_none_closes_the_source() {
    for (headers, says) in [
        (
            &[("Content-Type", "text/html")][..],
            "the response is \"text/html\", and not text/event-stream",
        ),
        (&[], "the response has no Content-Type"),
    ] {
        let mut client = Client::new(config().retry_statuses(StatusRetry::transient()));
        client.respond(head(200, headers));
        client.data("<html>");
        client.eof();
        let cause = client.fatal();
        assert!(cause.to_string().contains(says), "{cause}");
        assert_eq!(refusal(cause).body, "<html>");
    }
}

#[test]
fn parameters_and_case_of_the_type_do_not_matter() {
    let mut client = Client::new(config());
    client.respond(head(
        200,
        &[("content-TYPE", "Text/Event-Stream ;charset=latin1")],
    ));
    assert_eq!(client.data("data: \u{e9}\n\n").len(), 1);
}

#[test]
fn a_refusal_after_a_stream_closes_the_source_too() {
    let mut client = Client::open(config());
    client.eof();
    client.failure();
    client.fire();
    client.respond(head(404, &[]));
    client.eof();
    assert_eq!(refusal(client.fatal()).status, 404);
}

#[test]
fn what_a_refusal_says_is_not_taken_for_events() {
    let mut client = refused(500);
    assert_eq!(client.data("id: 9\nretry: 1\ndata: x\n\n"), []);
    assert_eq!(client.source.last_event_id(), "");
}

#[test]
fn switching_protocols_was_not_asked_for_and_is_refused() {
    let mut client = refused(101);
    client.eof();
    assert_eq!(refusal(client.fatal()).status, 101);
}

#[test]
fn an_informational_head_is_not_the_response() {
    let mut client = Client::new(config());
    client.respond(head(103, &[]));
    client.respond(stream_head());
    assert_eq!(client.data("data: x\n\n").len(), 1);
}
