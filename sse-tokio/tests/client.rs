//! What the client on tokio adds to the stories that every client is told: no network here, and the clock is tokio's,
//! which jumps to the next deadline when nothing else is to be done.

use std::collections::VecDeque;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use http::{Request, Response};
use hyper::body::Frame;
use sse_tokio::{
    Body, Cause, EventSource, EventsError, ReadyState, SourceItem, Transport, TransportError,
    TransportFuture, Verdict,
};

const URL: &str = "http://example.com/";

/// Answers one request after the other with an event stream of these chunks, and then leaves it open.
#[derive(Default)]
struct Scripted {
    streams: VecDeque<Chunks>,
}

impl Scripted {
    fn answer(mut self, chunks: Chunks) -> Self {
        self.streams.push_back(chunks);
        self
    }
}

impl Transport for Scripted {
    fn send(&mut self, _: Request<Bytes>) -> TransportFuture {
        let chunks = self.streams.pop_front().unwrap_or_default();
        let response = Response::builder()
            .header("Content-Type", "text/event-stream")
            .body(Box::pin(chunks) as Body)
            .unwrap();
        Box::pin(async { Ok(response) })
    }
}

#[derive(Default)]
struct Chunks {
    chunks: VecDeque<&'static str>,
    ends: bool,
    /// Whoever has a weak one sees when it is dropped.
    alive: Arc<()>,
}

impl Chunks {
    fn ending(chunks: impl Into<VecDeque<&'static str>>) -> Self {
        let ends = true;
        Self {
            ends,
            ..Self::open(chunks)
        }
    }

    fn open(chunks: impl Into<VecDeque<&'static str>>) -> Self {
        let chunks = chunks.into();
        Self {
            chunks,
            ..Self::default()
        }
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match self.chunks.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(chunk.as_bytes()))))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

fn source(transport: Scripted) -> EventSource {
    EventSource::builder(URL)
        .unwrap()
        .transport(transport)
        .build()
}

#[tokio::test(start_paused = true)]
async fn messages_pass_over_what_the_source_recovers_from() {
    let transport = Scripted::default()
        .answer(Chunks::ending(["data: 1\n\n"]))
        .answer(Chunks::open([":\n\ndata: 2\n\n"]));
    let mut messages = source(transport).messages();

    assert_eq!(messages.next().await.unwrap().unwrap().data(), "1");
    assert_eq!(messages.next().await.unwrap().unwrap().data(), "2");
    messages.source_mut().close();
    assert!(messages.next().await.is_none());
    assert_eq!(messages.source().ready_state(), ReadyState::Closed);
}

#[tokio::test(start_paused = true)]
async fn messages_end_with_the_error_that_is_final() {
    let mut messages = EventSource::builder(URL)
        .unwrap()
        .reconnect(false)
        .transport(Scripted::default().answer(Chunks::ending(["data: 1\n\n"])))
        .build()
        .messages();

    assert_eq!(messages.next().await.unwrap().unwrap().data(), "1");
    assert_eq!(
        messages.next().await.unwrap().unwrap_err().cause,
        Cause::Ended
    );
    assert!(messages.next().await.is_none());
    assert!(messages.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_sentinel_ends_the_messages_and_what_follows_is_not_given() {
    let chunk = "data: a\n\ndata: [DONE]\n\ndata: b\n\n";
    let mut messages = source(Scripted::default().answer(Chunks::open([chunk])))
        .messages()
        .until("[DONE]");

    assert_eq!(messages.next().await.unwrap().unwrap().data(), "a");
    assert!(messages.next().await.is_none());
    assert!(messages.next().await.is_none());
    assert_eq!(messages.source().ready_state(), ReadyState::Closed);
}

#[tokio::test(start_paused = true)]
async fn an_error_inside_the_stream_ends_the_messages_with_its_message() {
    let chunk = "data: a\n\nevent: error\ndata: overloaded\n\ndata: b\n\n";
    let mut messages = source(Scripted::default().answer(Chunks::open([chunk])))
        .messages()
        .check(|message| match message.event_type() {
            "error" => Err(format!("it says {}", message.data())),
            _ => Ok(()),
        });

    assert_eq!(messages.next().await.unwrap().unwrap().data(), "a");
    let error = messages.next().await.unwrap().unwrap_err();
    assert_eq!(error.retry_in, None);
    let Cause::Streamed(streamed) = error.cause else {
        panic!("the message is the error: {error:?}")
    };
    assert_eq!(streamed.reason, "it says overloaded");
    assert_eq!(streamed.message.data(), "overloaded");
    assert!(messages.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn messages_tell_of_one_over_the_limit_and_go_on() {
    let chunk = "data: much too large\n\ndata: b\n\n";
    let transport = Scripted::default().answer(Chunks::open([chunk]));
    let mut messages = EventSource::builder(URL)
        .unwrap()
        .max_event_bytes(8)
        .transport(transport)
        .build()
        .messages();

    let error = messages.next().await.unwrap().unwrap_err();
    assert!(matches!(error.cause, Cause::TooLarge(_)), "{error:?}");
    assert_eq!(messages.next().await.unwrap().unwrap().data(), "b");
}

#[cfg(feature = "json")]
#[tokio::test(start_paused = true)]
async fn json_that_is_not_what_was_expected_is_shown_and_the_stream_goes_on() {
    use sse_tokio::JsonStreamError;

    let chunk = "data: 1\n\ndata: oops\n\ndata: 3\n\ndata: [DONE]\n\n";
    let mut numbers = source(Scripted::default().answer(Chunks::open([chunk])))
        .messages()
        .until("[DONE]")
        .json::<u32>();

    assert_eq!(numbers.next().await.unwrap().unwrap(), 1);
    match numbers.next().await.unwrap() {
        Err(JsonStreamError::Json(error)) => assert_eq!(error.data(), "oops"),
        other => panic!("it is no number, and there was {other:?}"),
    }
    assert_eq!(numbers.next().await.unwrap().unwrap(), 3);
    assert!(numbers.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_program_that_is_slow_does_not_mistake_itself_for_a_silent_server() {
    let mut source = EventSource::builder(URL)
        .unwrap()
        .idle_timeout(Some(Duration::from_secs(10)))
        .transport(Scripted::default().answer(Chunks::open(["data: 1\n\n", "data: 2\n\n"])))
        .build();

    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert!(matches!(source.next().await, Some(SourceItem::Message(_))));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(matches!(source.next().await, Some(SourceItem::Message(_))));

    let asked = tokio::time::Instant::now();
    match source.next().await {
        Some(SourceItem::Error(error)) => {
            assert_eq!(error.cause, Cause::Idle(Duration::from_secs(10)));
        }
        other => panic!("the server is silent now, and there was {other:?}"),
    }
    assert_eq!(asked.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_comes_nearer_is_kept() {
    let mut source = EventSource::builder(URL)
        .unwrap()
        .strategy(|_: &sse_tokio::Failure<'_>| Some(Duration::from_secs(3600)))
        .idle_timeout(Some(Duration::from_secs(10)))
        .transport(Scripted::default().answer(Chunks::ending([])))
        .build();

    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert!(matches!(source.next().await, Some(SourceItem::Error(_))));
    let second = Duration::from_secs(1);
    assert!(tokio::time::timeout(second, source.next()).await.is_err());
    source.reconnect();
    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    let asked = tokio::time::Instant::now();
    assert!(matches!(source.next().await, Some(SourceItem::Error(_))));
    assert_eq!(asked.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_reconnection_time_beyond_the_clock_is_waited_for() {
    let mut source = EventSource::builder(URL)
        .unwrap()
        .strategy(|_: &sse_tokio::Failure<'_>| Some(Duration::MAX))
        .transport(Scripted::default().answer(Chunks::ending([])))
        .build();

    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert!(matches!(source.next().await, Some(SourceItem::Error(_))));
    let month = Duration::from_secs(30 * 86_400);
    assert!(tokio::time::timeout(month, source.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn closing_drops_the_connection_at_once_and_keeps_what_has_arrived() {
    let stream = Chunks::open(["data: 1\n\ndata: 2\n\n"]);
    let alive = Arc::downgrade(&stream.alive);
    let mut source = source(Scripted::default().answer(stream));
    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert!(matches!(source.next().await, Some(SourceItem::Message(_))));
    assert_eq!(alive.strong_count(), 1);

    source.close();

    assert_eq!(alive.strong_count(), 0);
    assert!(matches!(source.next().await, Some(SourceItem::Message(_))));
    assert_eq!(source.next().await, Some(SourceItem::Closed));
    assert_eq!(source.next().await, None);
    assert!(source.is_terminated());
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_panics_closes_the_source() {
    let builder = || {
        EventSource::builder(URL)
            .unwrap()
            .transport(Scripted::default())
    };
    let mut hooked = [
        builder()
            .prepare(|_| -> std::future::Ready<_> { panic!("it cannot prepare") })
            .build(),
        builder()
            .validate(async |_| panic!("it cannot validate"))
            .build(),
    ];
    for source in &mut hooked {
        let polled = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut cx = Context::from_waker(Waker::noop());
            while Pin::new(&mut *source).poll_next(&mut cx).is_ready() {}
        }));
        assert!(polled.is_err());
        assert_eq!(source.next().await, Some(SourceItem::Closed));
        assert_eq!(source.next().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_chunk_of_many_events_is_decoded_a_few_ahead_and_all_are_given() {
    let chunk: String = (1..=500).map(|n| format!("id: {n}\ndata\n\n")).collect();
    let mut source = source(Scripted::default().answer(Chunks::open([&*chunk.leak()])));
    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    for n in 1..=500 {
        match source.next().await {
            Some(SourceItem::Message(message)) => {
                assert_eq!(message.last_event_id(), n.to_string());
            }
            other => panic!("message {n} should come, and there was {other:?}"),
        }
        let decoded: u32 = source.last_event_id().parse().unwrap();
        assert!(decoded <= n + 64, "{decoded} are decoded at {n}");
    }
}

#[tokio::test(start_paused = true)]
async fn hooks_are_awaited_and_abandoned_with_their_attempt() {
    let mut asked = 0;
    let mut source = EventSource::builder(URL)
        .unwrap()
        .prepare(move |_| {
            asked += 1;
            let hangs = asked == 1;
            async move {
                if hangs {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(<_>::default())
            }
        })
        .validate(async |_| {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Verdict::Accept
        })
        .transport(Scripted::default().answer(Chunks::open(["data: 1\n\n"])))
        .build();

    let hour = Duration::from_secs(3600);
    assert!(tokio::time::timeout(hour, source.next()).await.is_err());
    source.reconnect();
    let asked = tokio::time::Instant::now();
    assert!(matches!(source.next().await, Some(SourceItem::Open(_))));
    assert_eq!(asked.elapsed().as_secs(), 2);
    assert!(matches!(source.next().await, Some(SourceItem::Message(_))));
}

#[tokio::test]
async fn a_body_in_hand_gives_its_events_and_the_error_that_ends_it() {
    let chunks = ["data: 1\n\ndata:", " 2\n\ndata: lost\n"];
    let mut events = sse_tokio::events(Chunks::ending(chunks));
    assert_eq!(events.next().await.unwrap().unwrap().data(), "1");
    assert_eq!(events.next().await.unwrap().unwrap().data(), "2");
    assert!(events.next().await.is_none());

    let mut chunks = VecDeque::from([Ok("data: 1\n\n"), Err("cut"), Ok("data: 2\n\n")]);
    let chunks = Polled(move || Poll::Ready(chunks.pop_front()));
    let mut events = sse_tokio::events_in(chunks);
    assert_eq!(events.next().await.unwrap().unwrap().data(), "1");
    assert_eq!(
        events.next().await.unwrap().unwrap_err(),
        EventsError::Body("cut")
    );
    assert!(events.next().await.is_none());
}

/// A stream that is a function.
struct Polled<F>(F);

impl<T, F: FnMut() -> Poll<Option<T>> + Unpin> futures_core::Stream for Polled<F> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        (self.0)()
    }
}

#[test]
fn a_source_can_be_sent_to_another_thread_and_held_anywhere() {
    fn check<T: Send + Unpin + 'static>() {}
    check::<EventSource>();
    check::<sse_tokio::Messages<sse_tokio::SourceMessages>>();
}
