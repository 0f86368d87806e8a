//! A server that keeps its history, and resumes behind the last event ID.

use sse_proto::Event;
use sse_proto::source::{Request, ResponseHead};

use crate::dice::Dice;

/// How a server writes: what a receiver must not notice.
#[derive(Clone, Copy, Debug)]
pub struct Framing {
    line_end: &'static str,
    byte_order_mark: bool,
    retry: Option<u64>,
}

impl Framing {
    /// Any of them.
    pub fn any(dice: &mut Dice) -> Self {
        Self {
            line_end: ["\n", "\r", "\r\n"][dice.index(3)],
            byte_order_mark: dice.once_in(3),
            retry: dice.once_in(3).then(|| dice.below(5000)),
        }
    }
}

/// A server with so many events, numbered from 1; their ids are their numbers.
#[derive(Clone, Debug)]
pub struct Server {
    events: usize,
    framing: Framing,
    /// How many connections resumed where no client has been: a wrong last event ID.
    pub confused: usize,
}

impl Server {
    /// A server of this history.
    #[must_use]
    pub fn new(events: usize, framing: Framing) -> Self {
        Self {
            events,
            framing,
            confused: 0,
        }
    }

    /// How many events the history has.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// The whole answer to a request: 204 when there is nothing more to come.
    pub fn answer(&mut self, request: &Request) -> (ResponseHead, Vec<u8>) {
        let seen = self.resumes_behind(request);
        if seen == self.events {
            return (
                ResponseHead::new(204, [("Content-Length", "0")]),
                Vec::new(),
            );
        }
        let head = ResponseHead::new(200, [("Content-Type", "text/event-stream; charset=utf-8")]);
        (head, self.body(seen))
    }

    fn resumes_behind(&mut self, request: &Request) -> usize {
        let Some(id) = request.headers.get("last-event-id") else {
            return 0;
        };
        let number = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
        match number.filter(|number| (1..=self.events).contains(number)) {
            Some(number) => number,
            None => {
                self.confused += 1;
                0
            }
        }
    }

    fn body(&self, seen: usize) -> Vec<u8> {
        let mut text = String::new();
        if self.framing.byte_order_mark {
            text.push('\u{feff}');
        }
        if let Some(retry) = self.framing.retry {
            text.push_str(&format!("retry: {retry}\n\n"));
        }
        for number in seen + 1..=self.events {
            if number % 3 == 0 {
                text.push_str(": heartbeat\n");
            }
            let event = Event::new(data_of(number)).id(number.to_string());
            let bytes = event.expect("digits are an id").to_bytes();
            text.push_str(std::str::from_utf8(&bytes).expect("events are text"));
        }
        text.replace('\n', self.framing.line_end).into_bytes()
    }
}

/// What the event of this number says, in one line or more, with letters of several bytes.
#[must_use]
pub fn data_of(number: usize) -> String {
    let lines = ["\u{1f980} ", "\u{e9}\nnext line ", "", "a: b\n\n"];
    format!("{}{number}", lines[number % lines.len()])
}
