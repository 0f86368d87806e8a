//! How often a source looks at its clock, and when it wants to be woken.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};
use http_body::Frame;
use sse_client::{
    Body, Cause, Clock, EventSource, Runtime, SourceItem, Transport, TransportError,
    TransportFuture,
};

const SECOND: Duration = Duration::from_secs(1);

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static LOOKS: Cell<usize> = const { Cell::new(0) };
    static ALARM: Cell<Option<Duration>> = const { Cell::new(None) };
    /// How many chunks have arrived that were not read.
    static CHUNKS: Cell<usize> = const { Cell::new(0) };
}

/// A runtime whose time stands still, until a test moves it.
enum Still {}

impl Runtime for Still {
    type Clock = StillClock;

    fn transport() -> Box<dyn Transport> {
        Box::new(Chunks)
    }
}

#[derive(Debug)]
struct StillClock;

impl Clock for StillClock {
    fn start() -> Self {
        Self
    }

    fn elapsed(&self) -> Duration {
        LOOKS.set(LOOKS.get() + 1);
        NOW.get()
    }

    fn set_alarm(&mut self, at: Duration) {
        ALARM.set(Some(at));
    }

    fn clear_alarm(&mut self) {
        ALARM.set(None);
    }

    fn poll_alarm(&mut self, _: &mut Context<'_>) -> Poll<()> {
        match ALARM.get() {
            Some(at) if at <= NOW.get() => Poll::Ready(()),
            Some(_) => Poll::Pending,
            None => panic!("no alarm is set"),
        }
    }
}

/// Answers every request with a stream, as soon as the first chunk of it has arrived.
struct Chunks;

impl Transport for Chunks {
    fn send(&mut self, _: Request<Bytes>) -> TransportFuture {
        Box::pin(async {
            std::future::poll_fn(|_| match CHUNKS.get() {
                0 => Poll::Pending,
                _ => Poll::Ready(()),
            })
            .await;
            let response = Response::builder().header("Content-Type", "text/event-stream");
            let response = response.body(Box::pin(Chunks) as Body);
            Ok(response.expect("a response"))
        })
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let Some(left) = CHUNKS.get().checked_sub(1) else {
            return Poll::Pending;
        };
        CHUNKS.set(left);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"data: x\n\n")))))
    }
}

fn poll(source: &mut EventSource<Still>) -> Poll<Option<SourceItem>> {
    Pin::new(source).poll_next(&mut Context::from_waker(Waker::noop()))
}

/// Reads what has arrived, and says how many messages that was.
fn messages(source: &mut EventSource<Still>) -> usize {
    let mut count = 0;
    while let Poll::Ready(item) = poll(source) {
        let item = item.expect("it is not over");
        count += usize::from(matches!(item, SourceItem::Message(_)));
    }
    count
}

/// A source of which the first message was read.
fn open(idle_timeout: Option<Duration>) -> EventSource<Still> {
    let mut source = EventSource::<Still>::builder("http://example.com/")
        .expect("a URL")
        .idle_timeout(idle_timeout)
        .build();
    assert!(poll(&mut source).is_pending());
    assert_eq!(ALARM.get(), Some(30 * SECOND), "that of connecting");
    CHUNKS.set(1);
    assert_eq!(messages(&mut source), 1);
    source
}

#[test]
fn an_open_stream_leaves_clock_and_alarm_alone() {
    let mut source = open(None);
    assert_eq!(ALARM.get(), None);
    let looks = LOOKS.get();
    CHUNKS.set(1000);
    assert_eq!(messages(&mut source), 1000);
    assert_eq!((LOOKS.get(), ALARM.get()), (looks, None));
}

#[test]
fn the_idle_timeout_counts_from_when_the_last_chunk_was_read() {
    let mut source = open(Some(45 * SECOND));
    for seconds in [40, 80, 120] {
        NOW.set(seconds * SECOND);
        CHUNKS.set(1);
        assert_eq!(messages(&mut source), 1);
    }
    NOW.set(165 * SECOND - Duration::from_nanos(1));
    assert!(poll(&mut source).is_pending());
    NOW.set(165 * SECOND);
    let Poll::Ready(Some(SourceItem::Error(error))) = poll(&mut source) else {
        panic!("it was silent for 45 seconds");
    };
    assert_eq!(error.cause, Cause::Idle(45 * SECOND));
}

#[test]
fn what_arrived_in_time_is_seen_however_late_the_program_asks() {
    let mut source = open(Some(45 * SECOND));
    CHUNKS.set(1);
    NOW.set(1000 * SECOND);
    assert_eq!(messages(&mut source), 1);
}
