//! Any bytes at any cuts, and any inputs in any order.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sse_proto::http1::{Action, Connection};
use sse_proto::{Instant, Response, ResponseHead};
use sse_testkit::strategies::config;

use crate::chunked::bodies;
use crate::story::{HELD, serve, small};

/// As much as may be held, whatever is handed in: what is unread, a body, and a response that nobody took.
const MOST: usize = HELD + 64 + 300;

/// A stream of requests, with more or less wrong about them.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let line = select(vec![
        "GET / HTTP/1.1\r\n",
        "GET /a?b HTTP/1.0\r\n",
        "HEAD http://h/x HTTP/1.1\n",
        "POST / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\n",
        "GET / HTTP/3.0\r\n",
        "GET /\r\n",
        "?\r\n",
        "\r\nGET / HTTP/1.1\r\n",
        "GET /23456789012345678901234567 HTTP/1.1\r\n",
        "GET /2345678901234567890123456\x01HTTP/1.1\r\n",
        "GET /23456789012345678901234567890\r\r\r\n",
        "",
        "\r",
    ]);
    let header = select(vec![
        "Host: a\r\n",
        "Host: a\r\n",
        "Host: a\r\n",
        "X: y\n",
        "Content-Length: 5\r\n",
        "Content-Length: 65\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "Expect: 100-continue\r\n",
        " folded\r\n",
        "broken\r\n",
        "Y: \r",
        "Z: 012345678901234567890123456789012345678901234567890123456789\r\n",
    ]);
    let end = select(vec!["\r\n", "\r\n", "\r\n", "\n", ""]);
    let body = prop_oneof![
        4 => Just(Vec::new()),
        2 => Just(b"hello".to_vec()),
        4 => bodies(),
    ];
    let request = (line, vec(header, 0..4), end, body).prop_map(|(line, headers, end, body)| {
        let head = [line, &headers.concat(), end].concat();
        [head.as_bytes(), &body].concat()
    });
    vec(request, 1..4).prop_map(|requests| requests.concat())
}

/// An input to the machine, in any state.
#[derive(Clone, Debug)]
enum Input {
    Data(Vec<u8>),
    Eof,
    Error,
    Time(u64),
    Deadline,
    ReadBody,
    Respond,
    BeginStream,
    EndStream,
    CloseWhenIdle,
    Drain,
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let data = prop_oneof![
        4 => requests(),
        2 => Just(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
        1 => vec(any::<u8>(), 0..300),
        1 => select(vec![&b"GET / HT"[..], b"\r\n", b"x"]).prop_map(<[u8]>::to_vec),
    ];
    let input = prop_oneof![
        8 => data.prop_map(Input::Data),
        1 => Just(Input::Eof),
        1 => prop::bool::weighted(0.2).prop_map(|error| if error { Input::Error } else { Input::Drain }),
        1 => (0..20_u64).prop_map(Input::Time),
        1 => Just(Input::Deadline),
        4 => Just(Input::ReadBody),
        4 => Just(Input::Respond),
        2 => Just(Input::BeginStream),
        1 => Just(Input::EndStream),
        1 => prop::bool::weighted(0.2).prop_map(|close| if close { Input::CloseWhenIdle } else { Input::Drain }),
        8 => Just(Input::Drain),
    ];
    vec(input, 0..40)
}

struct Watch {
    connection: Connection,
    now: Instant,
    /// Responses are out, and the machine shall write nothing that is not one.
    ended: bool,
    closed: bool,
}

impl Watch {
    fn give(&mut self, input: &Input) {
        let now = self.now;
        let connection = &mut self.connection;
        match input {
            Input::Data(bytes) => connection.handle_data(now, bytes),
            Input::Eof => connection.handle_eof(now),
            Input::Error => connection.handle_error(),
            Input::Time(seconds) => {
                self.now = now + Duration::from_secs(*seconds);
                connection.handle_timeout(self.now);
            }
            Input::Deadline => {
                self.now = connection.deadline().unwrap_or(now).max(now);
                connection.handle_timeout(self.now);
            }
            Input::ReadBody => connection.read_body(now),
            Input::Respond => {
                let head = ResponseHead::new::<&str, &str>(200, []);
                let open = self.is_open();
                let found = self.connection.respond(now, Response::new(head, "ok"));
                assert_eq!(found.is_ok(), open, "{:?}", self.connection);
            }
            Input::BeginStream => {
                let head = ResponseHead::new::<&str, &str>(200, []);
                let open = self.is_open();
                let found = self.connection.begin_stream(now, &head);
                assert_eq!(found.is_ok(), open, "{:?}", self.connection);
            }
            Input::EndStream => connection.end_stream(),
            Input::CloseWhenIdle => connection.close_when_idle(),
            Input::Drain => self.drain(),
        }
    }

    fn is_open(&self) -> bool {
        ["Offered", "Body", "Waiting"]
            .iter()
            .any(|state| self.shows(state))
    }

    fn shows(&self, state: &str) -> bool {
        format!("{:?}", self.connection).contains(&format!("state: {state},"))
    }

    fn drain(&mut self) {
        while let Some(action) = self.connection.poll_action(self.now) {
            assert!(!self.closed, "nothing comes behind the end: {action:?}");
            match action {
                Action::Write(_) => assert!(!self.ended, "nothing is written behind the end"),
                Action::ShutDown => self.ended = true,
                Action::Close => self.closed = true,
            }
        }
        while self.connection.poll_event().is_some() {}
    }

    fn check(&mut self) {
        let timed = ["Idle", "Head", "Body"]
            .iter()
            .any(|state| self.shows(state));
        if timed {
            assert!(
                self.connection.deadline().is_some(),
                "{:?}",
                self.connection
            );
        }
        self.drain();
        assert!(self.connection.buffered() <= MOST, "{:?}", self.connection);
        assert_eq!(self.closed, self.shows("Closed"));
        if self.shows("Lingering") {
            assert!(self.connection.deadline().is_some());
        }
        if self.shows("Streaming") || self.shows("Idle") {
            assert!(
                self.connection.buffered() <= 1,
                "at most the CR of a blank line"
            );
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_cuts_make_the_same_requests(
        bytes in requests(),
        cuts in vec(1..50_usize, 1..8),
        end in any::<bool>(),
    ) {
        // So that the whole fits into what is held.
        let bytes = &bytes[..bytes.len().min(HELD)];
        let whole = serve(bytes, &[HELD], end);
        prop_assert_eq!(&serve(bytes, &cuts, end), &whole);
        prop_assert_eq!(&serve(bytes, &[1], end), &whole);
    }

    #[test]
    fn any_inputs_keep_the_promises(inputs in inputs()) {
        let now = Instant::default();
        let mut watch = Watch { connection: Connection::new(small(), now), now, ended: false, closed: false };
        for input in &inputs {
            watch.give(input);
            watch.check();
        }
    }

    #[test]
    fn inputs_without_drains_hold_no_more_than_what_was_answered(inputs in inputs()) {
        let now = Instant::default();
        let mut watch = Watch { connection: Connection::new(small(), now), now, ended: false, closed: false };
        let mut answers = 0;
        for input in &inputs {
            watch.give(input);
            answers += usize::from(matches!(input, Input::Respond | Input::BeginStream | Input::ReadBody | Input::EndStream));
            let most = MOST + answers * 100;
            prop_assert!(watch.connection.buffered() <= most, "{:?}", watch.connection);
        }
        watch.check();
    }
}
