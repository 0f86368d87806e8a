//! What a request asks for, and when it is none for a stream.

use proptest::collection::vec;
use proptest::prelude::*;
use sse_proto::RequestHead;
use sse_proto::session::{InvalidRequest, RequestRules, SubscribeRequest};
use sse_testkit::strategies::config;

fn read(target: &str) -> Result<SubscribeRequest, InvalidRequest> {
    RequestRules::new().read(&RequestHead::new::<&str, &str>("GET", target, []))
}

fn with(headers: &[(&str, &[u8])], target: &str) -> Result<SubscribeRequest, InvalidRequest> {
    let headers = headers.iter().map(|(name, value)| (*name, *value));
    RequestRules::new().read(&RequestHead::new("GET", target, headers))
}

fn topics(target: &str) -> Vec<String> {
    read(target).expect("it is fine").topics
}

fn id(headers: &[(&str, &[u8])], target: &str) -> Option<String> {
    with(headers, target).expect("it is fine").last_event_id
}

#[test]
fn topics_are_named_by_the_query() {
    assert_eq!(topics("/?stream=a&stream=b&other=c"), ["a", "b"]);
    assert_eq!(topics("/?other=c"), [""; 0]);
    assert_eq!(topics("/events"), [""; 0]);
    assert_eq!(
        topics("/?stream=a%26b%3D%20c+d&%73tream=%C3%A9"),
        ["a&b= c d", "é"]
    );
}

#[test]
fn a_topic_that_is_named_twice_is_one() {
    let twice = "stream=a&".repeat(1000);
    assert_eq!(topics(&format!("/?{twice}stream=b")), ["a", "b"]);
}

#[test]
fn the_parameter_of_topics_can_be_another() {
    let rules = RequestRules::new().topic_parameter("the topic");
    let head = RequestHead::new::<&str, &str>("GET", "/?the+topic=a&stream=b&the%20topic=c", []);
    assert_eq!(rules.read(&head).unwrap().topics, ["a", "c"]);
}

#[test]
fn too_many_topics_are_400() {
    let name = |number: usize| format!("stream={number}&");
    let most: String = (0..16).map(name).collect();
    assert_eq!(topics(&format!("/?{most}")).len(), 16);
    for many in [17, 100_000] {
        let query: String = (0..many).map(name).collect();
        let error = read(&format!("/?{query}")).unwrap_err();
        assert_eq!(error, InvalidRequest::TooManyTopics { limit: 16 });
        assert_eq!(error.status(), 400);
    }
}

#[test]
fn a_topic_that_is_too_long_is_400() {
    // What counts is the name, and not how it is written.
    assert_eq!(topics(&format!("/?stream={}", "%61".repeat(256))).len(), 1);
    let error = read(&format!("/?stream={}", "a".repeat(257))).unwrap_err();
    assert_eq!(error, InvalidRequest::TopicTooLong { limit: 256 });
    assert_eq!(error.status(), 400);
}

#[test]
fn what_cannot_be_the_name_of_a_topic_is_400() {
    for query in [
        "stream=",
        "stream",
        "stream=a%0Ab",
        "stream=%00",
        "stream=%7F",
        "stream=%FF",
        "stream=%C2%85",
    ] {
        let error = read(&format!("/?{query}")).unwrap_err();
        assert_eq!(error, InvalidRequest::Topic, "{query}");
        assert_eq!(error.status(), 400);
    }
}

#[test]
fn the_last_event_id_is_that_of_the_header() {
    assert_eq!(
        id(&[("last-event-ID", b"7")], "/?lastEventId=8").as_deref(),
        Some("7")
    );
    assert_eq!(
        id(&[("Last-Event-ID", "é\t1".as_bytes())], "/").as_deref(),
        Some("é\t1")
    );
    assert_eq!(
        id(&[("Last-Event-ID", b"a\xFFb")], "/").as_deref(),
        Some("a\u{FFFD}b")
    );
}

#[test]
fn or_that_of_the_query_for_who_cannot_set_one() {
    assert_eq!(id(&[], "/?lastEventId=a%20b").as_deref(), Some("a b"));
    assert_eq!(id(&[], "/?stream=x&last-event-id=8").as_deref(), Some("8"));
    assert_eq!(
        id(&[("Last-Event-ID", b"")], "/?lastEventId=8").as_deref(),
        Some("8")
    );
    assert_eq!(
        id(&[], "/?lastEventId=&last-event-id=9").as_deref(),
        Some("9")
    );
}

#[test]
fn an_empty_last_event_id_is_none() {
    assert_eq!(id(&[], "/"), None);
    assert_eq!(id(&[("Last-Event-ID", b"")], "/?lastEventId="), None);
}

#[test]
fn a_last_event_id_that_is_too_long_is_431() {
    let most = "1".repeat(4096);
    assert_eq!(
        id(&[("Last-Event-ID", most.as_bytes())], "/")
            .unwrap()
            .len(),
        4096
    );
    for long in ["1".repeat(4097), "1".repeat(1 << 20)] {
        for found in [
            with(&[("Last-Event-ID", long.as_bytes())], "/"),
            read(&format!("/?lastEventId={long}")),
        ] {
            let error = found.unwrap_err();
            assert_eq!(error, InvalidRequest::LastEventIdTooLong { limit: 4096 });
            assert_eq!(error.status(), 431);
        }
    }
}

#[test]
fn a_last_event_id_with_control_bytes_is_400() {
    for byte in (0..0x20).chain([0x7F]).filter(|byte| *byte != b'\t') {
        let value = [b'1', byte];
        let error = with(&[("Last-Event-ID", &value)], "/").unwrap_err();
        assert_eq!(error, InvalidRequest::LastEventId);
        let error = read(&format!("/?lastEventId=1%{byte:02X}")).unwrap_err();
        assert_eq!((error.status(), error), (400, InvalidRequest::LastEventId));
    }
}

#[test]
fn a_stream_is_asked_for_by_get_and_by_head() {
    let method = |method: &str| RequestHead::new::<&str, &str>(method, "/", []);
    let rules = RequestRules::new();
    assert!(!rules.read(&method("GET")).unwrap().head_only);
    assert!(rules.read(&method("HEAD")).unwrap().head_only);
    for other in ["POST", "PUT", "OPTIONS", "get", ""] {
        let error = rules.read(&method(other)).unwrap_err();
        assert_eq!(
            error,
            InvalidRequest::Method {
                allowed: "GET, HEAD"
            }
        );
        let response = error.refusal().into_response();
        assert_eq!(response.head.status, 405);
        assert_eq!(response.head.headers.get("allow"), Some(&b"GET, HEAD"[..]));
    }
}

#[test]
fn and_by_post_where_that_is_allowed() {
    let rules = RequestRules::new().allow_post(true);
    let head = |method| RequestHead::new::<&str, &str>(method, "/?stream=a", []);
    assert_eq!(rules.read(&head("POST")).unwrap().topics, ["a"]);
    let error = rules.read(&head("PUT")).unwrap_err();
    assert_eq!(
        error,
        InvalidRequest::Method {
            allowed: "GET, HEAD, POST"
        }
    );
}

#[test]
fn who_takes_other_types_only_is_refused_with_406() {
    assert!(with(&[("Accept", b"text/event-stream")], "/").is_ok());
    assert!(
        with(
            &[("Accept", b"text/html"), ("Accept", b"text/*;q=0.5")],
            "/"
        )
        .is_ok()
    );
    let error = with(&[("Accept", b"application/json")], "/").unwrap_err();
    assert_eq!(
        (error.status(), error),
        (406, InvalidRequest::NotAcceptable)
    );
}

#[test]
fn an_origin_is_kept_if_it_can_be_sent_back() {
    let origin = |value: &[u8]| with(&[("Origin", value)], "/").unwrap().origin;
    assert_eq!(
        origin(b"https://a.example").as_deref(),
        Some("https://a.example")
    );
    assert_eq!(origin(b"null").as_deref(), Some("null"));
    assert_eq!(origin(b"a\xFF"), None);
    assert_eq!(origin(b"a b"), None);
    assert_eq!(origin(b""), None);
}

#[test]
fn every_error_is_a_refusal_that_says_why() {
    for error in [
        InvalidRequest::Method {
            allowed: "GET, HEAD",
        },
        InvalidRequest::NotAcceptable,
        InvalidRequest::TooManyTopics { limit: 1 },
        InvalidRequest::TopicTooLong { limit: 1 },
        InvalidRequest::Topic,
        InvalidRequest::LastEventIdTooLong { limit: 1 },
        InvalidRequest::LastEventId,
    ] {
        let refusal = error.refusal();
        assert_eq!(refusal.status(), error.status());
        assert_eq!(refusal.body(), format!("{error}\n").as_bytes());
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn topics_that_are_encoded_are_read_back(names in vec("[^\\p{Cc}\u{FFFD}]{1,20}", 0..10)) {
        let escape = |name: &String| name.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let query: Vec<_> = names.iter().map(|name| format!("stream={}", escape(name))).collect();
        let mut once: Vec<String> = Vec::new();
        for name in names {
            if !once.contains(&name) {
                once.push(name);
            }
        }
        prop_assert_eq!(topics(&format!("/?{}", query.join("&"))), once);
    }

    #[test]
    fn any_target_is_read_or_refused(target in "[/?&=%+a-fA-F0-9\u{0}-\u{20}stream]{0,60}", header in vec(any::<u8>(), 0..20)) {
        if let Ok(found) = with(&[("Last-Event-ID", &header), ("Accept", &b"*/*"[..])], &target) {
            prop_assert!(found.topics.len() <= 16);
            let id = found.last_event_id.unwrap_or_default();
            prop_assert!(!id.contains(['\r', '\n', '\0']));
            prop_assert!(found.topics.iter().all(|topic| !topic.contains(['\r', '\n', '\0'])));
        }
    }
}
