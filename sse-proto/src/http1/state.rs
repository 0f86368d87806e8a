//! The states, and the ways between them.
//!
//! What happens in a state at an input, with what is put out; "–" changes nothing. A request is *open* while it waits
//! for its response: in Offered, Body and Waiting.
//!
//! | | Idle | Head | Offered | Body | Waiting | Streaming | Lingering | Closed |
//! |---|---|---|---|---|---|---|---|---|
//! | data: blank lines | – | as they come in a head | kept | Body: Body | kept | discarded | discarded | – |
//! | data: a part of a request | Head | Head | kept | Body: Body | kept | discarded | discarded | – |
//! | data: the rest of a request | Waiting: Request, End | Waiting: Request, End | kept | Waiting: Body, End | kept | discarded | discarded | – |
//! | data: the rest of a head, a body behind it | Offered: Request | Offered: Request | kept | is the body | kept | discarded | discarded | – |
//! | data: what has to be refused | Lingering: Write, ShutDown, Refused | the same | kept | the same | kept | discarded | discarded | – |
//! | data: more than is held or discarded | is refused before | is refused before | Offered: overrun | is a piece after the other | Waiting: overrun | Closed: Close, Gone | Closed: Close | – |
//! | end | Closed: Close | Closed: Write, ShutDown, Close, Refused | kept | Closed: Write, ShutDown, Close, Refused | kept | Closed: Close, Gone | Closed: Close | – |
//! | error | Closed: Close | Closed: Close | Closed: Close, Gone | Closed: Close, Gone | Closed: Close, Gone | Closed: Close, Gone | Closed: Close | – |
//! | deadline | Closed: Close | Lingering: Write, ShutDown, Refused | none is set | Lingering: Write, ShutDown, Refused | none is set | none is set | Closed: Close | none is set |
//! | read the body | – | – | Body: Write where 100 is expected | – | – | – | – | – |
//! | respond | error | error | Lingering: Write, ShutDown | Lingering: Write, ShutDown | Idle: Write; or Lingering: Write, ShutDown | error | error | error |
//! | begin a stream | error | error | Streaming: Write | Streaming: Write | Streaming: Write | error | error | error |
//! | begin a stream, of HEAD | error | error | as respond | as respond | as respond | error | error | error |
//! | end the stream | – | – | – | – | – | Lingering: Write where chunked, ShutDown | – | – |
//! | close when idle | Closed: Close | noted | noted | noted | noted | – | – | – |
//!
//! What is kept is looked at when the state is left: behind a response that leads to Idle comes the next request, if it
//! has arrived. Where the client's end has come before, Lingering is Closed with Close, and Streaming is Closed with
//! Close and Gone. The same end, or an overrun, is acted on where what was kept does not suffice.

use core::mem;

use bytes::{Bytes, BytesMut};

use super::body::Body;
use super::connection::{Connection, Inbox};
use super::exchange::{Departure, Version};
use super::fault::Fault;
use super::request_head::{Parsed, Scan};
use super::response_head::{self, Behind, Length};
use crate::framing::Framing;
use crate::head::ResponseHead;
use crate::time::Instant;

#[derive(Debug)]
pub(super) enum State {
    /// Nothing of a request has arrived.
    Idle { deadline: Instant },
    /// The head of a request is arriving.
    Head { scan: Scan, deadline: Instant },
    /// A request with a body is before the program, which has not asked for the body.
    Offered {
        exchange: Exchange,
        body: Body,
        expects_continue: bool,
    },
    /// The body of a request is arriving.
    Body {
        exchange: Exchange,
        body: Body,
        deadline: Instant,
    },
    /// A request is complete, and its response is waited for.
    Waiting { exchange: Exchange },
    /// A stream is under way.
    Streaming { framing: Framing, discarded: usize },
    /// Everything is said, and the client's end is waited for, from when the connection's own end was taken out.
    Lingering {
        deadline: Option<Instant>,
        discarded: usize,
    },
    /// Nothing will ever happen again.
    Closed,
}

/// What has to be known of a request to answer it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange {
    pub(super) version: Version,
    pub(super) head_only: bool,
    pub(super) keep_alive: bool,
}

impl State {
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Idle { deadline } | Self::Head { deadline, .. } | Self::Body { deadline, .. } => {
                Some(*deadline)
            }
            Self::Lingering { deadline, .. } => *deadline,
            Self::Offered { .. } | Self::Waiting { .. } | Self::Streaming { .. } | Self::Closed => {
                None
            }
        }
    }

    /// The request that waits for its response.
    pub(super) fn open(&self) -> Option<Exchange> {
        match self {
            Self::Offered { exchange, .. }
            | Self::Body { exchange, .. }
            | Self::Waiting { exchange } => Some(*exchange),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Idle { .. } => "Idle",
            Self::Head { .. } => "Head",
            Self::Offered { .. } => "Offered",
            Self::Body { .. } => "Body",
            Self::Waiting { .. } => "Waiting",
            Self::Streaming { .. } => "Streaming",
            Self::Lingering { .. } => "Lingering",
            Self::Closed => "Closed",
        }
    }
}

/// The ways between the states.
impl Connection {
    /// Looks at what has arrived, as far as it goes.
    pub(super) fn advance(&mut self, now: Instant) {
        loop {
            let moved = match &mut self.state {
                State::Idle { .. } => self.begin_head(now),
                State::Head { scan, .. } => match scan.advance(&self.input, &self.config) {
                    Ok(None) => false,
                    Ok(Some(length)) => {
                        let head = self.input.split_to(length);
                        match scan.parse(&head, &self.config) {
                            Ok(parsed) => self.offer(parsed),
                            Err(fault) => self.refuse(fault),
                        }
                        true
                    }
                    Err(fault) => {
                        self.refuse(fault);
                        true
                    }
                },
                State::Body { exchange, body, .. } => {
                    let exchange = *exchange;
                    let output = &mut self.inbox.body;
                    match body.decode(&mut self.input, output, &self.config) {
                        Ok(false) => false,
                        Ok(true) => {
                            self.inbox.ended = true;
                            self.state = State::Waiting { exchange };
                            true
                        }
                        Err(fault) => {
                            self.refuse(fault);
                            true
                        }
                    }
                }
                _ => return self.give_back(),
            };
            if !moved {
                return self.starve();
            }
        }
    }

    /// Passes over blank lines, which some clients leave behind a body.
    fn begin_head(&mut self, now: Instant) -> bool {
        loop {
            match &self.input[..] {
                [b'\n', ..] => drop(self.input.split_to(1)),
                [b'\r', b'\n', ..] => drop(self.input.split_to(2)),
                [] | [b'\r'] => return false,
                _ => break,
            }
        }
        let deadline = now + self.config.header_timeout;
        let scan = Scan::default();
        self.state = State::Head { scan, deadline };
        true
    }

    /// More is needed, which does not come if the client has ended, or was not heard.
    fn starve(&mut self) {
        let fault = match self.state {
            _ if self.overrun => Fault::Overrun,
            State::Idle { .. } if self.eof => return self.close(),
            _ if self.eof => Fault::Truncated,
            _ => return self.give_back(),
        };
        self.refuse(fault);
    }

    /// A buffer that holds nothing costs nothing.
    fn give_back(&mut self) {
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
    }

    fn offer(&mut self, parsed: Parsed) {
        let request = parsed.request;
        let exchange = Exchange {
            version: request.version,
            head_only: request.head.method == "HEAD",
            keep_alive: parsed.keep_alive,
        };
        self.state = match request.body.body() {
            None => {
                self.inbox.ended = true;
                State::Waiting { exchange }
            }
            Some(body) => State::Offered {
                exchange,
                body,
                expects_continue: parsed.expects_continue,
            },
        };
        self.inbox.request = Some(request);
    }

    pub(super) fn begin_body(&mut self, now: Instant) {
        let taken = mem::replace(&mut self.state, State::Closed);
        let State::Offered {
            exchange,
            body,
            expects_continue,
        } = taken
        else {
            self.state = taken;
            return;
        };
        // A client that has begun to send does not wait to be told.
        if expects_continue && self.input.is_empty() {
            let proceed = Bytes::from_static(b"HTTP/1.1 100 Continue\r\n\r\n");
            self.outbox.writes.push_back(proceed);
        }
        let deadline = now + self.config.body_timeout;
        self.state = State::Body {
            exchange,
            body,
            deadline,
        };
        self.advance(now);
    }

    /// Says what is wrong, and ends the connection.
    pub(super) fn refuse(&mut self, fault: Fault) {
        self.inbox.refused = Some(fault);
        let text = alloc::format!("{fault}\n");
        let headers = [("Content-Type", "text/plain; charset=utf-8")];
        let head = ResponseHead::new(fault.status(), headers);
        let length = Length::Known(text.len());
        if let Ok(mut response) = response_head::encode(&head, length, Behind::Close) {
            let head_only = self.state.open().is_some_and(|open| open.head_only);
            if !head_only {
                response.extend_from_slice(text.as_bytes());
            }
            self.outbox.writes.push_back(response.into());
        }
        self.linger();
    }

    /// Everything is said. What has arrived behind it is discarded.
    pub(super) fn linger(&mut self) {
        let behind = mem::take(&mut self.input).len();
        self.outbox.shut_down = true;
        if self.eof {
            return self.close();
        }
        self.state = State::Lingering {
            deadline: None,
            discarded: 0,
        };
        self.discard(behind);
    }

    /// The response is a stream from here on. What has arrived behind its request is discarded.
    pub(super) fn stream(&mut self, framing: Framing) {
        let behind = mem::take(&mut self.input).len();
        self.inbox = Inbox::default();
        self.state = State::Streaming {
            framing,
            discarded: 0,
        };
        if self.eof {
            return self.depart(Departure::Closed);
        }
        self.discard(behind);
    }

    /// Something arrived that nobody listens to; too much of it ends the connection.
    pub(super) fn discard(&mut self, bytes: usize) {
        let most = self.config.max_discarded_bytes;
        match &mut self.state {
            State::Streaming { discarded, .. } => {
                *discarded = discarded.saturating_add(bytes);
                if *discarded > most {
                    self.depart(Departure::Chattered);
                }
            }
            State::Lingering { discarded, .. } => {
                *discarded = discarded.saturating_add(bytes);
                if *discarded > most {
                    self.close();
                }
            }
            _ => {}
        }
    }

    pub(super) fn depart(&mut self, departure: Departure) {
        self.inbox.gone = Some(departure);
        self.close();
    }

    pub(super) fn close(&mut self) {
        self.input = BytesMut::new();
        self.outbox.close = true;
        self.state = State::Closed;
    }

    pub(super) fn deadline_passed(&mut self) {
        match self.state {
            State::Head { .. } => self.refuse(Fault::HeaderTimeout),
            State::Body { .. } => self.refuse(Fault::BodyTimeout),
            State::Idle { .. } | State::Lingering { .. } => self.close(),
            State::Offered { .. }
            | State::Waiting { .. }
            | State::Streaming { .. }
            | State::Closed => {}
        }
    }

    /// The response to the open request is out.
    pub(super) fn responded(&mut self, now: Instant, keep: bool) {
        self.inbox = Inbox::default();
        if keep {
            let deadline = now + self.config.idle_timeout;
            self.state = State::Idle { deadline };
            self.advance(now);
        } else {
            self.linger();
        }
    }
}
