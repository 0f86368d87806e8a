//! One scenario: the machine, the server, and the weather between them.

use std::time::Duration;

use sse_proto::source::{
    Action, Attempt, Config, EventSource, ReadyState, Request, ResponseHead, SourceItem,
    StatusRetry, TransportError, TransportErrorKind,
};
use sse_proto::{Instant, MessageEvent};

use crate::dice::Dice;
use crate::server::{Framing, Server};
use crate::weather::{Fate, Weather};

const URL: &str = "http://server.example/events";

/// The machine may take so many steps before it counts as one that spins.
const STEPS: usize = 200_000;

/// What a client saw of a scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The messages, in order.
    pub messages: Vec<MessageEvent>,
    /// How many events the server has.
    pub sent: usize,
    /// How many requests it got that resume where no client has been.
    pub confused: usize,
    /// How many exchanges there were.
    pub attempts: usize,
    /// How long it took, in the machine's own time.
    pub took: Duration,
    /// The source was closed by the server's 204, and said so once.
    pub closed_by_server: bool,
}

/// A response on its way.
struct Flow {
    attempt: Attempt,
    rest: Vec<u8>,
    fate: Fate,
}

struct World {
    source: EventSource,
    server: Server,
    weather: Weather,
    dice: Dice,
    now: Instant,
    /// What is under way; late bytes of what was before it are in `stale`.
    flow: Option<Flow>,
    stale: Option<Attempt>,
    messages: Vec<MessageEvent>,
    attempts: usize,
    closings: usize,
    no_content: bool,
}

/// Has a client read all that a server has, through the weather of this seed.
///
/// # Panics
///
/// If the machine breaks its contract: more than one exchange at a time, no end, or nothing to wait for.
#[must_use]
pub fn run(seed: u64) -> Outcome {
    let mut dice = Dice::new(seed);
    let server = Server::new(dice.index(40), Framing::any(&mut dice));
    let weather = Weather::any(&mut dice);
    let config = Config::new(URL)
        .expect("a valid URL")
        .idle_timeout(Some(Duration::from_secs(45)))
        .retry_statuses(StatusRetry::transient())
        .comments(dice.once_in(2));
    let now = Instant::default();
    let mut world = World {
        source: EventSource::new(config, seed, now),
        server,
        weather,
        dice,
        now,
        flow: None,
        stale: None,
        messages: Vec::new(),
        attempts: 0,
        closings: 0,
        no_content: false,
    };
    world.live();
    Outcome {
        messages: world.messages,
        sent: world.server.events(),
        confused: world.server.confused,
        attempts: world.attempts,
        took: world.now.duration_since_origin(),
        closed_by_server: world.no_content && world.closings == 1,
    }
}

impl World {
    fn live(&mut self) {
        for _ in 0..STEPS {
            self.drain();
            if self.source.ready_state() == ReadyState::Closed {
                return;
            }
            self.step();
        }
        panic!("it does not end: {:?}", self.source);
    }

    fn drain(&mut self) {
        while let Some(action) = self.source.poll_action() {
            match action {
                Action::Send(attempt, request) => {
                    assert!(self.flow.is_none(), "one exchange at a time");
                    self.attempts += 1;
                    self.begin(attempt, &request);
                }
                Action::Abort(attempt) => {
                    let aborted = self.flow.take().map(|flow| flow.attempt);
                    assert_eq!(aborted, Some(attempt), "what is under way is aborted");
                    self.stale = aborted;
                }
                other => panic!("nobody asked for this: {other:?}"),
            }
        }
        while let Some(event) = self.source.poll_item() {
            match event {
                SourceItem::Closed => self.closings += 1,
                SourceItem::Error(error) if error.retry_in.is_none() => {
                    self.no_content = error.cause == sse_proto::source::Cause::NoContent;
                }
                _ => {}
            }
        }
    }

    fn begin(&mut self, attempt: Attempt, request: &Request) {
        let redirected = request.url != URL;
        let fate = match self.weather.fate(&mut self.dice) {
            // There is one redirect, so that the limit is another story.
            Fate::Redirected if redirected => Fate::Spared,
            fate => fate,
        };
        let (head, mut rest) = self.server.answer(request);
        if let Fate::Cut { .. } | Fate::Stalled = fate {
            rest.truncate(self.dice.index(rest.len() + 1));
        }
        self.flow = Some(Flow {
            attempt,
            rest,
            fate,
        });
        let head = match fate {
            Fate::NoConnection => {
                self.flow = None;
                let error = TransportError::new(TransportErrorKind::Connect, "refused");
                return self.source.handle_error(self.now, attempt, error);
            }
            Fate::NoResponse => return,
            Fate::Unavailable => ResponseHead::new(503, [("Retry-After", "1")]),
            Fate::Redirected => ResponseHead::new(307, [("Location", "/elsewhere")]),
            _ => head,
        };
        self.now = self.now + self.weather.pause(&mut self.dice);
        self.source.handle_response_head(self.now, attempt, head);
    }

    /// The next thing that happens: late bytes, the deadline, or more of the response.
    fn step(&mut self) {
        if let Some(stale) = self.stale.filter(|_| self.dice.once_in(3)) {
            let late = self
                .source
                .handle_data(self.now, stale, b"id: 999\ndata: late\n\n");
            assert_eq!(late.count(), 0, "a late chunk says nothing");
            self.source.handle_eof(self.now, stale);
            self.stale = None;
            return;
        }
        let silent = self.flow.as_ref().is_none_or(|flow| match flow.fate {
            Fate::NoResponse => true,
            Fate::Stalled => flow.rest.is_empty(),
            _ => false,
        });
        if !silent {
            self.now = self.now + self.weather.pause(&mut self.dice);
        }
        let deadline = self.source.deadline();
        if silent {
            self.now = deadline.expect("something is waited for").max(self.now);
        }
        if deadline.is_some_and(|deadline| deadline <= self.now) {
            self.source.handle_timeout(self.now);
        } else {
            self.flow_on();
        }
    }

    fn flow_on(&mut self) {
        let Some(flow) = &mut self.flow else { return };
        let attempt = flow.attempt;
        if flow.rest.is_empty() {
            let in_order = flow.fate != Fate::Cut { in_order: false };
            self.flow = None;
            if in_order {
                return self.source.handle_eof(self.now, attempt);
            }
            let error = TransportError::new(TransportErrorKind::Broken, "reset");
            return self.source.handle_error(self.now, attempt, error);
        }
        let len = self.weather.chunk(&mut self.dice).min(flow.rest.len());
        let chunk: Vec<u8> = flow.rest.drain(..len).collect();
        for item in self.source.handle_data(self.now, attempt, &chunk) {
            if let SourceItem::Message(event) = item {
                self.messages.push(event);
            }
        }
    }
}
