//! What a program has a say in: each request, and each response.

use sse_proto::source::{Action, Cause, Config, Headers, Prepared, SourceItem, Verdict};

use crate::support::{Client, config, head, stream_head};

fn prepare(client: &mut Client, prepared: Result<Prepared, String>) {
    client
        .source
        .handle_prepared(client.now, client.attempt, prepared);
}

fn token(value: &str) -> Prepared {
    Prepared {
        headers: [("authorization", value)].into_iter().collect(),
        ..Prepared::default()
    }
}

fn prepared_config() -> Config {
    let config = config().header("Authorization", "old").expect("valid");
    config.prepare_each_attempt(true)
}

#[test]
fn each_attempt_may_bring_its_own_token_and_url() {
    let mut client = Client::new(prepared_config());
    assert_eq!(client.actions(), [Action::Prepare(client.attempt)]);
    assert_eq!(client.source.deadline(), None, "the program takes its time");
    let url = Some("http://other.example/\u{e9}".into());
    prepare(
        &mut client,
        Ok(Prepared {
            url,
            ..token("new")
        }),
    );
    let request = client.sent();
    assert_eq!(request.url, "http://other.example/%C3%A9");
    let tokens: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        .collect();
    assert_eq!(tokens, [("authorization", &b"new"[..])]);

    client.respond(stream_head());
    client.eof();
    client.fire();
    assert_eq!(client.actions(), [Action::Prepare(client.attempt)]);
    prepare(&mut client, Ok(Prepared::default()));
    let request = client.sent();
    assert_eq!(
        request.url,
        crate::support::URL,
        "what was prepared is for one attempt"
    );
    assert_eq!(request.headers.get("authorization"), Some(&b"old"[..]));
}

#[test]
fn a_redirect_keeps_what_was_prepared_and_is_not_prepared_again() {
    let mut client = Client::new(prepared_config());
    prepare(&mut client, Ok(token("new")));
    client.actions();
    client.respond(head(307, &[("Location", "/there")]));
    assert_eq!(
        client.sent().headers.get("authorization"),
        Some(&b"new"[..])
    );
}

#[test]
fn what_cannot_be_prepared_closes_the_source() {
    let mut client = Client::new(prepared_config());
    prepare(&mut client, Err("no token".into()));
    assert_eq!(client.fatal(), Cause::Prepare("no token".into()));
}

#[test]
fn what_is_prepared_must_be_valid() {
    let headers = |name: &str, value: &str| -> Headers { [(name, value)].into_iter().collect() };
    for (url, headers, says) in [
        (
            Some("ftp://a/".into()),
            Headers::new(),
            "does not start with http",
        ),
        (None, headers("a", "b\nc"), "control character"),
        (None, headers("Last-Event-ID", "1"), "Config::last_event_id"),
    ] {
        let mut client = Client::new(prepared_config());
        prepare(&mut client, Ok(Prepared { url, headers }));
        let cause = client.fatal();
        assert!(cause.to_string().contains(says), "{cause}");
    }
}

fn validating() -> Client {
    let mut client = Client::new(config().validate_responses(true));
    client.actions();
    client.respond(stream_head());
    assert_eq!(
        client.actions(),
        [Action::Validate(client.attempt, stream_head())]
    );
    assert_eq!(client.events(), []);
    assert_eq!(client.source.deadline(), None, "the program takes its time");
    client
}

#[test]
fn a_response_that_is_accepted_opens_the_stream() {
    let mut client = validating();
    client
        .source
        .handle_verdict(client.now, client.attempt, Verdict::Accept);
    assert_eq!(client.events(), [SourceItem::Open(stream_head())]);
    assert_eq!(client.data("data: x\n\n").len(), 1);
}

#[test]
fn a_response_that_is_rejected_is_a_refusal_with_its_body() {
    let mut client = validating();
    client.source.handle_verdict(
        client.now,
        client.attempt,
        Verdict::Reject("too old".into()),
    );
    client.data("version 1");
    client.eof();
    let cause = client.fatal();
    let Cause::Rejected { reason, refusal } = &cause else {
        panic!("{cause:?}")
    };
    assert_eq!(
        (&**reason, &refusal.body[..]),
        ("too old", &b"version 1"[..])
    );
}

#[test]
fn only_what_would_be_accepted_is_validated() {
    let mut client = Client::new(config().validate_responses(true));
    client.actions();
    client.respond(head(404, &[]));
    client.eof();
    assert_eq!(client.actions(), []);
    client.fatal();
}
