//! Responses instead of a stream.

use std::time::Duration;

use sse_proto::session::{Endpoint, Reception, Refusal};
use sse_proto::{RequestHead, Response};

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    let value = response.head.headers.get(name)?;
    Some(std::str::from_utf8(value).expect("text"))
}

#[test]
fn each_refusal_has_its_status_and_its_text() {
    let time = Duration::from_secs(1);
    for (status, refusal) in [
        (401, Refusal::unauthorized("why\n")),
        (403, Refusal::forbidden("why\n")),
        (404, Refusal::not_found("why\n")),
        (406, Refusal::not_acceptable("why\n")),
        (413, Refusal::content_too_large("why\n")),
        (414, Refusal::uri_too_long("why\n")),
        (422, Refusal::unprocessable("why\n")),
        (429, Refusal::too_many_requests(time, "why\n")),
        (503, Refusal::unavailable(time, "why\n")),
        (451, Refusal::new(451, "why\n").unwrap()),
    ] {
        assert_eq!(refusal.status(), status);
        assert_eq!(refusal.to_string(), format!("refused with status {status}"));
        let response = Response::from(refusal);
        assert_eq!(response.head.status, status);
        assert_eq!(response.body, "why\n");
        assert_eq!(
            header(&response, "content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(header(&response, "cache-control"), Some("no-store"));
    }
}

#[test]
fn a_204_has_no_body() {
    let response = Refusal::no_content().into_response();
    assert_eq!(response.head.status, 204);
    assert!(response.body.is_empty());
    assert_eq!(header(&response, "content-type"), None);
}

#[test]
fn a_refusal_without_a_body_has_no_type() {
    let response = Refusal::forbidden("").into_response();
    assert_eq!(header(&response, "content-type"), None);
}

#[test]
fn who_is_unknown_is_told_how_to_say_who_it_is() {
    let response = Refusal::unauthorized("").into_response();
    assert_eq!(header(&response, "www-authenticate"), Some("Bearer"));
    let basic = Refusal::unauthorized("")
        .challenge(r#"Basic realm="a""#)
        .unwrap();
    let response = basic.into_response();
    assert_eq!(
        header(&response, "www-authenticate"),
        Some(r#"Basic realm="a""#)
    );
    assert_eq!(response.head.headers.len(), 2);
}

#[test]
fn the_time_to_come_back_is_rounded_up() {
    for (time, seconds) in [
        (Duration::ZERO, "0"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_secs(30), "30"),
        (Duration::from_millis(30_001), "31"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        for refusal in [
            Refusal::too_many_requests(time, ""),
            Refusal::unavailable(time, ""),
        ] {
            assert_eq!(
                header(&refusal.into_response(), "retry-after"),
                Some(seconds)
            );
        }
    }
}

#[test]
fn a_refusal_can_say_more() {
    let refusal = Refusal::unprocessable("{}")
        .content_type("application/json")
        .unwrap();
    let refusal = refusal.header("Cache-Control", "max-age=5").unwrap();
    let response = refusal.into_response();
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    assert_eq!(header(&response, "cache-control"), Some("max-age=5"));
}

#[test]
fn nothing_can_be_injected() {
    let refusal = || Refusal::forbidden("");
    assert!(refusal().header("X-A", "1\r\nX-B: 2").is_err());
    assert!(refusal().header("X A", "1").is_err());
    assert!(refusal().header("content-length", "1").is_err());
    assert!(refusal().content_type("a\nb").is_err());
    assert!(refusal().challenge("a\rb").is_err());
}

#[test]
fn what_refuses_nothing_is_no_refusal() {
    for status in [0, 100, 200, 204, 302, 399, 600, u16::MAX] {
        assert!(Refusal::new(status, "").is_err(), "{status}");
    }
    assert!(Refusal::new(400, "").is_ok() && Refusal::new(599, "").is_ok());
}

#[test]
fn what_is_said_is_not_shown_with_secrets() {
    let refusal = Refusal::forbidden("secret")
        .header("Set-Cookie", "secret")
        .unwrap();
    assert!(!format!("{refusal:?}").contains("secret"));
}

#[test]
fn an_endpoint_refuses_what_asks_for_no_stream() {
    let endpoint = Endpoint::default();
    for (method, target, accept, status) in [
        ("PUT", "/", "*/*", 405),
        ("OPTIONS", "/", "*/*", 405),
        ("GET", "/?stream=", "*/*", 400),
        ("GET", "/", "text/html", 406),
    ] {
        let request = RequestHead::new(method, target, [("Accept", accept)]);
        let Reception::Respond(response) = endpoint.receive(&request) else {
            panic!("it is refused")
        };
        assert_eq!(response.head.status, status);
        assert!(!response.body.is_empty());
    }
}
