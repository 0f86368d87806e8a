//! The states, and the ways between them.
//!
//! What happens in a state at an input, with what is put out; "–" changes nothing. An input that names an attempt is
//! meant for the current one: in every state, that of another changes nothing.
//!
//! | | Preparing | Connecting | Validating | Refused | Open | Waiting | Closed |
//! |---|---|---|---|---|---|---|---|
//! | prepared | Connecting: Send | – | – | – | – | – | – |
//! | prepared: invalid, or not at all | Closed: Error, Closed | – | – | – | – | – | – |
//! | head: informational, but for 101 | – | – | – | – | – | – | – |
//! | head: event stream | – | Open: Open; or Validating: Validate | – | – | – | – | – |
//! | head: redirect | – | Connecting: Abort, Send | – | – | – | – | – |
//! | head: redirect that cannot be followed | – | Closed: Abort, Error, Closed | – | – | – | – | – |
//! | head: 204 | – | Closed: Abort, Error, Closed | – | – | – | – | – |
//! | head: any other | – | Refused | – | – | – | – | – |
//! | verdict: accept | – | – | Open: Open | – | – | – | – |
//! | verdict: reject | – | – | Refused | – | – | – | – |
//! | data | – | – | – | Refused; at 1 KiB, its end: Abort, Error | Open, and its items | – | – |
//! | end of the body | – | its end: Error | its end: Error | its end: Error | its end: Error | – | – |
//! | error | – | its end: Error | its end: Error | its end: Error | its end: Error | – | – |
//! | deadline | none is set | its end: Abort, Error | none is set | its end: Abort, Error | its end: Abort, Error | next attempt | none is set |
//! | reconnect | next attempt, after Abort | next attempt, after Abort | next attempt, after Abort | next attempt, after Abort | next attempt, after Abort | next attempt | – |
//! | close | Closed: Abort, Closed | Closed: Abort, Closed | Closed: Abort, Closed | Closed: Abort, Closed | Closed: Abort, Closed | Closed: Closed | – |
//!
//! The *end* of an attempt is Waiting where the source may connect again, else Closed, and then Closed is put out
//! behind the error. The *next attempt* is Preparing with Prepare where each attempt is prepared, else Connecting with
//! Send.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use super::error::{Cause, Refusal, SourceError, TransportErrorKind};
use super::event_source::EventSource;
use super::exchange::{Action, Attempt, Prepared, ReadyState, Request, Verdict};
use super::item::SourceItem;
use super::redirect::{self, RedirectError};
use super::request;
use super::trace;
use crate::head::ResponseHead;
use crate::media_type::is_event_stream;
use crate::time::Instant;

/// How much of the body of a refusal is kept.
const REFUSAL_BYTES: usize = 1024;

/// How long it is waited for.
const REFUSAL_TIME: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) enum State {
    /// The program is asked what the request shall say.
    Preparing,
    /// A request is sent, and the head of its response is waited for.
    Connecting {
        request: Request,
        redirects: u8,
        deadline: Option<Instant>,
    },
    /// The program is asked what it thinks of a response.
    Validating { head: ResponseHead },
    /// The response is not wanted, and the beginning of its body is read to say why.
    Refused {
        head: ResponseHead,
        fault: Fault,
        body: Vec<u8>,
        deadline: Instant,
    },
    /// Events arrive; the last bytes were heard at this time.
    Open { since: Instant, heard: Instant },
    /// The reconnection time passes.
    Waiting { until: Instant },
    /// Nothing will ever happen again.
    Closed,
}

/// What is wrong with a response.
#[derive(Debug)]
pub(super) enum Fault {
    Status,
    ContentType,
    Rejected(String),
}

impl State {
    pub(super) fn ready_state(&self) -> ReadyState {
        match self {
            Self::Open { .. } => ReadyState::Open,
            Self::Closed => ReadyState::Closed,
            _ => ReadyState::Connecting,
        }
    }

    #[inline]
    pub(super) fn deadline(&self, idle_timeout: Option<Duration>) -> Option<Instant> {
        match self {
            Self::Connecting { deadline, .. } => *deadline,
            Self::Refused { deadline, .. } => Some(*deadline),
            Self::Open { heard, .. } => idle_timeout.map(|timeout| *heard + timeout),
            Self::Waiting { until } => Some(*until),
            Self::Preparing | Self::Validating { .. } | Self::Closed => None,
        }
    }

    /// Something is under way for the current attempt.
    fn is_live(&self) -> bool {
        !matches!(self, Self::Waiting { .. } | Self::Closed)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Preparing => "Preparing",
            Self::Connecting { .. } => "Connecting",
            Self::Validating { .. } => "Validating",
            Self::Refused { .. } => "Refused",
            Self::Open { .. } => "Open",
            Self::Waiting { .. } => "Waiting",
            Self::Closed => "Closed",
        }
    }
}

/// The ways between the states. Each input was found to be for the current attempt.
impl EventSource {
    pub(super) fn begin_attempt(&mut self, now: Instant) {
        self.attempt = Attempt(self.attempt.0 + 1);
        if self.config.prepare_each_attempt {
            self.state = State::Preparing;
            self.actions.push_back(Action::Prepare(self.attempt));
        } else {
            self.prepared(now, Prepared::default());
        }
    }

    pub(super) fn prepared(&mut self, now: Instant, prepared: Prepared) {
        match request::build(&self.config, prepared, self.decoder.last_event_id()) {
            Err(reason) => self.end(now, Cause::Prepare(reason)),
            Ok((request, url)) => {
                self.report_unsendable_id();
                self.set_url(url);
                self.send(now, request, 0);
            }
        }
    }

    fn report_unsendable_id(&mut self) {
        let id = self.decoder.last_event_id();
        if request::can_be_sent(id) || self.unsendable_id.as_deref() == Some(id) {
            return;
        }
        self.unsendable_id = Some(id.into());
        self.say(SourceItem::Error(SourceError {
            cause: Cause::LastEventIdNotSendable,
            retry_in: Some(Duration::ZERO),
        }));
    }

    fn send(&mut self, now: Instant, request: Request, redirects: u8) {
        trace::sending(self.attempt, &request);
        self.actions
            .push_back(Action::Send(self.attempt, request.clone()));
        self.state = State::Connecting {
            request,
            redirects,
            deadline: self.config.connect_timeout.map(|timeout| now + timeout),
        };
    }

    /// The standard's "announce the connection", or why it fails.
    pub(super) fn response_head(&mut self, now: Instant, head: ResponseHead) {
        match head.status {
            // Switching protocols is no interim response, and was not asked for.
            100 | 102..=199 => {}
            200 => {
                let content_type = head.headers.get("content-type").unwrap_or_default();
                if !is_event_stream(content_type) {
                    self.refuse(now, head, Fault::ContentType);
                } else if self.config.validate_responses {
                    self.actions
                        .push_back(Action::Validate(self.attempt, head.clone()));
                    self.state = State::Validating { head };
                } else {
                    self.open(now, head);
                }
            }
            204 => {
                self.abort();
                self.end(now, Cause::NoContent);
            }
            status if redirect::is_redirect(status) => self.redirect(now, head),
            _ => self.refuse(now, head, Fault::Status),
        }
    }

    fn redirect(&mut self, now: Instant, head: ResponseHead) {
        self.abort();
        let State::Connecting {
            mut request,
            redirects,
            ..
        } = self.leave()
        else {
            return;
        };
        let limit = self.config.redirect_limit;
        let next = if redirects < limit {
            redirect::follow(&mut request, &self.url, &head)
        } else {
            Err(RedirectError::TooMany(limit))
        };
        match next {
            Err(error) => {
                let refusal = Refusal::of(head, Vec::new());
                self.end(now, Cause::Redirect { error, refusal });
            }
            Ok(url) => {
                self.attempt = Attempt(self.attempt.0 + 1);
                self.set_url(url);
                self.send(now, request, redirects + 1);
            }
        }
    }

    pub(super) fn verdict(&mut self, now: Instant, verdict: Verdict) {
        if let State::Validating { head } = self.leave() {
            match verdict {
                Verdict::Accept => self.open(now, head),
                Verdict::Reject(reason) => self.refuse(now, head, Fault::Rejected(reason)),
            }
        }
    }

    fn open(&mut self, now: Instant, head: ResponseHead) {
        self.was_open = true;
        self.discarded = 0;
        self.state = State::Open {
            since: now,
            heard: now,
        };
        self.say(SourceItem::Open(head));
    }

    fn refuse(&mut self, now: Instant, head: ResponseHead, fault: Fault) {
        self.state = State::Refused {
            head,
            fault,
            body: Vec::new(),
            deadline: now + REFUSAL_TIME,
        };
    }

    /// More of the body of a refusal.
    #[cold]
    pub(super) fn refusal_data(&mut self, now: Instant, chunk: &[u8]) {
        let State::Refused { body, .. } = &mut self.state else {
            return;
        };
        let room = REFUSAL_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == REFUSAL_BYTES {
            self.abort();
            self.end(now, Cause::Ended);
        }
    }

    pub(super) fn deadline_passed(&mut self, now: Instant) {
        let cause = match &self.state {
            State::Waiting { .. } => return self.begin_attempt(now),
            State::Connecting { .. } => {
                Cause::ConnectTimeout(self.config.connect_timeout.unwrap_or_default())
            }
            State::Open { .. } => Cause::Idle(self.config.idle_timeout.unwrap_or_default()),
            _ => Cause::Ended,
        };
        self.abort();
        self.end(now, cause);
    }

    /// The attempt is over: the standard's "reestablish the connection" or "fail the connection".
    ///
    /// A refusal ends for its own reason, whatever ended its body.
    pub(super) fn end(&mut self, now: Instant, cause: Cause) {
        let cause = match self.leave() {
            State::Refused {
                head, fault, body, ..
            } => refusal(head, fault, body),
            State::Open { since, .. } => {
                let open_for = now.saturating_duration_since(since);
                self.reconnection.stream_ended(open_for, &cause);
                cause
            }
            _ => cause,
        };
        // That nothing follows stands until the program's strategy says otherwise: it may panic.
        self.items.push_back(SourceItem::Closed);
        let retry_in = if self.may_retry(&cause) {
            self.reconnection.next_delay(&cause)
        } else {
            None
        };
        self.items.pop_back();
        self.say(SourceItem::Error(SourceError { cause, retry_in }));
        match retry_in {
            Some(delay) => self.state = State::Waiting { until: now + delay },
            None => self.say(SourceItem::Closed),
        }
    }

    fn may_retry(&self, cause: &Cause) -> bool {
        let may_pass = match cause {
            Cause::Transport(error) => error.kind != TransportErrorKind::Unsupported,
            Cause::Ended | Cause::Idle(_) | Cause::ConnectTimeout(_) => true,
            Cause::Status(refusal) => self.reconnection.statuses.contains(refusal.status),
            _ => false,
        };
        may_pass
            && self.config.reconnect
            && (self.was_open || self.config.retry_first)
            && (!self.reconnection.event_seen || self.config.is_repeatable())
    }

    pub(super) fn say(&mut self, item: SourceItem) {
        trace::saying(self.attempt, &item);
        self.items.push_back(item);
    }

    /// Has the transport drop what is under way, if it was told of it.
    pub(super) fn abort(&mut self) {
        if self.state.is_live() && !self.withdraw() {
            self.actions.push_back(Action::Abort(self.attempt));
        }
    }

    /// Takes back what the transport was not told yet; whether that was the beginning of the attempt.
    pub(super) fn withdraw(&mut self) -> bool {
        let attempt = self.attempt;
        let mut beginning = false;
        self.actions.retain(|action| match action {
            Action::Prepare(of) | Action::Send(of, _) if *of == attempt => {
                beginning = true;
                false
            }
            Action::Validate(of, _) => *of != attempt,
            _ => true,
        });
        beginning
    }

    /// Leaves the state for another, or for Closed if no other is set.
    pub(super) fn leave(&mut self) -> State {
        let state = mem::replace(&mut self.state, State::Closed);
        if let State::Open { .. } = state {
            self.discarded = self.decoder.buffered();
            self.decoder.reset();
        }
        state
    }
}

fn refusal(head: ResponseHead, fault: Fault, body: Vec<u8>) -> Cause {
    let refusal = Refusal::of(head, body);
    match fault {
        Fault::Status => Cause::Status(refusal),
        Fault::ContentType => Cause::ContentType(refusal),
        Fault::Rejected(reason) => Cause::Rejected { reason, refusal },
    }
}
