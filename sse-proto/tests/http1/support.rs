//! A server that does what the connection says, and nothing by itself.

use std::time::Duration;

use sse_proto::http1::{Action, Config, Connection, ConnectionEvent, Fault, Framing, Request};
use sse_proto::{Instant, Response, ResponseHead};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A request without a body.
pub(crate) const GET: &str = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";

/// The head of a request with a body in chunks.
pub(crate) const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A connection at a time, and what it has put out that nobody has looked at.
pub(crate) struct Server {
    pub(crate) connection: Connection,
    pub(crate) now: Instant,
    pub(crate) shut_down: bool,
    pub(crate) closed: bool,
    written: Vec<u8>,
    events: Vec<ConnectionEvent>,
}

impl Server {
    pub(crate) fn new(config: Config) -> Self {
        let now = Instant::since_origin(1000 * SECOND);
        Self {
            connection: Connection::new(config, now),
            now,
            shut_down: false,
            closed: false,
            written: Vec::new(),
            events: Vec::new(),
        }
    }

    /// One that these bytes have arrived at, and whose outputs have been looked at.
    pub(crate) fn after(bytes: impl AsRef<[u8]>) -> Self {
        let mut server = Self::new(Config::new());
        server.data(bytes);
        server.events();
        server.written();
        server
    }

    pub(crate) fn drain(&mut self) {
        while let Some(action) = self.connection.poll_action(self.now) {
            assert!(!self.closed, "nothing comes behind the end: {action:?}");
            match action {
                Action::Write(bytes) => {
                    assert!(!self.shut_down, "nothing is written behind the end");
                    assert!(!bytes.is_empty());
                    self.written.extend_from_slice(&bytes);
                }
                Action::ShutDown => self.shut_down = true,
                Action::Close => self.closed = true,
            }
        }
        while let Some(event) = self.connection.poll_event() {
            self.events.push(event);
        }
    }

    pub(crate) fn data(&mut self, bytes: impl AsRef<[u8]>) {
        self.connection.handle_data(self.now, bytes.as_ref());
        self.drain();
    }

    pub(crate) fn eof(&mut self) {
        self.connection.handle_eof(self.now);
        self.drain();
    }

    pub(crate) fn error(&mut self) {
        self.connection.handle_error();
        self.drain();
    }

    pub(crate) fn read_body(&mut self) {
        self.connection.read_body(self.now);
        self.drain();
    }

    pub(crate) fn respond(&mut self, body: &'static str) {
        self.answer(200, &[], body);
    }

    pub(crate) fn answer(
        &mut self,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) {
        let head = ResponseHead::new(status, headers.iter().copied());
        let response = Response::new(head, body);
        self.connection
            .respond(self.now, response)
            .expect("a request waits");
        self.drain();
    }

    pub(crate) fn begin_stream(&mut self) -> Option<Framing> {
        let head = ResponseHead::new(200, [("Content-Type", "text/event-stream")]);
        let begun = self.connection.begin_stream(self.now, &head);
        self.drain();
        begun.expect("a request waits")
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.connection.deadline().filter(|due| *due <= end) {
            self.now = due.max(self.now);
            self.connection.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    pub(crate) fn due_in(&self) -> Option<Duration> {
        let deadline = self.connection.deadline()?;
        Some(deadline.saturating_duration_since(self.now))
    }

    pub(crate) fn events(&mut self) -> Vec<ConnectionEvent> {
        self.drain();
        std::mem::take(&mut self.events)
    }

    pub(crate) fn written(&mut self) -> String {
        self.drain();
        String::from_utf8(std::mem::take(&mut self.written)).expect("ASCII")
    }

    /// The one request among the events, which is complete.
    pub(crate) fn request(&mut self) -> Request {
        let events = self.events();
        let [ConnectionEvent::Request(request), ConnectionEvent::End] = &events[..] else {
            panic!("a complete request: {events:?}")
        };
        request.clone()
    }

    /// The fault that has ended the connection, and the client was told.
    pub(crate) fn refused(&mut self) -> Fault {
        let events = self.events();
        let Some(ConnectionEvent::Refused(fault)) = events.last() else {
            panic!("a refusal: {events:?}")
        };
        let written = self.written();
        let (head, body) = written.split_once("\r\n\r\n").expect("a head and a body");
        assert!(
            head.starts_with(&format!("HTTP/1.1 {} ", fault.status())),
            "{head}"
        );
        assert!(head.contains("\r\nConnection: close"), "{head}");
        assert!(
            head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())),
            "{head}"
        );
        assert_eq!(body, format!("{fault}\n"));
        assert!(self.shut_down);
        *fault
    }
}

/// The parts of the body among events, and whether it was complete.
pub(crate) fn body_of(events: &[ConnectionEvent]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    let mut complete = false;
    for event in events {
        match event {
            ConnectionEvent::Body(bytes) => body.extend_from_slice(bytes),
            ConnectionEvent::End => complete = true,
            _ => {}
        }
    }
    (body, complete)
}
