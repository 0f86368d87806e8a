//! The client: the machine's loop on one thread.

mod builder;
mod channel;
mod handle;
#[cfg(feature = "json")]
mod json;
mod messages;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod wire;

use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::iter::FusedIterator;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use sse_proto::source::{
    Action, Attempt, InvalidUrl, ReadyState, Request, SourceItem, TransportError,
};
use ureq::BodyReader;

use builder::{Prepare, Validate};
use handle::Shared;
use transport::{Transport, read_error};

pub use builder::Builder;
pub use channel::Receiver;
pub use handle::Handle;
#[cfg(feature = "json")]
pub use json::Json;
pub use messages::Messages;
#[cfg(feature = "tls")]
pub use tls::InvalidCertificate;

/// How much of a body is read at once.
const CHUNK_BYTES: usize = 16 << 10;

/// How many items are decoded ahead of the program: each has its last event ID, which may be long.
const QUEUED_ITEMS: usize = 64;

/// A client that stays connected to an event stream: an iterator of what happens there.
///
/// It connects when it is first asked, and does everything on the thread that asks: nothing is read, and no connection
/// is made again, between two calls of `next`. What happens last is [`SourceItem::Closed`]; after that comes `None`.
///
/// Dropping it drops its connection.
///
/// ```no_run
/// use sse_blocking::{EventSource, SourceItem};
///
/// for item in EventSource::connect("https://example.com/prices")? {
///     match item {
///         SourceItem::Open(_) => println!("connected"),
///         SourceItem::Message(message) => println!("{}", message.data()),
///         SourceItem::Error(error) => eprintln!("{error}"),
///         _ => {}
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "it connects when it is asked for items"]
pub struct EventSource {
    shared: Arc<Shared>,
    transport: Transport,
    prepare: Prepare,
    validate: Validate,
    /// What the last chunk said.
    items: VecDeque<SourceItem>,
    /// What to send as soon as all that happened before is told.
    request: Option<(Attempt, Request)>,
    /// The response that is being read.
    response: Option<Response>,
    chunk: Box<[u8]>,
}

struct Response {
    attempt: Attempt,
    body: BodyReader<'static>,
    /// What the machine did not take yet of the chunk.
    unread: Range<usize>,
}

impl EventSource {
    /// A source that behaves as the standard says.
    ///
    /// # Errors
    ///
    /// The URL must be absolute, `http` or `https`, and have a host and no user name.
    pub fn connect(url: impl Into<String>) -> Result<Self, InvalidUrl> {
        Ok(Self::builder(url)?.build())
    }

    /// Begins a source that behaves in another way, or asks for something else.
    ///
    /// # Errors
    ///
    /// The URL must be absolute, `http` or `https`, and have a host and no user name.
    pub fn builder(url: impl Into<String>) -> Result<Builder, InvalidUrl> {
        Builder::new(url)
    }

    /// A hand on the source, for other threads.
    #[must_use]
    pub fn handle(&self) -> Handle {
        let shared = Arc::clone(&self.shared);
        Handle { shared }
    }

    /// Calls back with everything that happens until it breaks, and gives what it broke with; `None` if the source
    /// was closed first.
    ///
    /// ```no_run
    /// use sse_blocking::{EventSource, SourceItem};
    /// use std::ops::ControlFlow;
    ///
    /// let answer = EventSource::connect("https://example.com/")?.for_each(|item| match item {
    ///     SourceItem::Message(message) => ControlFlow::Break(message.into_data()),
    ///     _ => ControlFlow::Continue(()),
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_each<B>(mut self, callback: impl FnMut(SourceItem) -> ControlFlow<B>) -> Option<B> {
        self.try_for_each(callback).break_value()
    }

    /// Closes the source for good; [`SourceItem::Closed`] follows what was read before.
    pub fn close(&self) {
        self.handle().close();
    }

    /// Gives up the connection, or the wait for one, and connects at once; see [`Handle::reconnect`].
    pub fn reconnect(&self) {
        self.handle().reconnect();
    }

    /// Whether the source is connecting, open or closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.handle().ready_state()
    }

    /// The last event ID of what was read; see [`Handle::last_event_id`].
    #[must_use]
    pub fn last_event_id(&self) -> String {
        self.handle().last_event_id()
    }

    /// How many bytes of an unfinished event the latest stream ended with; see [`Handle::discarded_bytes`].
    #[must_use]
    pub fn discarded_bytes(&self) -> usize {
        self.handle().discarded_bytes()
    }

    /// The origin that the stream comes from, after redirects, such as `https://example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.handle().origin()
    }

    /// The URL that the stream comes from, after redirects.
    #[must_use]
    pub fn url(&self) -> String {
        self.handle().url()
    }

    /// Closes the source, and says no more of what was read.
    fn abandon(&mut self) {
        self.close();
        self.items.clear();
        self.response = None;
    }

    /// Does what the machine wants done, but for sending.
    fn act(&mut self) {
        loop {
            let mut state = self.shared.lock();
            let Some(action) = state.machine.poll_action() else {
                return;
            };
            match action {
                Action::Prepare(attempt) => {
                    drop(state);
                    let prepared = self.shared.ask(|| (self.prepare)(attempt));
                    let now = self.shared.now();
                    let machine = &mut self.shared.lock().machine;
                    machine.handle_prepared(now, attempt, prepared);
                }
                Action::Send(attempt, request) => {
                    // Still under the lock: an interruption is of what comes before, or of this.
                    self.shared.wire.begin();
                    self.request = Some((attempt, request));
                }
                Action::Validate(attempt, head) => {
                    drop(state);
                    let verdict = self.shared.ask(|| (self.validate)(&head));
                    let now = self.shared.now();
                    let machine = &mut self.shared.lock().machine;
                    machine.handle_verdict(now, attempt, verdict);
                }
                Action::Abort(_) => {
                    self.request = None;
                    self.response = None;
                }
            }
        }
    }

    /// Gives the machine its next input, and blocks until there is one.
    fn wait(&mut self) {
        if let Some((attempt, request)) = self.request.take() {
            self.send(attempt, &request);
        } else if let Some(response) = self.response.take() {
            self.read(response);
        } else {
            self.shared.wait();
        }
    }

    fn send(&mut self, attempt: Attempt, request: &Request) {
        self.shared.arm();
        match self.transport.send(request) {
            Ok((head, body)) => {
                let unread = 0..0;
                self.response = Some(Response {
                    attempt,
                    body,
                    unread,
                });
                let now = self.shared.now();
                let machine = &mut self.shared.lock().machine;
                machine.handle_response_head(now, attempt, head);
            }
            Err(error) => self.fail(attempt, error),
        }
    }

    fn read(&mut self, mut response: Response) {
        let attempt = response.attempt;
        if response.unread.is_empty() {
            self.shared.arm();
            match response.body.read(&mut self.chunk) {
                Ok(0) => {
                    let now = self.shared.now();
                    return self.shared.lock().machine.handle_eof(now, attempt);
                }
                Ok(length) => response.unread = 0..length,
                Err(error) => return self.fail(attempt, read_error(error)),
            }
        }
        let now = self.shared.now();
        let machine = &mut self.shared.lock().machine;
        let unread = &self.chunk[response.unread.clone()];
        let mut items = machine.handle_data(now, attempt, unread);
        self.items.extend(items.by_ref().take(QUEUED_ITEMS));
        response.unread.start = response.unread.end - items.remaining().len();
        self.response = Some(response);
    }

    /// Where the deadline has passed, that is why; otherwise, this error.
    fn fail(&mut self, attempt: Attempt, error: TransportError) {
        let now = self.shared.now();
        let machine = &mut self.shared.lock().machine;
        machine.handle_timeout(now);
        machine.handle_error(now, attempt, error);
    }
}

impl Iterator for EventSource {
    type Item = SourceItem;

    fn next(&mut self) -> Option<SourceItem> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(item);
            }
            self.act();
            let mut state = self.shared.lock();
            if let Some(item) = state.machine.poll_item() {
                return Some(item);
            }
            if state.machine.ready_state() == ReadyState::Closed {
                return None;
            } else {
                drop(state);
                self.wait();
            }
        }
    }
}

impl FusedIterator for EventSource {}

impl Drop for EventSource {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.lock();
        f.debug_tuple("EventSource").field(&state.machine).finish()
    }
}
