//! The stream that a program reads.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use sse_proto::Instant;
#[cfg(doc)]
use sse_proto::MessageEvent;
use sse_proto::source::{
    Action, Attempt, Config, EventSource as Machine, InvalidUrl, ReadyState, SourceItem,
};

use crate::builder::{Builder, Prepare, Validate};
use crate::exchange::{Exchange, Input, http_request};
use crate::messages::{Messages, SourceMessages};
use crate::runtime::Runtime;
use crate::timer::Timer;
use crate::transport::Transport;

/// How many items are decoded ahead of the program: each has its last event ID, which may be long.
const QUEUED_ITEMS: usize = 64;

/// A client that stays connected to an event stream, and resumes where it was.
///
/// It is a [`Stream`] of [`SourceItem`]s, and works only while it is polled: the first poll connects. Dropping it
/// drops the connection. It must be polled where its runtime runs.
pub struct EventSource<R: Runtime> {
    machine: Machine,
    transport: Box<dyn Transport>,
    prepare: Option<Prepare>,
    validate: Option<Validate>,
    exchange: Option<Exchange>,
    /// What a chunk said that was not taken yet.
    items: VecDeque<SourceItem>,
    timer: Timer<R::Clock>,
    /// The program's own code is asked; still so when the source is polled, it has panicked.
    is_asking: bool,
    is_over: bool,
}

impl<R: Runtime> EventSource<R> {
    /// A source of this URL that behaves as the standard says.
    ///
    /// # Errors
    ///
    /// The URL must be absolute, and `http` or `https`.
    pub fn connect(url: impl Into<String>) -> Result<Self, InvalidUrl> {
        Ok(Self::builder(url)?.build())
    }

    /// A source of this URL that behaves as you say.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_tokio::{EventSource, StatusRetry};
    ///
    /// let source = EventSource::builder("http://api.example.com/v1/answers")?
    ///     .header("Authorization", "Bearer 123")?
    ///     .header("Content-Type", "application/json")?
    ///     .body(r#"{"stream":true}"#)
    ///     .retry_statuses(StatusRetry::transient())
    ///     .idle_timeout(Some(Duration::from_secs(45)))
    ///     .build();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The URL must be absolute, and `http` or `https`.
    pub fn builder(url: impl Into<String>) -> Result<Builder<R>, InvalidUrl> {
        Config::new(url).map(Builder::from)
    }

    pub(crate) fn new(
        config: Config,
        transport: Box<dyn Transport>,
        prepare: Option<Prepare>,
        validate: Option<Validate>,
    ) -> Self {
        let config = config
            .prepare_each_attempt(prepare.is_some())
            .validate_responses(validate.is_some());
        Self {
            machine: Machine::new(config, fastrand::u64(..), Instant::default()),
            transport,
            prepare,
            validate,
            exchange: None,
            items: VecDeque::new(),
            timer: Timer::new(),
            is_asking: false,
            is_over: false,
        }
    }

    /// The next thing that happens; `None` when the source is closed.
    ///
    /// Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Option<SourceItem> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// The messages alone, and the error that ends them.
    pub fn messages(self) -> Messages<SourceMessages<R>> {
        SourceMessages::messages(self)
    }

    /// Whether the source is connecting, open or closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.machine.ready_state()
    }

    /// The last event ID that has arrived, or the configured one; empty if there is none.
    ///
    /// It may be that of a message that was not taken yet. To remember how far a program has come, take the
    /// [`last_event_id`](MessageEvent::last_event_id) of the message that it is done with.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.machine.last_event_id()
    }

    /// How many bytes of an unfinished event the latest stream ended with, which were discarded as the standard has it;
    /// 0 if it ended between two events, and while one is open.
    #[must_use]
    pub fn discarded_bytes(&self) -> usize {
        self.machine.discarded_bytes()
    }

    /// The origin of the URL after redirects, such as `https://example.com`.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.machine.origin()
    }

    /// The URL after redirects.
    #[must_use]
    pub fn url(&self) -> &str {
        self.machine.url()
    }

    /// Drops the connection, or ends the wait for one, and connects at once: for when the program knows better, such
    /// as that the network is back. What arrived before is still given.
    pub fn reconnect(&mut self) {
        self.machine.reconnect(self.timer.now());
        self.act();
    }

    /// Drops the connection, for good. What arrived before is still given, and then [`SourceItem::Closed`].
    pub fn close(&mut self) {
        self.machine.close();
        self.act();
    }

    /// Does what the machine wants done.
    fn act(&mut self) {
        self.is_asking = true;
        while let Some(action) = self.machine.poll_action() {
            match action {
                Action::Prepare(attempt) => {
                    let prepared = self.prepare.as_mut().map(|prepare| prepare(attempt));
                    let prepared =
                        prepared.unwrap_or_else(|| Box::pin(async { Ok(<_>::default()) }));
                    self.exchange = Some(Exchange::prepare(attempt, prepared));
                }
                Action::Send(attempt, request) => {
                    let response = match http_request(request) {
                        Ok(request) => self.transport.send(request),
                        Err(error) => Box::pin(async { Err(error) }),
                    };
                    self.exchange = Some(Exchange::send(attempt, response));
                }
                Action::Validate(_, head) => {
                    if let (Some(exchange), Some(validate)) =
                        (self.exchange.take(), &mut self.validate)
                    {
                        self.exchange = Some(exchange.validate(validate(head)));
                    }
                }
                Action::Abort(attempt) => {
                    self.exchange
                        .take_if(|exchange| exchange.attempt == attempt);
                }
            }
        }
        self.is_asking = false;
    }

    /// The machine's contract: one input, its outputs, the deadline, and only then waiting.
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<SourceItem>> {
        if self.is_asking {
            self.close();
        }
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(item));
            }
            self.act();
            if let Some(item) = self.machine.poll_item() {
                self.is_over = item == SourceItem::Closed;
                return Poll::Ready(Some(item));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            if let Some(item) = ready!(self.poll_input(cx)) {
                return Poll::Ready(Some(item));
            }
        }
    }

    /// Waits for one input and hands it in. What there is to read comes before any timeout: that the program was
    /// busy is not the server's silence.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Option<SourceItem>> {
        if let Some(exchange) = &mut self.exchange {
            self.is_asking = true;
            let input = exchange.poll(cx);
            self.is_asking = false;
            if let Poll::Ready(input) = input {
                let attempt = exchange.attempt;
                return Poll::Ready(self.handle(attempt, input));
            }
        }
        let Some(deadline) = self.machine.deadline() else {
            self.timer.clear();
            return Poll::Pending;
        };
        ready!(self.timer.poll(deadline, cx));
        self.machine.handle_timeout(self.timer.now());
        Poll::Ready(None)
    }

    /// Hands an input in. What it says first need not wait with the rest.
    fn handle(&mut self, attempt: Attempt, input: Input) -> Option<SourceItem> {
        let machine = &mut self.machine;
        // Where nothing is due, the machine does not look at when a chunk came.
        let now = match input {
            Input::Data(_) if machine.deadline().is_none() => self.timer.last_seen(),
            _ => self.timer.now(),
        };
        match input {
            Input::Data(chunk) => {
                let mut items = machine.handle_data(now, attempt, &chunk);
                let first = items.next();
                self.items.extend(items.by_ref().take(QUEUED_ITEMS));
                let unread = chunk.slice_ref(items.remaining());
                if let Some(exchange) = &mut self.exchange {
                    exchange.unread = unread;
                }
                return first;
            }
            Input::Prepared(prepared) => machine.handle_prepared(now, attempt, prepared),
            Input::Head(head) => machine.handle_response_head(now, attempt, head),
            Input::Verdict(verdict) => machine.handle_verdict(now, attempt, verdict),
            Input::End => machine.handle_eof(now, attempt),
            Input::Error(error) => machine.handle_error(now, attempt, error),
        }
        None
    }
}

impl<R: Runtime> Stream for EventSource<R> {
    type Item = SourceItem;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SourceItem>> {
        self.get_mut().poll_item(cx)
    }
}

impl<R: Runtime> FusedStream for EventSource<R> {
    fn is_terminated(&self) -> bool {
        self.is_over && self.items.is_empty()
    }
}

impl<R: Runtime> fmt::Debug for EventSource<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventSource").field(&self.machine).finish()
    }
}
