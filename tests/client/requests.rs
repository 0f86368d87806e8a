//! What is asked, and who has a say in it.

use sse_kit::source::{Cause, Headers, Prepared, Verdict};

use crate::harness::*;

fn open_stream() -> Server {
    Script::new().then_always(Answer::stream().hold()).start()
}

pub(crate) fn it_asks_as_the_standard_says<T: Transport>() {
    let server = open_stream();
    let mut client = Client::open::<T>(&server.url("/a/b?c=d&e#f"));
    client.expect_open();

    let request = server.request(0);
    assert_eq!((&*request.method, &*request.target), ("GET", "/a/b?c=d&e"));
    assert_eq!(request.header_text("Accept"), Some("text/event-stream"));
    assert_eq!(request.header_text("Cache-Control"), Some("no-cache"));
    assert_eq!(request.header_text("Last-Event-ID"), None);
    let host = server.address().to_string();
    assert_eq!(request.header_text("Host"), Some(&*host));
    assert_eq!(request.body, b"");
}

pub(crate) fn headers_are_sent_and_replace_its_own<T: Transport>() {
    let server = open_stream();
    let mut client = Options::new(&server.url("/"))
        .header("X-One", "1")
        .header("accept", "text/event-stream, */*")
        .open::<T>();
    client.expect_open();

    let request = server.request(0);
    assert_eq!(request.header_text("X-One"), Some("1"));
    assert_eq!(
        request.header_text("Accept"),
        Some("text/event-stream, */*")
    );
}

pub(crate) fn a_body_makes_it_a_post<T: Transport>() {
    let server = open_stream();
    let mut client = Options::new(&server.url("/"))
        .with(|config| config.body(r#"{"stream":true}"#))
        .open::<T>();
    client.expect_open();

    let request = server.request(0);
    assert_eq!(request.method, "POST");
    assert_eq!(request.body, br#"{"stream":true}"#);
}

pub(crate) fn any_method_can_have_a_body<T: Transport>() {
    let server = open_stream();
    let mut client = Options::new(&server.url("/"))
        .with(|config| config.method("REPORT").unwrap().body("which?"))
        .open::<T>();
    client.expect_open();

    let request = server.request(0);
    assert_eq!(
        (&*request.method, &request.body[..]),
        ("REPORT", &b"which?"[..])
    );
}

pub(crate) fn a_body_goes_with_the_type_that_it_is_given<T: Transport>() {
    for method in ["POST", "REPORT"] {
        let server = open_stream();
        let mut client = Options::new(&server.url("/"))
            .header("content-type", "application/json; charset=utf-8")
            .with(|config| config.method(method).unwrap().body(r#"{"which":"all"}"#))
            .open::<T>();
        client.expect_open();

        let request = server.request(0);
        assert_eq!(request.method, method);
        let content_type = request.header_text("Content-Type");
        assert_eq!(content_type, Some("application/json; charset=utf-8"));
        assert_eq!(request.body, br#"{"which":"all"}"#);
    }
}

pub(crate) fn a_body_is_sent_again_where_no_message_had_come<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event(": hello\n").truncate())
        .answer(Answer::stream().hold())
        .start();
    let mut client = Options::new(&server.url("/"))
        .header("Content-Type", "application/json")
        .with(|config| config.body("{}"))
        .open::<T>();

    client.expect_open();
    client.expect_drop();
    client.expect_open();
    for request in server.requests() {
        assert_eq!((&*request.method, &request.body[..]), ("POST", &b"{}"[..]));
        let content_type = request.header_text("Content-Type");
        assert_eq!(content_type, Some("application/json"));
    }
    assert_eq!(server.requests().len(), 2);
}

pub(crate) fn a_post_is_not_repeated_once_it_had_an_effect<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().truncate())
        .answer(Answer::stream().event("data: a\n\n").truncate())
        .start();
    let mut client = Options::new(&server.url("/"))
        .with(|config| config.body("{}"))
        .open::<T>();

    client.expect_open();
    client.expect_drop();
    client.expect_open();
    client.expect_data("a");
    client.expect_failure();
    assert_eq!(server.requests().len(), 2);
}

pub(crate) fn a_post_is_repeated_where_that_is_asked_for<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n").truncate())
        .answer(Answer::stream().hold())
        .start();
    let mut client = Options::new(&server.url("/"))
        .with(|config| config.body("{}").resend_after_events(true))
        .open::<T>();

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_open();
    assert_eq!(server.request(1).body, b"{}");
}

pub(crate) fn each_attempt_can_have_a_fresh_token<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream())
        .answer(Answer::stream().hold())
        .start();
    let mut options = Options::new(&server.url("/"))
        .header("Authorization", "stale")
        .with(|config| config.prepare_each_attempt(true));
    let mut count = 0;
    options.prepare = Some(Box::new(move || {
        count += 1;
        let headers = [("Authorization", format!("token {count}"))];
        let headers: Headers = headers.into_iter().collect();
        Ok(Prepared { url: None, headers })
    }));
    let mut client = options.open::<T>();

    client.expect_open();
    client.expect_drop();
    client.expect_open();
    for (request, token) in [(0, "token 1"), (1, "token 2")] {
        let request = server.request(request);
        assert_eq!(request.header_text("Authorization"), Some(token));
    }
}

pub(crate) fn each_attempt_can_have_a_url_of_its_own<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream())
        .answer(Answer::stream().hold())
        .start();
    let mut options =
        Options::new(&server.url("/unused")).with(|config| config.prepare_each_attempt(true));
    let urls = [server.url("/one"), server.url("/two")];
    let mut urls = urls.into_iter();
    options.prepare = Some(Box::new(move || {
        let headers = Headers::new();
        Ok(Prepared {
            url: urls.next(),
            headers,
        })
    }));
    let mut client = options.open::<T>();

    client.expect_open();
    client.expect_drop();
    client.expect_open();
    assert_eq!(server.request(0).target, "/one");
    assert_eq!(server.request(1).target, "/two");
}

pub(crate) fn an_attempt_that_cannot_be_prepared_closes_it<T: Transport>() {
    let server = open_stream();
    let mut options = Options::new(&server.url("/"));
    options = options.with(|config| config.prepare_each_attempt(true));
    options.prepare = Some(Box::new(|| Err("no token today".into())));

    let cause = options.open::<T>().expect_failure();
    assert_eq!(cause, Cause::Prepare("no token today".into()));
    assert_eq!(server.connections(), 0);
}

pub(crate) fn a_response_can_be_rejected_by_its_head<T: Transport>() {
    let answer = Answer::stream().header("X-Version", "1");
    let server = Script::new().answer(answer.hold()).start();
    let mut options = Options::new(&server.url("/"));
    options = options.with(|config| config.validate_responses(true));
    options.validate = Some(Box::new(|head| match head.headers.get("x-version") {
        Some(b"2") => Verdict::Accept,
        _ => Verdict::Reject("too old".into()),
    }));

    let Cause::Rejected { reason, .. } = options.open::<T>().expect_failure() else {
        panic!("it was rejected");
    };
    assert_eq!(reason, "too old");
}
