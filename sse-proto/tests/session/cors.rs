//! Which pages of other origins may read a stream.

use std::time::Duration;

use sse_proto::session::{Accepted, Cors, Endpoint, Reception, Refusal, RequestRules, StreamHead};
use sse_proto::{Headers, RequestHead, Response};

const PAGE: &str = "https://page.example";
const EVIL: &str = "https://evil.example";

fn endpoint(cors: Cors) -> Endpoint {
    Endpoint::new(RequestRules::new(), StreamHead::new().cors(cors))
}

fn request(method: &str, origin: Option<&str>, asks: Option<&str>) -> RequestHead {
    let headers = [("Origin", origin), ("Access-Control-Request-Method", asks)];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    RequestHead::new(method, "/", headers)
}

/// What of the headers is about other origins.
fn said(headers: &Headers) -> Vec<String> {
    let about = |name: &str| name.starts_with("Access-Control-") || name == "Vary";
    headers
        .iter()
        .filter(|(name, _)| about(name))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
        .collect()
}

fn stream(cors: Cors, origin: Option<&str>) -> Vec<String> {
    let endpoint = endpoint(cors);
    let Reception::Subscribe(subscriber) = endpoint.receive(&request("GET", origin, None)) else {
        panic!("it asks for a stream")
    };
    said(&endpoint.accept(&subscriber, &Accepted::new()).headers)
}

fn preflight(cors: Cors, origin: Option<&str>) -> Response {
    match endpoint(cors).receive(&request("OPTIONS", origin, Some("GET"))) {
        Reception::Respond(response) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_policy_nothing_is_said() {
    let head = StreamHead::new().response_head(Some(PAGE), &Accepted::new());
    assert_eq!(said(&head.headers), [""; 0]);
}

#[test]
fn any_origin_may_read_what_any_may() {
    for origin in [Some(PAGE), Some("null"), None] {
        assert_eq!(
            stream(Cors::any(), origin),
            ["Access-Control-Allow-Origin: *"]
        );
    }
}

#[test]
fn a_known_origin_may_read_and_an_unknown_one_may_not() {
    let cors = || Cors::origins(["http://localhost:3000", PAGE]).unwrap();
    let allowed = format!("Access-Control-Allow-Origin: {PAGE}");
    assert_eq!(stream(cors(), Some(PAGE)), ["Vary: Origin", &allowed]);
    for other in [
        Some(EVIL),
        Some("null"),
        Some("https://page.example.evil.example"),
        None,
    ] {
        assert_eq!(stream(cors(), other), ["Vary: Origin"], "{other:?}");
    }
}

#[test]
fn a_known_origin_may_read_with_credentials_where_that_is_said() {
    let cors = || Cors::origins_with_credentials([PAGE]).unwrap();
    let allowed = format!("Access-Control-Allow-Origin: {PAGE}");
    let expected = [
        "Vary: Origin",
        &allowed,
        "Access-Control-Allow-Credentials: true",
    ];
    assert_eq!(stream(cors(), Some(PAGE)), expected);
    assert_eq!(stream(cors(), Some(EVIL)), ["Vary: Origin"]);
}

#[test]
fn origins_are_compared_as_browsers_write_them() {
    let cors =
        || Cors::origins(["HTTPS://Page.Example:443", "http://a:80", "http://b:443"]).unwrap();
    for (origin, known) in [
        (PAGE, true),
        ("http://a", true),
        ("http://b:443", true),
        ("http://b", false),
    ] {
        assert_eq!(stream(cors(), Some(origin)).len() == 2, known, "{origin}");
    }
}

#[test]
fn what_is_no_origin_is_refused() {
    for origin in [
        "",
        "*",
        "null",
        "page.example",
        "https://",
        "://a",
        "https://a/",
        "https://a/b",
        "https://u@a",
        "https://a b",
        "https://a\r\nX: y",
    ] {
        assert!(Cors::origins([origin]).is_err(), "{origin:?}");
        assert!(
            Cors::origins_with_credentials([origin]).is_err(),
            "{origin:?}"
        );
    }
}

#[test]
fn who_asks_beforehand_is_told_what_a_page_may_send() {
    let cors = Cors::any().allow_header("X-Mine").unwrap();
    let response = preflight(cors.max_age(Duration::from_secs(60)), Some(PAGE));
    assert_eq!(response.head.status, 204);
    assert!(response.body.is_empty());
    let expected = [
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Methods: GET, HEAD",
        "Access-Control-Allow-Headers: Authorization, Cache-Control, Content-Type, Last-Event-ID, X-Mine",
        "Access-Control-Max-Age: 60",
    ];
    assert_eq!(said(&response.head.headers), expected);
}

#[test]
fn who_asks_beforehand_from_elsewhere_is_told_nothing() {
    let cors = Cors::origins_with_credentials([PAGE]).unwrap();
    let response = preflight(cors, Some(EVIL));
    assert_eq!(response.head.status, 204);
    assert_eq!(said(&response.head.headers), ["Vary: Origin"]);
}

#[test]
fn what_does_not_ask_beforehand_is_another_method() {
    let endpoint = endpoint(Cors::any());
    for request in [
        request("OPTIONS", Some(PAGE), None),
        request("OPTIONS", None, Some("GET")),
    ] {
        let Reception::Respond(response) = endpoint.receive(&request) else {
            panic!("it is refused")
        };
        assert_eq!(response.head.status, 405);
    }
}

#[test]
fn a_page_may_read_why_it_was_refused() {
    let endpoint = endpoint(Cors::origins([PAGE]).unwrap());
    let response = endpoint.refuse(
        &request("GET", Some(PAGE), None),
        Refusal::forbidden("no\n"),
    );
    let allowed = format!("Access-Control-Allow-Origin: {PAGE}");
    assert_eq!(said(&response.head.headers), ["Vary: Origin", &allowed]);
    let Reception::Respond(response) = endpoint.receive(&request("PUT", Some(PAGE), None)) else {
        panic!("it is refused")
    };
    assert_eq!(said(&response.head.headers), ["Vary: Origin", &allowed]);
}

#[test]
fn a_header_that_is_none_is_not_allowed() {
    assert!(Cors::any().allow_header("X A").is_err());
    assert!(Cors::any().allow_header("X\r\nY: z").is_err());
}
