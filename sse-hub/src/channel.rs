//! A stream for one: no topics, no log, and a sender that waits when the client does not keep up.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use sse_proto::Instant;
use sse_proto::log::Framing;

use crate::clock::Clock;
use crate::sender::{SendError, Sender};
use crate::sync::{lock, thread_waker};

/// A stream for one client, with all defaults: the two ends of it.
///
/// It is for what is made for one, such as the answer of a language model. For what many get, there is the
/// [hub](crate::Hub).
///
/// ```
/// use sse_hub::channel;
/// use sse_hub::sse_proto::Event;
///
/// let (sender, mut channel) = channel();
/// std::thread::spawn(move || {
///     sender.blocking_send(&Event::new("Hel"))?;
///     sender.blocking_send(&Event::new("lo"))?;
///     sender.close_with(&Event::new("[DONE]"));
///     Ok::<(), sse_hub::SendError>(())
/// });
/// let mut text = Vec::new();
/// while let Some(run) = channel.wait_run() {
///     text.extend_from_slice(&run);
/// }
/// assert_eq!(text, b"data: Hel\n\ndata: lo\n\ndata: [DONE]\n\n");
/// ```
#[must_use]
pub fn channel() -> (Sender, Channel) {
    Channel::builder().build()
}

/// A [`Channel`] in the making. Every method names its default.
#[derive(Clone, Debug)]
#[must_use = "a builder is not a channel yet"]
pub struct ChannelBuilder {
    max_bytes: usize,
    heartbeat: Option<Duration>,
    framing: Framing,
    clock: Clock,
}

impl ChannelBuilder {
    /// Sets how many bytes may wait for the client before senders do: 64 KiB by default. One event always goes, of
    /// whatever size.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets after how long a silence a comment is sent: 15 seconds by default; `None` is never. 0 counts as 1
    /// millisecond.
    pub fn heartbeat(mut self, silence: Option<Duration>) -> Self {
        self.heartbeat = silence.map(|silence| silence.max(Duration::from_millis(1)));
        self
    }

    /// Sets how the runs are framed: [raw](Framing::Raw) by default.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets where the time is read: the system's monotonic clock by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The two ends.
    #[must_use]
    pub fn build(self) -> (Sender, Channel) {
        let shared = Arc::new(Shared {
            max_bytes: self.max_bytes,
            state: Mutex::new(State {
                senders: 1,
                ..State::default()
            }),
        });
        let channel = Channel {
            shared: Arc::clone(&shared),
            heartbeat: self.heartbeat,
            framing: self.framing,
            quiet_since: self.clock.now(),
            clock: self.clock,
            ended: false,
        };
        (Sender::new(shared), channel)
    }
}

pub(crate) struct Shared {
    max_bytes: usize,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) buffer: Vec<u8>,
    /// Nothing more is taken: a sender has closed it, or the other end is gone.
    pub(crate) closed: bool,
    pub(crate) senders: usize,
    pub(crate) reader: Option<Waker>,
    /// Senders that wait for room, or for the end.
    pub(crate) waiting: Vec<Waker>,
}

impl Shared {
    /// Takes a block, if there is room for it.
    pub(crate) fn try_push(&self, block: &[u8]) -> Result<bool, SendError> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(SendError::Closed);
        }
        if !state.buffer.is_empty() && state.buffer.len() + block.len() > self.max_bytes {
            return Ok(false);
        }
        state.buffer.extend_from_slice(block);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
        Ok(true)
    }
}

impl State {
    pub(crate) fn wait(&mut self, context: &Context<'_>) {
        if !self
            .waiting
            .iter()
            .any(|waker| waker.will_wake(context.waker()))
        {
            self.waiting.push(context.waker().clone());
        }
    }
}

pub(crate) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

/// The end of a [`channel`] that a client is served from, as a [`Subscription`](crate::Subscription) is. Dropped, it
/// tells the senders.
pub struct Channel {
    shared: Arc<Shared>,
    heartbeat: Option<Duration>,
    framing: Framing,
    clock: Clock,
    quiet_since: Instant,
    ended: bool,
}

impl Channel {
    /// The same stream, framed so: whoever serves a connection knows better than whoever made the channel.
    #[must_use]
    pub fn framed(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// A channel in the making.
    pub fn builder() -> ChannelBuilder {
        ChannelBuilder {
            max_bytes: 64 << 10,
            heartbeat: Some(Duration::from_secs(15)),
            framing: Framing::Raw,
            clock: Clock::system(),
        }
    }

    /// All that waits, as one run of bytes; `None` when the stream has ended.
    pub fn poll_run(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = lock(&self.shared.state);
        if state.buffer.is_empty() && !state.closed {
            match &mut state.reader {
                Some(reader) => reader.clone_from(context.waker()),
                None => state.reader = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        let blocks = Bytes::from(mem::take(&mut state.buffer));
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        wake(waiting);
        self.quiet_since = self.clock.now();
        if !blocks.is_empty() {
            return Poll::Ready(Some(self.framing.wrap(blocks)));
        }
        let end = Bytes::from_static(self.framing.end());
        let is_over = self.ended || end.is_empty();
        self.ended = true;
        Poll::Ready(if is_over { None } else { Some(end) })
    }

    /// As [`poll_run`](Self::poll_run), for threads. It keeps the time itself.
    pub fn wait_run(&mut self) -> Option<Bytes> {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(run) = self.poll_run(&mut context) {
                return run;
            }
            let now = self.clock.now();
            match self
                .deadline()
                .map(|deadline| deadline.saturating_duration_since(now))
            {
                None => thread::park(),
                Some(left) if left.is_zero() => self.handle_timeout(now),
                Some(left) => thread::park_timeout(left),
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if it is not to be called.
    ///
    /// Read it again after each poll.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let heartbeat = self.heartbeat?;
        let state = lock(&self.shared.state);
        let is_quiet = state.buffer.is_empty() && !state.closed;
        is_quiet.then(|| self.quiet_since + heartbeat)
    }

    /// Time has passed. Call it when the [`deadline`](Self::deadline) is reached, and then poll.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            lock(&self.shared.state).buffer.extend_from_slice(b":\n\n");
        }
    }

    /// The time, as the channel's clock has it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.closed = true;
        state.buffer = Vec::new();
        let reader = state.reader.take();
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        drop(reader);
        wake(waiting);
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.shared.state);
        f.debug_struct("Channel")
            .field("waiting_bytes", &state.buffer.len())
            .field("closed", &state.closed)
            .field("framing", &self.framing)
            .finish()
    }
}
