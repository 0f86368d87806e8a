//! Servers that mean no good: a bounded number of attempts, and bounded memory.

use std::time::Duration;

use sse_proto::source::{Backoff, Cause, Config, SourceItem, StatusRetry};

use crate::support::{Client, SECOND, URL, config, head, stream_head};

/// How many attempts a default source makes in an hour, if this is what becomes of each.
fn attempts_in_an_hour(config: Config, mut fate: impl FnMut(&mut Client)) -> usize {
    let mut client = Client::new(config);
    let end = client.now + 3600 * SECOND;
    let mut attempts = 0;
    while client.now < end {
        attempts += 1;
        fate(&mut client);
        client.actions();
        client.events();
        match client.source.deadline() {
            None => break,
            Some(_) => client.fire(),
        }
    }
    attempts
}

fn default() -> Config {
    Config::new(URL).expect("valid")
}

#[test]
fn a_retry_of_zero_never_spins() {
    let empty = |client: &mut Client| {
        client.respond(stream_head());
        client.data("retry: 0\n");
        client.eof();
    };
    // About one a minute, at most twice as many by jitter, and the first few.
    assert!((60..150).contains(&attempts_in_an_hour(default(), empty)));
    // One that has something to say each time is asked no more often than the least reconnection time allows.
    let hello = |client: &mut Client| {
        client.respond(stream_head());
        client.data("retry: 0\ndata: x\n\n");
        client.eof();
    };
    for config in [default(), default().backoff(Backoff::new().factor(1.0))] {
        assert!(attempts_in_an_hour(config, hello) <= 36_000);
    }
}

#[test]
fn a_server_that_refuses_connections_is_left_alone() {
    assert!((60..150).contains(&attempts_in_an_hour(default(), Client::error)));
}

#[test]
fn a_server_that_asks_for_an_immediate_retry_does_not_get_it() {
    let config = default().retry_statuses(StatusRetry::transient());
    let attempts = attempts_in_an_hour(config, |client| {
        client.respond(head(503, &[("Retry-After", "0")]));
        client.eof();
    });
    assert!((60..150).contains(&attempts), "{attempts}");
}

#[test]
fn a_million_retry_lines_leave_the_last_one() {
    let mut client = Client::open(config());
    let mut lines = String::new();
    for time in 0..1_000_000 {
        lines.push_str(&format!("retry: {time}\n"));
    }
    lines.push_str("retry: 1234\n");
    assert_eq!(client.data(lines), [], "they are the machine's business");
    client.eof();
    assert_eq!(client.failure().retry_in, Some(Duration::from_millis(1234)));
}

#[test]
fn a_server_that_redirects_for_ever_gets_eleven_requests() {
    let mut requests = 0;
    attempts_in_an_hour(default(), |client| {
        while client.source.deadline().is_some() {
            requests += 1;
            client.respond(head(307, &[("Location", "")]));
        }
    });
    assert_eq!(requests, 11);
}

#[test]
fn an_endless_line_is_held_up_to_the_limit() {
    let mut client = Client::open(config().max_event_bytes(1000));
    let mut lost = 0;
    for _ in 0..1000 {
        lost += client.data([b'x'; 1000]).len();
        client.data("data: ");
    }
    let items = client.data("\n\ndata: after\n\n");
    assert!(lost <= 1);
    assert!(matches!(items.last(), Some(SourceItem::Message(event)) if event.data() == "after"));
}

#[test]
fn an_event_that_is_too_large_is_an_item_and_the_stream_goes_on() {
    let mut client = Client::open(config().max_event_bytes(10));
    let items = client.data("id: 7\ndata: much too large\n\ndata: x\n\n");
    assert!(
        matches!(items[..], [SourceItem::TooLarge(_), SourceItem::Message(_)]),
        "{items:?}"
    );
    assert_eq!(client.source.last_event_id(), "7");
}

#[test]
fn a_refusal_without_end_is_not_kept() {
    let mut client = Client::new(config());
    client.respond(head(500, &[]));
    for _ in 0..1000 {
        client.data([0xff; 4096]);
    }
    let Cause::Status(refusal) = client.fatal() else {
        panic!("it is a refusal")
    };
    assert_eq!(refusal.body.len(), 1024);
}

#[test]
fn comments_are_reported_when_asked_for() {
    let mut client = Client::open(config().comments(true));
    assert_eq!(
        client.data(": hello\n"),
        [SourceItem::Comment("hello".into())]
    );
}

#[test]
fn what_an_event_was_cut_off_at_is_told_until_the_next_stream() {
    let mut client = Client::open(config());
    client.data("data: one\n\n");
    client.eof();
    assert_eq!(client.source.discarded_bytes(), 0);

    client.fire();
    client.respond(stream_head());
    client.data("data: two\n\nevent: x\ndata: thr");
    assert_eq!(client.source.discarded_bytes(), 0);
    client.error();
    assert_eq!(client.source.discarded_bytes(), "xthr".len());

    client.fire();
    assert_eq!(client.source.discarded_bytes(), "xthr".len());
    client.respond(stream_head());
    assert_eq!(client.source.discarded_bytes(), 0);
    client.data("data: f");
    client.source.close();
    assert_eq!(client.source.discarded_bytes(), "f".len());
}
