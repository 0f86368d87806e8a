//! The head of a stream.

use sse_proto::session::{Accepted, Endpoint, Reception, RequestRules, StreamHead};
use sse_proto::{Headers, RequestHead};

fn head(stream: &StreamHead, accepted: &Accepted) -> Vec<(String, String)> {
    let head = stream.response_head(None, accepted);
    assert_eq!(head.status, 200);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    head.headers
        .iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    owned.collect()
}

const USUAL: [(&str, &str); 3] = [
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-transform"),
    ("X-Accel-Buffering", "no"),
];

#[test]
fn the_usual_head_keeps_events_moving() {
    assert_eq!(head(&StreamHead::new(), &Accepted::new()), pairs(&USUAL));
}

#[test]
fn headers_are_added_and_may_come_twice() {
    let stream = StreamHead::new()
        .header("X-A", "1")
        .unwrap()
        .header("X-A", "2")
        .unwrap();
    let expected = [USUAL[0], ("X-A", "1"), ("X-A", "2"), USUAL[1], USUAL[2]];
    assert_eq!(head(&stream, &Accepted::new()), pairs(&expected));
}

#[test]
fn headers_replace_the_usual_ones_and_those_of_one_response_replace_both() {
    let stream = StreamHead::new()
        .header("cache-control", "no-store")
        .unwrap()
        .header("X-A", "all")
        .unwrap();
    let accepted = Accepted::new().header("x-a", "one").unwrap();
    let expected = [
        USUAL[0],
        ("cache-control", "no-store"),
        ("x-a", "one"),
        USUAL[2],
    ];
    assert_eq!(head(&stream, &accepted), pairs(&expected));
}

#[test]
fn nothing_can_be_injected() {
    for (name, value) in [
        ("X-A", "1\r\nX-B: 2"),
        ("X-A", "1\n"),
        ("X-A\r\nX-B", "1"),
        ("", "1"),
        ("X-A", "\0"),
    ] {
        let error = StreamHead::new().header(name, value).unwrap_err();
        assert_eq!(error.name(), name);
        assert!(Accepted::new().header(name, value).is_err());
    }
}

#[test]
fn the_type_and_the_framing_are_not_given() {
    for name in [
        "Content-type",
        "content-length",
        "Transfer-Encoding",
        "CONNECTION",
        "Upgrade",
    ] {
        let error = StreamHead::new().header(name, "x").unwrap_err();
        assert!(error.to_string().ends_with("leave it out"), "{error}");
        assert!(Accepted::new().header(name, "x").is_err());
    }
}

#[test]
fn an_endpoint_reads_evaluates_and_accepts() {
    let stream = StreamHead::new().header("X-A", "1").unwrap();
    let endpoint = Endpoint::new(RequestRules::new().topic_parameter("t"), stream);
    let request = RequestHead::new::<&str, &str>("HEAD", "/?t=a", []);
    let Reception::Subscribe(subscriber) = endpoint.receive(&request) else {
        panic!("it asks for a stream")
    };
    assert_eq!(
        (&*subscriber.topics, subscriber.head_only),
        (&["a".to_owned()][..], true)
    );
    let accepted = Accepted::new().tagged("ada");
    assert_eq!(accepted.tag(), Some("ada"));
    assert_eq!(accepted.headers(), &Headers::new());
    let head = endpoint.accept(&subscriber, &accepted);
    assert_eq!(head.headers.get("x-a"), Some(&b"1"[..]));
}
