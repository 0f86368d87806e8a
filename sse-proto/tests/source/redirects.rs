//! Redirects: where they lead, what goes along, and when they end.

use sse_proto::source::{Action, Cause, Config, RedirectError, Request};

use crate::support::{Client, config, head, stream_head};

fn redirected(config: Config, status: u16, location: &str) -> (Request, Client) {
    let mut client = Client::new(config);
    client.actions();
    client.respond(head(status, &[("Location", location)]));
    (client.sent(), client)
}

fn post() -> Config {
    config()
        .header("Content-Type", "application/json")
        .and_then(|config| config.header("X-Plain", "1"))
        .expect("valid")
        .body("{}")
}

#[test]
fn all_five_statuses_are_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (request, client) = redirected(config(), status, "/there");
        assert_eq!(request.url, "https://example.com/there", "{status}");
        assert_eq!(request.method, "GET");
        assert_eq!(client.source.url(), request.url);
    }
}

#[test]
fn a_location_is_relative_to_the_url_that_redirects() {
    for (location, url) in [
        ("there", "https://example.com/there"),
        ("?a=b", "https://example.com/events?a=b"),
        ("../x/./y", "https://example.com/x/y"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example:8080", "http://other.example:8080"),
        ("/a b\u{e9}#part", "https://example.com/a%20b%C3%A9"),
        ("", "https://example.com/events"),
    ] {
        assert_eq!(
            redirected(config(), 302, location).0.url,
            url,
            "{location:?}"
        );
    }
    let (_, mut client) = redirected(config(), 302, "https://other.example/a/b");
    client.respond(head(302, &[("Location", "c")]));
    assert_eq!(client.sent().url, "https://other.example/a/c");
}

#[test]
fn a_post_turns_to_get_at_301_302_and_303_and_loses_what_describes_its_body() {
    for status in [301, 302, 303] {
        let (request, _) = redirected(post(), status, "/there");
        assert_eq!((&*request.method, request.body), ("GET", None), "{status}");
        assert_eq!(request.headers.get("content-type"), None);
        assert_eq!(request.headers.get("x-plain"), Some(&b"1"[..]));
    }
}

#[test]
fn a_post_is_sent_again_with_its_body_at_307_and_308() {
    for status in [307, 308] {
        let (request, _) = redirected(post(), status, "/there");
        assert_eq!(request.method, "POST");
        assert_eq!(request.body.as_deref(), Some(&b"{}"[..]));
        assert!(request.headers.get("content-type").is_some());
    }
}

#[test]
fn another_method_than_post_is_kept_but_at_303() {
    let report = || config().method("REPORT").expect("valid").body("<q/>");
    assert_eq!(redirected(report(), 301, "/x").0.method, "REPORT");
    assert_eq!(redirected(report(), 302, "/x").0.method, "REPORT");
    assert_eq!(redirected(report(), 303, "/x").0.method, "GET");
}

#[test]
fn credentials_stay_with_their_origin() {
    let mut config = config().last_event_id("7").expect("valid");
    for name in [
        "Authorization",
        "Cookie",
        "Proxy-Authorization",
        "X-Api-Key",
        "X-Auth-Token",
        "Ocp-Apim-Subscription-Key",
        "Host",
        "X-Plain",
    ] {
        config = config.header(name, "1").expect("valid");
    }
    for (location, kept) in [
        ("/there", true),
        ("https://example.com:443/there", true),
        ("https://EXAMPLE.com/there", true),
        ("https://example.com:444/", false),
        ("http://example.com/", false),
        ("https://www.example.com/", false),
    ] {
        let (request, _) = redirected(config.clone(), 307, location);
        for name in [
            "authorization",
            "cookie",
            "proxy-authorization",
            "x-api-key",
            "x-auth-token",
            "ocp-apim-subscription-key",
            "host",
        ] {
            assert_eq!(
                request.headers.get(name).is_some(),
                kept,
                "{name} to {location}"
            );
        }
        for name in ["x-plain", "last-event-id", "accept"] {
            assert!(request.headers.get(name).is_some(), "{name} to {location}");
        }
    }
}

#[test]
fn credentials_that_were_dropped_do_not_come_back_on_the_way() {
    let config = config().header("Authorization", "1").expect("valid");
    let (_, mut client) = redirected(config, 302, "https://other.example/");
    client.respond(head(302, &[("Location", "https://example.com/")]));
    assert_eq!(client.sent().headers.get("authorization"), None);
}

#[test]
fn a_hop_is_an_attempt_of_its_own() {
    let mut client = Client::new(config());
    let first = client.attempt;
    client.actions();
    client.respond(head(302, &[("Location", "/there")]));
    let actions = client.actions();
    let [Action::Abort(aborted), Action::Send(second, _)] = &actions[..] else {
        panic!("the first exchange is dropped, and another begun: {actions:?}")
    };
    assert_eq!(*aborted, first);
    assert!(*second > first);
    client.source.handle_eof(client.now, first);
    assert_eq!(client.events(), [], "the end of the first hop is late");
}

#[test]
fn the_origin_is_that_of_the_last_hop() {
    let (_, mut client) = redirected(config(), 302, "http://Other.example:80/x");
    client.respond(stream_head());
    assert_eq!(client.source.origin(), "http://other.example");
    assert_eq!(client.source.url(), "http://Other.example:80/x");
}

#[test]
fn a_reconnection_starts_at_the_first_url_again() {
    let config = config().header("Authorization", "1").expect("valid");
    let (_, mut client) = redirected(config, 301, "https://other.example/x");
    client.respond(stream_head());
    client.eof();
    client.fire();
    let request = client.sent();
    assert_eq!(request.url, crate::support::URL);
    assert!(request.headers.get("authorization").is_some());
    assert_eq!(client.source.origin(), "https://example.com");
}

/// Why the last redirect was not followed; its response is told with it.
fn fault(client: &mut Client) -> RedirectError {
    let Cause::Redirect { error, refusal } = client.fatal() else {
        panic!("a redirect was not followed")
    };
    assert_eq!(refusal.status, 302);
    error
}

#[test]
fn one_that_cannot_be_followed_closes_the_source_and_says_why() {
    for (location, error) in [
        (
            "file:///etc/passwd",
            RedirectError::OtherScheme("file:///etc/passwd".into()),
        ),
        (
            "data:text/event-stream,x",
            RedirectError::OtherScheme("data:text/event-stream,x".into()),
        ),
        ("http://", RedirectError::InvalidLocation("http://".into())),
        (
            "http://[",
            RedirectError::InvalidLocation("http://[".into()),
        ),
        (
            "http://a:99999/",
            RedirectError::InvalidLocation("http://a:99999/".into()),
        ),
        (
            "http://user:pass@a/",
            RedirectError::InvalidLocation("http://user:pass@a/".into()),
        ),
    ] {
        let mut client = Client::new(config());
        client.actions();
        client.respond(head(302, &[("Location", location)]));
        assert_eq!(client.actions(), [Action::Abort(client.attempt)]);
        assert_eq!(fault(&mut client), error);
    }
    let mut client = Client::new(config());
    client.respond(head(302, &[]));
    assert_eq!(fault(&mut client), RedirectError::NoLocation);
}

#[test]
fn a_loop_ends_at_the_limit() {
    for limit in [0, 1, 10, 255] {
        let mut client = Client::new(config().redirect_limit(limit));
        client.actions();
        let mut hops = 0_u32;
        while client.source.deadline().is_some() {
            client.respond(head(302, &[("Location", "/events")]));
            hops += 1;
        }
        assert_eq!(hops, u32::from(limit) + 1);
        assert_eq!(fault(&mut client), RedirectError::TooMany(limit));
    }
}

#[test]
fn each_reconnection_may_follow_as_many() {
    let mut client = Client::new(config().redirect_limit(1));
    for _ in 0..3 {
        client.respond(head(302, &[("Location", "/there")]));
        client.respond(stream_head());
        client.eof();
        client.fire();
    }
    assert_eq!(client.source.url(), crate::support::URL);
}

#[test]
fn every_other_300_is_a_refusal() {
    for status in [300, 304, 305, 306] {
        let mut client = Client::new(config());
        client.respond(head(status, &[("Location", "/there")]));
        client.eof();
        let Cause::Status(refusal) = client.fatal() else {
            panic!("{status} is refused")
        };
        assert_eq!(refusal.status, status);
    }
}

#[test]
fn a_location_is_shown_without_its_secrets() {
    for (location, shown) in [
        (
            "http://ada:secret@example.com/there?token=secret",
            "http://…@example.com/there?…",
        ),
        ("ftp://secret@example.com/", "ftp://…@example.com/"),
        ("http://[/path@home", "http://[/path@home"),
    ] {
        let mut client = Client::new(config());
        client.sent();
        client.respond(head(302, &[("Location", location)]));
        let words = client.fatal().to_string();
        assert!(
            words.contains(shown) && !words.contains("secret"),
            "{words}"
        );
    }
}
