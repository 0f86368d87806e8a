//! Where a redirect leads, and what goes with it.

use sse_kit::source::{Cause, RedirectError};

use crate::harness::*;

/// A server that gives one event and then nothing.
fn destination() -> Server {
    Script::new()
        .then_always(Answer::stream().event("data: here\n\n").hold())
        .start()
}

/// How a source fails that is sent to this place.
#[track_caller]
fn failure_of<T: Transport>(answer: Answer) -> RedirectError {
    let server = Script::new().answer(answer).start();
    match Client::open::<T>(&server.url("/")).expect_failure() {
        Cause::Redirect { error, .. } => error,
        other => panic!("the redirect is why, and not {other:?}"),
    }
}

pub(crate) fn each_kind_is_followed<T: Transport>() {
    for status in [301, 302, 303, 307, 308] {
        let there = destination();
        let server = Script::new()
            .answer(Answer::redirect(status, &there.url("/there?a=b")))
            .start();
        let mut client = Client::open::<T>(&server.url("/"));

        client.expect_open();
        client.expect_data("here");
        let request = there.request(0);
        assert_eq!((&*request.method, &*request.target), ("GET", "/there?a=b"));
        assert_eq!(client.origin(), there.url(""));
    }
}

pub(crate) fn a_relative_location_is_resolved<T: Transport>() {
    let server = Script::new().start();
    for location in ["../b/./c?d=e#f", "?g", "/h", "i"] {
        server.answer(Answer::redirect(302, location));
    }
    server.answer(Answer::redirect(
        302,
        &format!("//{}/../j", server.address()),
    ));
    server.answer(Answer::stream().hold());
    Client::open::<T>(&server.url("/a/x/y?z")).expect_open();

    let requests = server.requests();
    let targets: Vec<_> = requests.iter().map(|request| &*request.target).collect();
    assert_eq!(
        targets,
        ["/a/x/y?z", "/a/b/c?d=e", "/a/b/c?g", "/h", "/i", "/j"]
    );
}

pub(crate) fn the_last_event_id_goes_along<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n"))
        .answer(Answer::redirect(307, "/there"))
        .answer(Answer::stream().hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_open();
    assert_eq!(resumes_from(&server, 2).as_deref(), Some("1"));
}

pub(crate) fn a_reconnection_starts_at_the_first_url_again<T: Transport>() {
    for status in [302, 301, 308] {
        let server = Script::new()
            .answer(Answer::redirect(status, "/there"))
            .answer(Answer::stream().event("data: a\n\n"))
            .answer(Answer::stream().hold())
            .start();
        let mut client = Client::open::<T>(&server.url("/first"));

        client.expect_open();
        client.expect_data("a");
        client.expect_drop();
        client.expect_open();
        assert_eq!(server.request(2).target, "/first");
    }
}

pub(crate) fn a_loop_ends_at_the_limit<T: Transport>() {
    let server = Script::new()
        .then_always(Answer::redirect(302, "/again"))
        .start();
    let options = Options::new(&server.url("/")).with(|config| config.redirect_limit(4));
    let cause = options.open::<T>().expect_failure();
    assert!(
        matches!(
            &cause,
            Cause::Redirect {
                error: RedirectError::TooMany(4),
                refusal
            } if refusal.headers.get("location").is_some()
        ),
        "{cause:?}"
    );
    assert_eq!(server.requests().len(), 5);
}

pub(crate) fn without_a_location_it_fails<T: Transport>() {
    for status in [301, 302, 303, 307, 308] {
        let error = failure_of::<T>(Answer::status(status));
        assert!(matches!(error, RedirectError::NoLocation), "{error:?}");
    }
}

pub(crate) fn an_empty_location_is_the_same_place_and_ends_at_the_limit<T: Transport>() {
    for status in [301, 307] {
        let server = Script::new()
            .then_always(Answer::redirect(status, ""))
            .start();
        let mut client = Client::open::<T>(&server.url("/a?b=c"));

        let cause = client.expect_failure();
        assert!(
            matches!(
                cause,
                Cause::Redirect {
                    error: RedirectError::TooMany(10),
                    ..
                }
            ),
            "{cause:?}"
        );
        let requests = server.requests();
        assert_eq!(requests.len(), 11);
        assert!(requests.iter().all(|request| request.target == "/a?b=c"));
    }
}

pub(crate) fn it_does_not_lead_out_of_http<T: Transport>() {
    for location in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:text/event-stream,data:a",
    ] {
        let error = failure_of::<T>(Answer::redirect(302, location));
        assert!(matches!(error, RedirectError::OtherScheme(_)), "{error:?}");
    }
}

pub(crate) fn to_nowhere_it_fails<T: Transport>() {
    for location in ["http://", "http://[::1", "http://127.0.0.1:99999999/"] {
        let error = failure_of::<T>(Answer::redirect(302, location));
        assert!(
            matches!(error, RedirectError::InvalidLocation(_)),
            "{location}: {error:?}"
        );
    }
}

pub(crate) fn other_statuses_of_the_three_hundreds_are_refusals<T: Transport>() {
    for status in [300, 304, 305] {
        let server = Script::new()
            .answer(Answer::redirect(status, "/there"))
            .start();
        let refusal = Client::open::<T>(&server.url("/")).expect_refusal();
        assert_eq!(refusal.status, status);
    }
}

/// The request that arrives after a POST was answered with this.
fn after_a_post<T: Transport>(status: u16) -> (String, Vec<u8>, Option<String>) {
    let server = Script::new()
        .answer(Answer::redirect(status, "/there"))
        .answer(Answer::stream().hold())
        .start();
    let mut client = Options::new(&server.url("/"))
        .header("Content-Type", "application/json")
        .with(|config| config.body("{}"))
        .open::<T>();
    client.expect_open();

    let first = server.request(0);
    assert_eq!((&*first.method, &first.body[..]), ("POST", &b"{}"[..]));
    let request = server.request(1);
    let content_type = request.header_text("Content-Type").map(str::to_owned);
    (request.method, request.body, content_type)
}

pub(crate) fn a_post_is_sent_again_with_its_body_after_307_and_308<T: Transport>() {
    for status in [307, 308] {
        let (method, body, content_type) = after_a_post::<T>(status);
        assert_eq!((&*method, &body[..]), ("POST", &b"{}"[..]));
        assert_eq!(content_type.as_deref(), Some("application/json"));
    }
}

pub(crate) fn a_post_turns_to_a_get_after_301_302_and_303<T: Transport>() {
    for status in [301, 302, 303] {
        let (method, body, content_type) = after_a_post::<T>(status);
        assert_eq!((&*method, &body[..], content_type), ("GET", &b""[..], None));
    }
}

/// What arrives of two headers after a redirect there.
fn credentials<T: Transport>(from: &Server, to: &Server) -> (Option<String>, Option<String>) {
    let mut client = Options::new(&from.url("/"))
        .header("Authorization", "Bearer 123")
        .header("Cookie", "a=b")
        .header("X-Harmless", "yes")
        .open::<T>();
    client.expect_open();

    let request = to.requests().pop().unwrap();
    assert_eq!(request.header_text("X-Harmless"), Some("yes"));
    let value = |name| request.header_text(name).map(str::to_owned);
    (value("Authorization"), value("Cookie"))
}

pub(crate) fn credentials_do_not_go_to_another_port<T: Transport>() {
    let there = destination();
    let server = Script::new()
        .answer(Answer::redirect(307, &there.url("/")))
        .start();
    assert_eq!(credentials::<T>(&server, &there), (None, None));
}

pub(crate) fn credentials_do_not_go_to_another_host<T: Transport>() {
    // One server by two names: only the host differs.
    let server = Script::new().start();
    server.answer(Answer::redirect(307, &server.url_at("localhost", "/")));
    server.answer(Answer::stream().hold());
    assert_eq!(credentials::<T>(&server, &server), (None, None));
}

pub(crate) fn credentials_go_along_within_an_origin<T: Transport>() {
    let server = Script::new()
        .answer(Answer::redirect(307, "/there"))
        .answer(Answer::stream().hold())
        .start();
    let expected = (Some("Bearer 123".to_owned()), Some("a=b".to_owned()));
    assert_eq!(credentials::<T>(&server, &server), expected);
}
