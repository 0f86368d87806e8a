//! The machine: its inputs and its outputs.

use alloc::collections::VecDeque;
use alloc::string::String;
use core::fmt;

use super::config::Config;
use super::error::{Cause, TransportError, TransportErrorKind};
use super::exchange::{Action, Attempt, Prepared, ReadyState, Verdict};
use super::item::SourceItem;
use super::received::Received;
use super::retry::{Random, Reconnection};
use super::state::State;
use super::url::Url;
use crate::codec::Decoder;
use crate::head::ResponseHead;
use crate::time::Instant;

/// A client that stays connected to an event stream, as a machine without input and output of its own.
///
/// **One input → drain [`poll_action`](Self::poll_action) and [`poll_item`](Self::poll_item) → read
/// [`deadline`](Self::deadline) again → wait.** The [module](super) has an example.
pub struct EventSource {
    pub(super) config: Config,
    pub(super) decoder: Decoder,
    pub(super) reconnection: Reconnection,
    pub(super) state: State,
    /// The current attempt, or the latest where none is under way.
    pub(super) attempt: Attempt,
    /// The URL after redirects, and its origin.
    pub(super) url: Url,
    origin: String,
    /// A stream was open at any time.
    pub(super) was_open: bool,
    /// What the decoder held when the latest stream ended.
    pub(super) discarded: usize,
    /// The last event ID that was reported as one that no header can carry.
    pub(super) unsendable_id: Option<String>,
    pub(super) actions: VecDeque<Action>,
    pub(super) items: VecDeque<SourceItem>,
}

impl EventSource {
    /// A source that connects at once: **drain its outputs.**
    ///
    /// The seed is for the jitter of the delays. Give each source another one, or a fixed one in a test.
    #[must_use]
    pub fn new(config: Config, seed: u64, now: Instant) -> Self {
        let mut reconnection = config.reconnection.clone();
        reconnection.random = Random(seed);
        let mut source = Self {
            decoder: config.decoder.clone(),
            reconnection,
            state: State::Closed,
            attempt: Attempt(0),
            url: config.url.clone(),
            origin: config.url.origin(),
            was_open: false,
            discarded: 0,
            unsendable_id: None,
            actions: VecDeque::new(),
            items: VecDeque::new(),
            config,
        };
        source.begin_attempt(now);
        source
    }

    /// What to do next; `None` when there is nothing to do.
    ///
    /// **Drain it after every input, in order, before waiting.**
    #[inline]
    #[must_use = "what is not done is lost"]
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// What there is to know next, beside what the stream says; `None` when there is nothing new.
    ///
    /// **Drain it after every input, in order, before waiting.**
    #[inline]
    #[must_use = "what is not looked at is lost"]
    pub fn poll_item(&mut self) -> Option<SourceItem> {
        self.items.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if nothing is waited for but the transport and the
    /// program.
    ///
    /// **Read it again after every input: each may move it.**
    #[inline]
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.state.deadline(self.config.idle_timeout)
    }

    /// The answer to [`Action::Prepare`]: what the attempt says beyond the configuration, or why there is none, in
    /// which case the source closes.
    ///
    /// **Then drain the outputs.**
    pub fn handle_prepared(
        &mut self,
        now: Instant,
        attempt: Attempt,
        prepared: Result<Prepared, String>,
    ) {
        if attempt != self.attempt || !matches!(self.state, State::Preparing) {
            return;
        }
        match prepared {
            Ok(prepared) => self.prepared(now, prepared),
            Err(reason) => self.end(now, Cause::Prepare(reason)),
        }
    }

    /// The head of the response has arrived.
    ///
    /// **Then drain the outputs**, before any of the body is read: they say whether the body is wanted.
    pub fn handle_response_head(&mut self, now: Instant, attempt: Attempt, head: ResponseHead) {
        if attempt == self.attempt && matches!(self.state, State::Connecting { .. }) {
            self.response_head(now, head);
        }
    }

    /// The answer to [`Action::Validate`].
    ///
    /// **Then drain the outputs.**
    pub fn handle_verdict(&mut self, now: Instant, attempt: Attempt, verdict: Verdict) {
        if attempt == self.attempt && matches!(self.state, State::Validating { .. }) {
            self.verdict(now, verdict);
        }
    }

    /// A part of the response's body has arrived, cut anywhere.
    ///
    /// What it says comes out of what is returned, which acts on reconnection times as it goes. **Then drain the
    /// outputs.** While a response is validated its body is not read: what is handed in then is lost.
    ///
    /// Where there is no [`deadline`](Self::deadline), the time is not looked at, and need not be asked for.
    #[inline]
    pub fn handle_data<'m, 'c>(
        &'m mut self,
        now: Instant,
        attempt: Attempt,
        chunk: &'c [u8],
    ) -> Received<'m, 'c> {
        if attempt != self.attempt {
            return Received::nothing();
        }
        let State::Open { heard, .. } = &mut self.state else {
            self.refusal_data(now, chunk);
            return Received::nothing();
        };
        if !chunk.is_empty() {
            *heard = now;
        }
        Received::new(self.decoder.feed(chunk), &mut self.reconnection)
    }

    /// The response's body has ended in good order.
    ///
    /// **Then drain the outputs.**
    pub fn handle_eof(&mut self, now: Instant, attempt: Attempt) {
        let cause = match self.state {
            State::Connecting { .. } => Cause::Transport(TransportError::new(
                TransportErrorKind::Broken,
                "it ended before a response arrived",
            )),
            _ => Cause::Ended,
        };
        self.exchange_ended(now, attempt, cause);
    }

    /// The exchange has failed: no connection, no response, or the body broke off.
    ///
    /// **Then drain the outputs.**
    pub fn handle_error(&mut self, now: Instant, attempt: Attempt, error: TransportError) {
        self.exchange_ended(now, attempt, Cause::Transport(error));
    }

    fn exchange_ended(&mut self, now: Instant, attempt: Attempt, cause: Cause) {
        let under_way = !matches!(
            self.state,
            State::Preparing | State::Waiting { .. } | State::Closed
        );
        if attempt == self.attempt && under_way {
            self.withdraw();
            self.end(now, cause);
        }
    }

    /// Time has passed. Call it when the [`deadline`](Self::deadline) is reached; earlier, it changes nothing.
    ///
    /// A clock that jumps ahead makes one deadline pass, once. **Then drain the outputs.**
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.deadline_passed(now);
        }
    }

    /// Connects at once, whatever is under way, and forgets the failures: for when the program knows better, such as
    /// that the network is back.
    ///
    /// A closed source stays closed. **Then drain the outputs.**
    pub fn reconnect(&mut self, now: Instant) {
        if let State::Closed = self.state {
            return;
        }
        self.abort();
        self.leave();
        self.reconnection.forget_failures();
        self.reconnection.event_seen = false;
        self.begin_attempt(now);
    }

    /// Closes the source for good; a second time it changes nothing.
    ///
    /// **Then drain the outputs.**
    pub fn close(&mut self) {
        if let State::Closed = self.state {
            return;
        }
        self.abort();
        self.leave();
        self.say(SourceItem::Closed);
    }

    /// Whether the source is connecting, open or closed.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.state.ready_state()
    }

    /// The last event ID that the stream has set, or the configured one; empty if there is none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// How many bytes of an unfinished event the latest stream ended with, which were discarded as the standard has it;
    /// 0 if it ended between two events, and while one is open.
    #[must_use]
    pub fn discarded_bytes(&self) -> usize {
        self.discarded
    }

    /// The origin of the URL after redirects, which the standard gives each event: `https://example.com`, with a port
    /// where it is not the usual one.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The URL after redirects, of the current attempt or the latest.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(super) fn set_url(&mut self, url: Url) {
        self.origin = url.origin();
        self.url = url;
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("state", &format_args!("{}", self.state.name()))
            .field("attempt", &self.attempt.0)
            .field("url", &self.url)
            .field("last_event_id", &self.last_event_id())
            .field("reconnection_time", &self.reconnection.time)
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}
