//! A connection that is worked on by whoever reads from it, and who is woken for it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_core::Stream;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use sse_client::{
    Clock, Dial, EventSource, HyperTransport, Runtime, SourceItem, Transport, TransportError,
};

enum Tested {}

impl Runtime for Tested {
    type Clock = NoClock;

    fn transport() -> Box<dyn Transport> {
        Box::new(HyperTransport::<PipeDial>::new())
    }
}

/// A clock without time.
#[derive(Debug)]
struct NoClock;

impl Clock for NoClock {
    fn start() -> Self {
        Self
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn set_alarm(&mut self, _: Duration) {}

    fn clear_alarm(&mut self) {}

    fn poll_alarm(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// A connection to a server that says what a test puts into it.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// What was said and not heard yet.
    said: VecDeque<u8>,
    /// Who waits for more.
    reader: Option<Waker>,
}

impl Pipe {
    fn say(&self, bytes: &str) {
        self.0.lock().unwrap().said.extend(bytes.as_bytes());
    }

    /// Tells who waits for it that there is more.
    fn ring(&self) {
        let reader = self.0.lock().unwrap().reader.take();
        reader.expect("somebody waits").wake();
    }
}

impl Read for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.lock().unwrap();
        if state.said.is_empty() {
            // As async-io does it: who waited before is woken to know that it is not the one any more.
            match state.reader.replace(cx.waker().clone()) {
                Some(before) if !before.will_wake(cx.waker()) => before.wake(),
                _ => {}
            }
            return Poll::Pending;
        }
        let length = buffer.remaining().min(state.said.len());
        let heard: Vec<_> = state.said.drain(..length).collect();
        buffer.put_slice(&heard);
        Poll::Ready(Ok(()))
    }
}

impl Write for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

thread_local! {
    static PIPE: Pipe = Pipe::default();
}

/// Connects each test with its pipe.
#[derive(Clone, Default)]
struct PipeDial;

impl Dial for PipeDial {
    type Connection = Pipe;

    async fn dial(&self, _: Uri) -> Result<Pipe, TransportError> {
        Ok(PIPE.with(Pipe::clone))
    }
}

/// A task that only counts how often it is woken.
#[derive(Default)]
struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

const HEAD: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const CHUNK: &str = "9\r\ndata: x\n\n\r\n";

struct Reader {
    source: EventSource<Tested>,
    task: Arc<Task>,
}

impl Reader {
    /// What there is to read, and how often that woke the task.
    fn read(&mut self) -> (usize, usize) {
        self.task.0.store(0, Ordering::Relaxed);
        let waker = Waker::from(self.task.clone());
        let cx = &mut Context::from_waker(&waker);
        let mut messages = 0;
        while let Poll::Ready(item) = Pin::new(&mut self.source).poll_next(cx) {
            messages += usize::from(matches!(item, Some(SourceItem::Message(_))));
        }
        (messages, self.wakes())
    }

    fn wakes(&self) -> usize {
        self.task.0.load(Ordering::Relaxed)
    }
}

fn open() -> (Pipe, Reader) {
    let pipe = PIPE.with(Pipe::clone);
    let mut reader = Reader {
        source: EventSource::connect("http://example.com/").expect("a URL"),
        task: Arc::default(),
    };
    // That sends the request.
    assert_eq!(reader.read().0, 0);
    pipe.say(HEAD);
    assert_eq!(reader.read().0, 0);
    (pipe, reader)
}

#[test]
fn reading_wakes_nobody() {
    let (pipe, mut reader) = open();
    pipe.say(&CHUNK.repeat(100));
    assert_eq!(reader.read(), (100, 0));
    // Nor does asking again, of which a runtime would make a loop.
    assert_eq!(reader.read(), (0, 0));
    assert_eq!(reader.read(), (0, 0));
}

#[test]
fn who_waits_is_woken_when_there_is_more() {
    let (pipe, mut reader) = open();
    for _ in 0..3 {
        assert_eq!(reader.read(), (0, 0));
        pipe.say(CHUNK);
        pipe.ring();
        assert_eq!(reader.wakes(), 1);
        assert_eq!(reader.read(), (1, 0));
    }
}
