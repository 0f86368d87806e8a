//! What is peculiar to threads: who blocks, who frees, and the forms it comes in.
//!
//! That it behaves like every other client is told in the stories of `sse-kit`.

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::Duration;

use sse_blocking::{EventSource, SourceItem};
use sse_proto::source::{Cause, ReadyState};
use sse_testkit::script::{Answer, PATIENCE, Script, Server};

fn two_messages() -> Server {
    let stream = Answer::stream().event("id: 1\ndata: a\n\ndata: b\n\n");
    Script::new().answer(stream.hold()).start()
}

#[track_caller]
fn source(server: &Server) -> EventSource {
    EventSource::connect(server.url("/")).unwrap()
}

#[track_caller]
fn expect_message(source: &mut EventSource, data: &str) {
    match source.next() {
        Some(SourceItem::Message(message)) => assert_eq!(message.data(), data),
        other => panic!("a message should come, and there was {other:?}"),
    }
}

/// Asks on another thread for what comes next, and closes the source once that thread is blocked on it.
#[track_caller]
fn frees_a_blocked_thread(mut source: EventSource, is_blocked: impl Fn() -> bool) {
    let handle = source.handle();
    let blocked = thread::spawn(move || {
        let next = source.next();
        (next, source.next())
    });
    let deadline = std::time::Instant::now() + PATIENCE;
    while !is_blocked() {
        assert!(std::time::Instant::now() < deadline, "it is never asked");
        thread::sleep(Duration::from_millis(1));
    }
    // Enough for the thread to be blocked; closing a moment before must do as well.
    thread::sleep(Duration::from_millis(50));
    handle.close();
    assert_eq!(blocked.join().unwrap(), (Some(SourceItem::Closed), None));
    assert_eq!(handle.ready_state(), ReadyState::Closed);
}

#[test]
fn closing_frees_a_thread_that_waits_for_a_head() {
    let server = Script::new().answer(Answer::silence()).start();
    frees_a_blocked_thread(source(&server), || server.requests().len() == 1);
    server.wait_until_unconnected();
}

#[test]
fn closing_frees_a_thread_that_waits_for_a_message() {
    let server = two_messages();
    let mut source = source(&server);
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    expect_message(&mut source, "a");
    expect_message(&mut source, "b");
    frees_a_blocked_thread(source, || true);
    server.wait_until_unconnected();
}

#[test]
fn closing_frees_a_thread_that_waits_to_reconnect() {
    let server = Script::new()
        .answer(Answer::stream().event("retry: 300000\n"))
        .start();
    let mut source = source(&server);
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    assert!(matches!(source.next(), Some(SourceItem::Error(_))));
    frees_a_blocked_thread(source, || true);
}

#[test]
fn reconnecting_from_another_thread_frees_it_too() {
    let again = Answer::stream().event("data: c\n\n").hold();
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n").hold())
        .answer(again)
        .start();
    let mut source = source(&server);
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    expect_message(&mut source, "a");

    let handle = source.handle();
    let blocked = thread::spawn(move || source.find(|item| matches!(item, SourceItem::Message(_))));
    thread::sleep(Duration::from_millis(50));
    handle.reconnect();
    let Some(SourceItem::Message(message)) = blocked.join().unwrap() else {
        panic!("a message comes after it");
    };
    assert_eq!((message.data(), message.last_event_id()), ("c", "1"));
    let resumed = server.request(1);
    assert_eq!(resumed.header_text("Last-Event-ID"), Some("1"));
}

#[test]
fn no_time_passes_between_building_it_and_asking_it() {
    let server = two_messages();
    let builder = EventSource::builder(server.url("/")).unwrap();
    let wait = Duration::from_secs(2);
    let mut source = builder.connect_timeout(Some(wait)).build();
    thread::sleep(wait + Duration::from_millis(100));
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
}

#[test]
fn what_has_arrived_counts_although_nobody_asked_for_longer_than_the_idle_timeout() {
    let server = Script::new()
        .answer(
            Answer::stream()
                .event("data: a\n\n")
                .pause()
                .event("data: b\n\n")
                .hold(),
        )
        .start();
    let idle = Duration::from_secs(1);
    let builder = EventSource::builder(server.url("/")).unwrap();
    let mut source = builder.idle_timeout(Some(idle)).build();
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    expect_message(&mut source, "a");
    server.go();
    thread::sleep(idle + Duration::from_millis(500));
    expect_message(&mut source, "b");
}

#[test]
fn what_was_read_before_it_was_closed_is_still_given() {
    let server = two_messages();
    let mut source = source(&server);
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    expect_message(&mut source, "a");
    assert_eq!(source.last_event_id(), "1");
    source.close();
    expect_message(&mut source, "b");
    assert_eq!(source.next(), Some(SourceItem::Closed));
    assert_eq!(source.next(), None);
}

#[test]
fn a_chunk_of_many_events_is_decoded_a_few_ahead_and_all_are_given() {
    let chunk: String = (1..=500).map(|n| format!("id: {n}\ndata\n\n")).collect();
    let server = Script::new()
        .answer(Answer::stream().event(&chunk).hold())
        .start();
    let mut source = source(&server);
    assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    for n in 1..=500 {
        match source.next() {
            Some(SourceItem::Message(message)) => {
                assert_eq!(message.last_event_id(), n.to_string());
            }
            other => panic!("message {n} should come, and there was {other:?}"),
        }
        let decoded: u32 = source.last_event_id().parse().unwrap();
        assert!(decoded <= n + 64, "{decoded} are decoded at {n}");
    }
}

#[test]
fn a_hook_that_panics_closes_the_source() {
    let server = two_messages();
    let builder = || EventSource::builder(server.url("/")).unwrap();
    let mut hooked = [
        builder().prepare(|_| panic!("it cannot prepare")).build(),
        builder().validate(|_| panic!("it cannot validate")).build(),
    ];
    for source in &mut hooked {
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| source.next()));
        assert!(panicked.is_err());
        assert_eq!(source.next(), Some(SourceItem::Closed));
        assert_eq!(source.next(), None);
    }
}

#[test]
fn the_callback_is_called_until_it_breaks() {
    let server = two_messages();
    let mut seen = 0;
    let data = source(&server).for_each(|item| {
        seen += 1;
        match item {
            SourceItem::Message(message) => ControlFlow::Break(message.into_data()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!((data.as_deref(), seen), (Some("a"), 2));
    server.wait_until_unconnected();
}

#[test]
fn messages_end_with_the_error_that_ended_the_source() {
    let server = Script::new()
        .answer(Answer::stream().event("retry: 100\ndata: a\n\n").truncate())
        .answer(Answer::status(404))
        .start();
    let builder = EventSource::builder(server.url("/")).unwrap();
    let mut messages = builder.build().messages();
    assert_eq!(messages.next().unwrap().unwrap().data(), "a");
    let error = messages.next().unwrap().unwrap_err();
    assert!(matches!(error.cause, Cause::Status(refusal) if refusal.status == 404));
    assert_eq!(messages.next(), None);
}

#[test]
fn an_error_inside_the_stream_closes_the_source_with_its_message() {
    let stream = Answer::stream().event("data: a\n\nevent: error\ndata: overloaded\n\n");
    let server = Script::new().then_always(stream.hold()).start();
    let source = EventSource::connect(server.url("/")).unwrap();
    let mut messages = source.messages().check(|message| {
        let is_error = message.event_type() == "error";
        if is_error {
            Err("it says so".into())
        } else {
            Ok(())
        }
    });

    assert_eq!(messages.next().unwrap().unwrap().data(), "a");
    let error = messages.next().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the stream has an error in it: it says so; not connecting again"
    );
    assert!(messages.next().is_none());
    server.wait_until_unconnected();
}

#[test]
fn a_sentinel_ends_the_messages_and_closes_the_source() {
    let stream = Answer::stream().event("data: a\n\ndata: [DONE]\n\ndata: b\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let mut messages = source(&server).messages().until("[DONE]");
    assert_eq!(messages.next().unwrap().unwrap().data(), "a");
    assert_eq!(messages.next(), None);
    assert_eq!(messages.next(), None);
    assert_eq!(messages.handle().ready_state(), ReadyState::Closed);
    server.wait_until_unconnected();
}

#[test]
fn nothing_is_dropped_while_a_receiver_is_full() {
    let events: String = (0..10_000)
        .map(|number| format!("data: {number}\n\n"))
        .collect();
    let server = Script::new()
        .answer(Answer::stream().event(&events).hold())
        .start();
    let receiver = source(&server).into_channel(0).unwrap();
    let messages = receiver.into_iter().filter_map(|item| match item {
        SourceItem::Message(message) => Some(message.into_data()),
        _ => None,
    });
    let expected: Vec<_> = (0..10_000).map(|number| number.to_string()).collect();
    assert_eq!(messages.take(10_000).collect::<Vec<_>>(), expected);
}

#[cfg(feature = "json")]
#[test]
fn data_that_is_not_the_json_expected_is_an_error_and_not_the_end() {
    use sse_blocking::JsonStreamError;

    let stream = Answer::stream().event("data: 1\n\ndata: one\n\ndata: 2\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let mut values = source(&server).messages().json::<u32>();
    assert_eq!(values.next().unwrap().unwrap(), 1);
    match values.next() {
        Some(Err(JsonStreamError::Json(error))) => assert_eq!(error.data(), "one"),
        other => panic!("it is no number, and there was {other:?}"),
    }
    assert_eq!(values.next().unwrap().unwrap(), 2);
}

#[test]
fn a_receiver_ends_behind_closed() {
    let server = two_messages();
    let items = source(&server).into_channel(1).unwrap();
    let handle = items.handle();
    let seen: Vec<_> = items
        .inspect(|item| {
            if matches!(item, SourceItem::Message(message) if message.data() == "b") {
                handle.close();
            }
        })
        .collect();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(seen.last(), Some(&SourceItem::Closed));
}

#[test]
fn dropping_a_receiver_ends_its_connection_although_nothing_arrives() {
    let server = two_messages();
    let items = source(&server).into_channel(0).unwrap();
    for _ in 0..3 {
        items.recv_timeout(PATIENCE).unwrap();
    }
    let nothing = items.recv_timeout(Duration::from_millis(20));
    assert_eq!(nothing, Err(RecvTimeoutError::Timeout));
    drop(items);
    server.wait_until_unconnected();
}

#[test]
fn a_handle_outlives_its_source() {
    let server = two_messages();
    let source = source(&server);
    let handle = source.handle();
    assert_eq!(handle.ready_state(), ReadyState::Connecting);
    drop(source);
    handle.reconnect();
    assert_eq!(handle.ready_state(), ReadyState::Closed);
    assert_eq!(handle.origin(), format!("http://{}", server.address()));
    assert_eq!(server.connections(), 0);
}

#[cfg(feature = "tls")]
mod tls {
    use super::*;
    use sse_proto::source::TransportErrorKind;

    fn secret() -> Server {
        Script::new()
            .tls()
            .then_always(Answer::stream().hold())
            .start()
    }

    #[test]
    fn invalid_certificates_are_only_taken_where_that_is_said() {
        let server = secret();
        let builder = || EventSource::builder(server.url("/")).unwrap();
        let Some(SourceItem::Error(error)) = builder().build().next() else {
            panic!("nobody vouches for this certificate");
        };
        let Cause::Transport(error) = error.cause else {
            panic!("it fails on the way: {error}");
        };
        assert_eq!(error.kind, TransportErrorKind::Tls);
        let mut source = builder().danger_accept_invalid_certificates().build();
        assert!(matches!(source.next(), Some(SourceItem::Open(_))));
    }

    #[test]
    fn a_text_without_certificates_is_refused() {
        let builder = || EventSource::builder("https://localhost/").unwrap();
        for text in [
            "",
            "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
        ] {
            builder()
                .root_certificates_pem(text.as_bytes())
                .unwrap_err();
        }
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn without_tls_a_secure_url_is_an_error_and_nothing_is_sent() {
    use sse_proto::source::TransportErrorKind;

    let server = Script::new().answer(Answer::silence()).start();
    let url = server.url("/").replace("http:", "https:");
    let Some(SourceItem::Error(error)) = EventSource::connect(url).unwrap().next() else {
        panic!("there is no TLS");
    };
    assert!(
        matches!(error.cause, Cause::Transport(error) if error.kind == TransportErrorKind::Tls)
    );
    assert_eq!(server.requests().len(), 0);
}
