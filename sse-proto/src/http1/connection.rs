//! The machine: its inputs and its outputs.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use bytes::{Bytes, BytesMut};

use super::config::Config;
use super::exchange::{Action, ConnectionEvent, Departure, Request};
use super::fault::Fault;
use super::response_head::{self, Behind, InvalidResponse, Length};
use super::state::{Exchange, State};
use crate::framing::Framing;
use crate::head::{Response, ResponseHead};
use crate::time::Instant;

/// A body up to this size goes out in one piece with its head.
const JOINED_BODY: usize = 16 << 10;

/// The server's side of one HTTP/1.1 connection, as a machine without input and output of its own.
///
/// **One input → drain [`poll_action`](Self::poll_action) and [`poll_event`](Self::poll_event) → read
/// [`deadline`](Self::deadline) and [`wants_data`](Self::wants_data) again → wait.** The [module](super) has an example.
pub struct Connection {
    pub(super) config: Config,
    pub(super) state: State,
    /// What has arrived and was not looked at: less than the largest head.
    pub(super) input: BytesMut,
    /// The client has ended its half.
    pub(super) eof: bool,
    /// Something was handed in that there was no room for.
    pub(super) overrun: bool,
    /// The response at hand is the last one.
    last: bool,
    pub(super) inbox: Inbox,
    pub(super) outbox: Outbox,
}

/// What the program has not looked at, in this order.
#[derive(Default)]
pub(super) struct Inbox {
    pub(super) request: Option<Request>,
    pub(super) body: BytesMut,
    pub(super) ended: bool,
    pub(super) refused: Option<Fault>,
    pub(super) gone: Option<Departure>,
}

/// What is to be done, in this order.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) writes: VecDeque<Bytes>,
    pub(super) shut_down: bool,
    pub(super) close: bool,
}

impl Connection {
    /// A connection that was just accepted.
    #[must_use]
    pub fn new(config: Config, now: Instant) -> Self {
        let deadline = now + config.header_timeout;
        Self {
            config,
            state: State::Idle { deadline },
            input: BytesMut::new(),
            eof: false,
            overrun: false,
            last: false,
            inbox: Inbox::default(),
            outbox: Outbox::default(),
        }
    }

    /// What to do next; `None` when there is nothing to do.
    ///
    /// **Drain it after every input, in order, before waiting**, and do each before asking for the next: the time of
    /// [`Action::ShutDown`] is when the client's end begins to be waited for.
    #[must_use = "what is not done is lost"]
    pub fn poll_action(&mut self, now: Instant) -> Option<Action> {
        if let Some(bytes) = self.outbox.writes.pop_front() {
            if self.outbox.writes.is_empty() {
                self.outbox.writes = VecDeque::new();
            }
            return Some(Action::Write(bytes));
        }
        if mem::take(&mut self.outbox.shut_down) {
            if let State::Lingering { deadline, .. } = &mut self.state {
                *deadline = Some(now + self.config.linger_timeout);
            }
            return Some(Action::ShutDown);
        }
        mem::take(&mut self.outbox.close).then_some(Action::Close)
    }

    /// What there is to know next; `None` when there is nothing new.
    ///
    /// **Drain it after every input, in order, before waiting.** To answer a request drops what was not looked at of it.
    #[must_use = "what is not looked at is lost"]
    pub fn poll_event(&mut self) -> Option<ConnectionEvent> {
        let inbox = &mut self.inbox;
        if let Some(request) = inbox.request.take() {
            return Some(ConnectionEvent::Request(request));
        }
        if !inbox.body.is_empty() {
            let body = mem::take(&mut inbox.body);
            return Some(ConnectionEvent::Body(body.freeze()));
        }
        if mem::take(&mut inbox.ended) {
            return Some(ConnectionEvent::End);
        }
        if let Some(fault) = inbox.refused.take() {
            return Some(ConnectionEvent::Refused(fault));
        }
        inbox.gone.take().map(ConnectionEvent::Gone)
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if nothing is waited for but the program and the
    /// client of a stream.
    ///
    /// **Read it again after every input: each may move it.**
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.state.deadline()
    }

    /// Whether to read from the client: not while it has pipelined as much as is held, nor behind its end.
    ///
    /// **Read it again after every input.** Where it is `false`, the bytes are better left where they are: what is
    /// handed in beyond what is held is dropped, and the requests that it belongs to are refused.
    #[must_use]
    pub fn wants_data(&self) -> bool {
        let room = match self.state {
            State::Offered { .. } | State::Waiting { .. } => {
                self.input.len() < self.config.capacity()
            }
            State::Closed => false,
            _ => true,
        };
        room && !self.eof
    }

    /// Bytes have arrived from the client, cut anywhere.
    ///
    /// **Then drain the outputs.**
    pub fn handle_data(&mut self, now: Instant, data: &[u8]) {
        let mut rest = data;
        while !rest.is_empty() && !self.eof {
            if let State::Streaming { .. } | State::Lingering { .. } | State::Closed = self.state {
                return self.discard(rest.len());
            }
            let room = self.config.capacity().saturating_sub(self.input.len());
            let (piece, behind) = rest.split_at(room.min(rest.len()));
            if piece.is_empty() || self.overrun {
                self.overrun = true;
                return;
            }
            self.input.extend_from_slice(piece);
            self.advance(now);
            rest = behind;
        }
    }

    /// The client has ended its half of the connection.
    ///
    /// Requests that are complete are still answered; the client of a stream is gone. **Then drain the outputs.**
    pub fn handle_eof(&mut self, now: Instant) {
        if mem::replace(&mut self.eof, true) {
            return;
        }
        match self.state {
            State::Streaming { .. } => self.depart(Departure::Closed),
            State::Lingering { .. } => self.close(),
            State::Idle { .. } | State::Head { .. } | State::Body { .. } => self.advance(now),
            State::Offered { .. } | State::Waiting { .. } | State::Closed => {}
        }
    }

    /// The connection has failed, in reading or in writing. What is still to be written is dropped.
    ///
    /// **Then drain the outputs.**
    pub fn handle_error(&mut self) {
        self.outbox.writes = VecDeque::new();
        self.outbox.shut_down = false;
        match self.state {
            State::Closed => {}
            State::Idle { .. } | State::Head { .. } | State::Lingering { .. } => self.close(),
            _ => self.depart(Departure::Broken),
        }
    }

    /// Time has passed. Call it when the [`deadline`](Self::deadline) is reached; earlier, it changes nothing.
    ///
    /// **Then drain the outputs.**
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.deadline_passed();
        }
    }

    /// Asks for the body of the request at hand, which is not read otherwise; without one it changes nothing.
    ///
    /// A client that waits for `100 Continue` is sent it. **Then drain the outputs.**
    pub fn read_body(&mut self, now: Instant) {
        self.begin_body(now);
    }

    /// Answers the request at hand with a whole response: its length, and the body unless the request is a `HEAD`.
    ///
    /// The connection is kept for the next request unless the client wants otherwise, or not all of the request was
    /// read. **Then drain the outputs.**
    ///
    /// # Errors
    ///
    /// If no request waits for a response, which happens to a late answer; or if the response cannot be sent, and
    /// then nothing of it was.
    pub fn respond(&mut self, now: Instant, response: Response) -> Result<(), InvalidResponse> {
        let exchange = self.state.open().ok_or(InvalidResponse::NoRequest)?;
        let Response { head, body } = response;
        let length = if !response_head::is_bodyless(head.status) {
            Length::Known(body.len())
        } else if body.is_empty() {
            Length::Bodyless
        } else {
            return Err(InvalidResponse::Body(head.status));
        };
        let body = if exchange.head_only {
            Bytes::new()
        } else {
            body
        };
        let keep = self.keeps(exchange);
        let head = response_head::encode(&head, length, behind(keep, exchange))?;
        self.write(head, body);
        self.responded(now, keep);
        Ok(())
    }

    /// Answers the request at hand with the beginning of a stream, and says how to frame what you write behind it;
    /// `None` if the request is a `HEAD`, which is answered by this.
    ///
    /// From here on the stream is yours: drain the outputs, and then write frames until you call
    /// [`end_stream`](Self::end_stream). The connection only tells when the client is gone, discards what it sends, and
    /// holds no memory beside its own few words. It ends with the stream.
    ///
    /// # Errors
    ///
    /// As [`respond`](Self::respond); also for a status that has no body.
    pub fn begin_stream(
        &mut self,
        now: Instant,
        head: &ResponseHead,
    ) -> Result<Option<Framing>, InvalidResponse> {
        let exchange = self.state.open().ok_or(InvalidResponse::NoRequest)?;
        if response_head::is_bodyless(head.status) {
            return Err(InvalidResponse::Body(head.status));
        }
        let framing = exchange.version.framing();
        let length = match framing {
            Framing::Chunked => Length::Chunked,
            Framing::Raw => Length::Close,
        };
        if exchange.head_only {
            let keep = self.keeps(exchange);
            let head = response_head::encode(head, length, behind(keep, exchange))?;
            self.write(head, Bytes::new());
            self.responded(now, keep);
            return Ok(None);
        }
        let head = response_head::encode(head, length, Behind::Close)?;
        self.write(head, Bytes::new());
        self.stream(framing);
        Ok(Some(framing))
    }

    /// Ends the stream in good order; without one it changes nothing.
    ///
    /// Write what is left of it first. **Then drain the outputs.**
    pub fn end_stream(&mut self) {
        if let State::Streaming { framing, .. } = self.state {
            self.write(Vec::new(), Bytes::from_static(framing.end()));
            self.linger();
        }
    }

    /// As [`end_stream`](Self::end_stream), where you have written what [ends](Framing::end) the stream yourself.
    pub fn stream_ended(&mut self) {
        if let State::Streaming { .. } = self.state {
            self.linger();
        }
    }

    /// Lets the response at hand be the last one; a connection without a request closes at once.
    ///
    /// A stream goes on until it is [ended](Self::end_stream). **Then drain the outputs.**
    pub fn close_when_idle(&mut self) {
        self.last = true;
        if let State::Idle { .. } = self.state {
            self.close();
        }
    }

    /// How many bytes are held of what has arrived, and of what is to be written.
    #[must_use]
    pub fn buffered(&self) -> usize {
        let written: usize = self.outbox.writes.iter().map(Bytes::len).sum();
        self.input.len() + self.inbox.body.len() + written
    }

    /// Whether the connection can take another request behind this one.
    fn keeps(&self, exchange: Exchange) -> bool {
        let complete = matches!(self.state, State::Waiting { .. });
        exchange.keep_alive && complete && !self.last
    }

    fn write(&mut self, mut head: Vec<u8>, body: Bytes) {
        if !head.is_empty() && body.len() <= JOINED_BODY {
            head.extend_from_slice(&body);
            self.outbox.writes.push_back(head.into());
            return;
        }
        let pieces = [head.into(), body];
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
        self.outbox.writes.extend(pieces);
    }
}

fn behind(keep: bool, exchange: Exchange) -> Behind {
    if keep {
        Behind::Keep(exchange.version)
    } else {
        Behind::Close
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("state", &format_args!("{}", self.state.name()))
            .field("buffered", &self.buffered())
            .field("eof", &self.eof)
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}
