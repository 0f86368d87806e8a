//! What can be requested, and what an error says about what cannot.

use sse_proto::Instant;
use sse_proto::source::{Config, EventSource};

fn source(url: &str) -> EventSource {
    EventSource::new(Config::new(url).expect("valid"), 1, Instant::default())
}

#[test]
fn a_url_is_taken_as_it_is_but_for_what_must_be_escaped() {
    for (url, requested, origin) in [
        ("http://a", "http://a", "http://a"),
        (
            "HTTPS://A.Example:443/X?y#z",
            "HTTPS://A.Example:443/X?y",
            "https://a.example",
        ),
        (
            "http://[::1]:8080/x",
            "http://[::1]:8080/x",
            "http://[::1]:8080",
        ),
        (" http://a/b c\n", "http://a/b%20c", "http://a"),
        (
            "http://a/\u{e9}?\u{e9}={1}",
            "http://a/%C3%A9?%C3%A9=%7B1%7D",
            "http://a",
        ),
        ("http://a:080/%41", "http://a:080/%41", "http://a"),
    ] {
        let source = source(url);
        assert_eq!(
            (source.url(), source.origin()),
            (requested, origin),
            "{url:?}"
        );
    }
}

#[test]
fn an_error_says_what_is_wrong() {
    for (url, says) in [
        ("example.com/x", "is \"http://example.com/x\" meant?"),
        ("/events", "does not start with http://"),
        ("", "does not start with http://"),
        ("ftp://a/", "does not start with http:// or https://"),
        ("http://", "has no host"),
        ("http:///x", "has no host"),
        ("http://\u{e9}.example/", "xn--"),
        ("http://a:70000/", "a port above 65535"),
        (
            "http://user:secret@a/",
            "send an Authorization header instead",
        ),
        ("http://a b/", "has no host"),
        ("http://a:b/", "is not a URL"),
        ("http://a/%zz", "is not a URL"),
    ] {
        let error = Config::new(url).expect_err(url).to_string();
        assert!(error.contains(says), "{url:?}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}
