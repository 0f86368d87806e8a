//! What people who come from other libraries look for, where no other test shows it: see `docs/coming-from.md`.
#![cfg(feature = "tokio")]

use std::time::Duration;

use futures_util::{StreamExt, future};
use sse_kit::source::{Backoff, Cause};
use sse_kit::tokio::{Builder, EventSource, ReadyState, SourceItem};
use sse_kit::{Event, MessageEvent};
use sse_testkit::script::{Answer, ClosedPort, Script, Server};

fn streaming(events: &str) -> Server {
    let stream = Answer::stream().event(events).hold();
    Script::new().then_always(stream).start()
}

/// A source that loses no time when it connects again.
fn builder(url: String) -> Builder {
    EventSource::builder(url)
        .unwrap()
        .reconnection_bounds(Duration::from_millis(1), Duration::from_millis(1))
        .reconnection_time(Duration::from_millis(1))
        .backoff(Backoff::new().factor(1.0).jitter(0.0))
}

#[tokio::test]
async fn a_callback_is_a_combinator_of_the_stream() {
    let server = streaming("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    let mut called_with = Vec::new();
    EventSource::connect(server.url("/"))
        .unwrap()
        .messages()
        .filter_map(|message| future::ready(message.ok()))
        .take(2)
        .for_each(|message| {
            called_with.push(message.into_data());
            future::ready(())
        })
        .await;
    assert_eq!(called_with, ["1", "2"]);
    server.wait_until_unconnected();
}

#[tokio::test]
async fn a_channel_is_a_task_that_sends_on_and_ends_with_its_receiver() {
    let server = streaming("data: 1\n\ndata: 2\n\ndata: 3\n\n");
    let mut messages = EventSource::connect(server.url("/")).unwrap().messages();
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                () = sender.closed() => break,
                Some(Ok(message)) = messages.next() => {
                    let _ = sender.send(message).await;
                }
                else => break,
            }
        }
    });
    assert_eq!(receiver.recv().await.unwrap().data(), "1");
    assert_eq!(receiver.recv().await.unwrap().data(), "2");
    drop(receiver);
    task.await.unwrap();
    server.wait_until_unconnected();
}

#[tokio::test]
async fn nothing_is_dropped_while_a_channel_is_full() {
    let numbers = || (0..10_000).map(|number| number.to_string());
    let events: String = numbers()
        .map(|number| format!("data: {number}\n\n"))
        .collect();
    let server = streaming(&events);
    let mut messages = EventSource::connect(server.url("/")).unwrap().messages();
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    let task = tokio::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            if sender.send(message.into_data()).await.is_err() {
                break;
            }
        }
    });
    for number in numbers() {
        assert_eq!(receiver.recv().await, Some(number));
    }
    task.abort();
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    let server = Script::new()
        .answer(Answer::stream().event("data: 1\n\n").late().hold())
        .start();
    let mut messages = EventSource::connect(server.url("/")).unwrap().messages();
    tokio::select! {
        biased;
        _ = messages.next() => panic!("the server says nothing yet"),
        () = future::ready(()) => {}
    }
    server.go();
    assert_eq!(messages.next().await.unwrap().unwrap().data(), "1");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn open_message_and_error_are_items_each_with_its_kind() {
    let server = Script::new()
        .answer(Answer::stream().event("data: 1\n\n"))
        .start();
    let mut source = builder(server.url("/")).build();
    let mut kinds = Vec::new();
    while let Some(item) = source.next().await {
        kinds.push(match item {
            SourceItem::Open(_) => "open",
            SourceItem::Message(_) => "message",
            SourceItem::Error(error) if error.retry_in.is_some() => "error, and it goes on",
            SourceItem::Error(_) => "error",
            SourceItem::Closed => "closed",
            other => panic!("{other:?} was not asked for"),
        });
    }
    // The script is over, which is a status that nobody tries again.
    let expected = [
        "open",
        "message",
        "error, and it goes on",
        "error",
        "closed",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn each_try_is_told_with_its_cause_and_the_wait_before_the_next() {
    let port = ClosedPort::new();
    let mut source = builder(port.url("/")).build();
    for _ in 0..3 {
        let Some(SourceItem::Error(error)) = source.next().await else {
            panic!("nobody listens")
        };
        assert!(matches!(error.cause, Cause::Transport(_)), "{error}");
        assert_eq!(error.retry_in, Some(Duration::from_millis(1)));
    }
}

#[tokio::test]
async fn whether_it_is_connected_can_be_asked_at_any_time() {
    let server = streaming("data: 1\n\n");
    let mut source = EventSource::connect(server.url("/")).unwrap();
    assert_eq!(source.ready_state(), ReadyState::Connecting);
    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert_eq!(source.ready_state(), ReadyState::Open);
    source.close();
    assert_eq!(source.ready_state(), ReadyState::Closed);
}

#[tokio::test]
async fn a_stream_is_named_in_the_query_beside_what_is_there() {
    let server = streaming("data: 1\n\n");
    let mut source = EventSource::connect(server.url("/events?a=b&stream=news")).unwrap();
    source.next().await;
    assert_eq!(server.request(0).target, "/events?a=b&stream=news");
}

#[cfg(feature = "reqwest")]
mod reqwest {
    use sse_kit::tokio::ReqwestTransport;

    use super::*;

    #[tokio::test]
    async fn a_client_of_reqwest_brings_its_headers_and_its_proxy() {
        let proxy = streaming("data: through the proxy\n\n");
        // The reqwest of the tests brings none; that another test was first is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = ::reqwest::Client::builder()
            .user_agent("prices/1.0")
            .proxy(::reqwest::Proxy::http(proxy.url("")).unwrap());
        let mut messages = EventSource::builder("http://example.invalid/prices")
            .unwrap()
            .transport(ReqwestTransport::new(client).unwrap())
            .build()
            .messages();
        let message = messages.next().await.unwrap().unwrap();
        assert_eq!(message.data(), "through the proxy");
        let request = proxy.request(0);
        assert_eq!(request.target, "http://example.invalid/prices");
        assert_eq!(request.header_text("User-Agent"), Some("prices/1.0"));
    }
}

#[test]
fn data_is_one_text_and_its_lines() {
    let message = MessageEvent::new("", "once\ntwice\n", "");
    assert_eq!(message.data(), "once\ntwice\n");
    let lines: Vec<_> = message.data().split('\n').collect();
    assert_eq!(lines, ["once", "twice", ""]);
}

#[test]
fn an_id_that_is_a_number_is_parsed_and_any_other_is_none() {
    let number = |id| MessageEvent::new("", "", id).last_event_id().parse::<i64>();
    assert_eq!(number("42"), Ok(42));
    assert_eq!(number("").unwrap_or(0), 0);
    assert_eq!(number("a1").unwrap_or(0), 0);
}

#[test]
fn an_event_writes_itself_to_any_writer() {
    use std::io::Write;

    let event = Event::new("once").data_line("twice").id("7").unwrap();
    let mut file = Vec::new();
    write!(file, "{event}").unwrap();
    assert_eq!(file, b"id: 7\ndata: once\ndata: twice\n\n");
    let mut text = String::new();
    std::fmt::Write::write_fmt(&mut text, format_args!("{event}")).unwrap();
    assert_eq!(text.as_bytes(), event.to_bytes());
}

#[test]
fn events_are_equal_when_all_that_they_say_is() {
    let event = |id| Event::new("once").id(id).unwrap();
    assert_eq!(event("7"), event("7"));
    assert_ne!(event("7"), event("8"));
    assert_ne!(event("7"), event("7").event_type("x").unwrap());
    let received = |id| MessageEvent::new("", "once", id);
    assert_eq!(received("7"), received("7"));
    assert_ne!(received("7"), received("8"));
}
