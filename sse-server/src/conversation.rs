//! One connection: requests in, responses and streams out.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use sse_hub::{Channel, Subscription};
use sse_proto::Instant;
use sse_proto::http1::{self, Action, Connection, ConnectionEvent};
use sse_proto::session::Refusal;

use crate::events::Answer;
use crate::request::Request;
use crate::router::{Answering, Router};

/// A connection of a server: what is read goes in, and what is to be done comes out.
///
/// **One input → [`poll_step`](Self::poll_step) until it is pending → read [`deadline`](Self::deadline) and
/// [`wants_data`](Self::wants_data) again → wait.**
pub struct Conversation {
    connection: Connection,
    router: Router,
    stage: Stage,
}

enum Stage {
    /// Between two requests.
    Listening,
    /// The body of a request is arriving.
    Receiving(http1::Request, BytesMut),
    /// The program is answering.
    Answering(Answering),
    /// A stream is under way; here is its subscription until the head is written.
    Streaming(Option<Subscription>),
    /// A stream for this client alone is under way; it says when its next heartbeat is due.
    Sending(Channel, Option<Instant>),
    /// The client is gone, or was refused: what is left is to close.
    Over,
}

/// What is to be done.
#[derive(Debug)]
pub enum Step {
    /// Write these bytes.
    Write(Bytes),
    /// Write what this subscription has until it ends, or the client [is gone](Conversation::is_over); then call
    /// [`end_stream`](Conversation::end_stream).
    Stream(Subscription),
    /// Shut down the writing half of the connection, and go on reading.
    ShutDown,
    /// Drop the connection. It is the last step.
    Close,
}

impl Conversation {
    /// A connection that was just accepted.
    #[must_use]
    pub fn new(router: Router, connection: Connection) -> Self {
        let stage = Stage::Listening;
        Self {
            connection,
            router,
            stage,
        }
    }

    /// Bytes have arrived.
    pub fn handle_data(&mut self, now: Instant, data: &[u8]) {
        self.connection.handle_data(now, data);
        self.listen(now);
    }

    /// The client has ended its half of the connection.
    pub fn handle_eof(&mut self, now: Instant) {
        self.connection.handle_eof(now);
        self.listen(now);
    }

    /// The connection has failed, in reading or in writing.
    pub fn handle_error(&mut self, now: Instant) {
        self.connection.handle_error();
        self.listen(now);
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.connection.handle_timeout(now);
        match &mut self.stage {
            Stage::Sending(channel, Some(beat_at)) if *beat_at <= now => {
                channel.handle_timeout(channel.now());
            }
            _ => {}
        }
        self.listen(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if nothing is waited for but the program, and the
    /// client of a stream.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let beat_at = match self.stage {
            Stage::Sending(_, beat_at) => beat_at,
            _ => None,
        };
        [self.connection.deadline(), beat_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether to read from the client.
    #[must_use]
    pub fn wants_data(&self) -> bool {
        self.connection.wants_data()
    }

    /// Whether the client is gone, or was refused. A stream that is under way is to be dropped.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// The subscription has ended in good order, and all that it had is written, its end among it.
    pub fn end_stream(&mut self) {
        self.connection.stream_ended();
    }

    /// Lets the response at hand be the last one; without a request, the connection ends.
    pub fn close_when_idle(&mut self) {
        self.connection.close_when_idle();
    }

    /// What is to be done next; pending when there is nothing, until more arrives or the program has answered.
    pub fn poll_step(&mut self, now: Instant, cx: &mut Context<'_>) -> Poll<Step> {
        loop {
            if let Some(action) = self.connection.poll_action(now) {
                return Poll::Ready(match action {
                    Action::Write(bytes) => Step::Write(bytes),
                    Action::ShutDown => Step::ShutDown,
                    Action::Close => Step::Close,
                });
            }
            let answering = match &mut self.stage {
                Stage::Answering(answering) => answering,
                Stage::Streaming(subscription) => {
                    let stream = subscription.take().map(Step::Stream);
                    return stream.map_or(Poll::Pending, Poll::Ready);
                }
                Stage::Sending(channel, beat_at) => {
                    if let Some(run) = ready!(poll_channel(channel, beat_at, now, cx)) {
                        return Poll::Ready(Step::Write(run));
                    }
                    self.stage = Stage::Listening;
                    self.connection.stream_ended();
                    continue;
                }
                _ => return Poll::Pending,
            };
            // A handler that panics takes down its own connection, and nothing else.
            let answer = catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(cx)));
            let answer = match answer {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(answer)) => answer,
                Err(_) => {
                    self.connection.close_when_idle();
                    Answer::Response(failed())
                }
            };
            self.begin(now, answer);
        }
    }
}

impl Conversation {
    /// Takes what the connection has to tell.
    fn listen(&mut self, now: Instant) {
        while let Some(event) = self.connection.poll_event() {
            match event {
                ConnectionEvent::Request(request) => {
                    self.stage = Stage::Receiving(request, BytesMut::new());
                    self.connection.read_body(now);
                }
                ConnectionEvent::Body(piece) => {
                    if let Stage::Receiving(_, body) = &mut self.stage {
                        body.extend_from_slice(&piece);
                    }
                }
                ConnectionEvent::End => self.ask(),
                ConnectionEvent::Refused(_) | ConnectionEvent::Gone(_) => self.stage = Stage::Over,
            }
        }
    }

    /// Asks the program for an answer to the request, which is complete.
    fn ask(&mut self) {
        if let Stage::Receiving(request, body) =
            std::mem::replace(&mut self.stage, Stage::Listening)
        {
            let framing = request.version.framing();
            let request = Request {
                head: request.head,
                body: body.freeze(),
            };
            let answering = catch_unwind(AssertUnwindSafe(|| self.router.answer(request, framing)));
            let answering =
                answering.unwrap_or_else(|_| Box::pin(async { Answer::Response(failed()) }));
            self.stage = Stage::Answering(answering);
        }
    }

    /// Begins to send an answer.
    fn begin(&mut self, now: Instant, answer: Answer) {
        self.stage = Stage::Listening;
        let sent = match answer {
            Answer::Response(response) => self.connection.respond(now, response),
            Answer::Head(head) => self.connection.begin_stream(now, &head).map(drop),
            Answer::Stream(head, subscription) => {
                let begun = self.connection.begin_stream(now, &head);
                if let Ok(Some(_)) = begun {
                    self.stage = Stage::Streaming(Some(subscription));
                    return;
                }
                begun.map(drop)
            }
            Answer::Channel(head, channel) => {
                let begun = self.connection.begin_stream(now, &head);
                if let Ok(Some(framing)) = begun {
                    self.stage = Stage::Sending(channel.framed(framing), None);
                    return;
                }
                begun.map(drop)
            }
        };
        if sent.is_err() {
            // Nothing of it was sent: a status without a body that has one, or a header that cannot be.
            self.connection.close_when_idle();
            if self.connection.respond(now, failed()).is_err() {
                self.connection.handle_error();
            }
        }
        // The next request may be there already.
        self.listen(now);
    }
}

/// What was sent into a channel; where that is nothing, notes when the next heartbeat is due.
fn poll_channel(
    channel: &mut Channel,
    beat_at: &mut Option<Instant>,
    now: Instant,
    cx: &mut Context<'_>,
) -> Poll<Option<Bytes>> {
    let run = channel.poll_run(cx);
    if run.is_pending() {
        // A channel has a clock of its own.
        let left = |deadline: Instant| deadline.saturating_duration_since(channel.now());
        *beat_at = channel.deadline().map(|deadline| now + left(deadline));
    }
    run
}

fn failed() -> sse_proto::Response {
    Refusal::internal_error("the server failed to answer this\n").into_response()
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::Listening => "listening",
            Stage::Receiving(..) => "receiving",
            Stage::Answering(_) => "answering",
            Stage::Streaming(_) | Stage::Sending(..) => "streaming",
            Stage::Over => "over",
        };
        f.debug_struct("Conversation")
            .field("stage", &format_args!("{stage}"))
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
