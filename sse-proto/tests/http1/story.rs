//! What a server reads and says, told so that two tellings can be compared.

use sse_proto::http1::{Action, Config, Connection, ConnectionEvent, Fault, Request};
use sse_proto::{Instant, Response, ResponseHead};

/// Small enough to reach every limit.
pub(crate) fn small() -> Config {
    Config::new()
        .max_request_line_bytes(40)
        .max_header_bytes(200)
        .max_headers(5)
        .max_body_bytes(64)
        .max_discarded_bytes(50)
}

/// How much of what has arrived such a connection holds.
pub(crate) const HELD: usize = 40 + 200 + 8;

/// What a server has read and said, without where the pieces were cut.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Story {
    requests: Vec<(Request, Vec<u8>, bool)>,
    refused: Option<Fault>,
    written: Vec<u8>,
    closed: bool,
}

/// A server that reads each body and answers every request when it is complete.
pub(crate) fn serve(bytes: &[u8], cuts: &[usize], end: bool) -> Story {
    let now = Instant::default();
    let mut connection = Connection::new(small(), now);
    let mut story = Story::default();
    let mut rest = bytes;
    for cut in cuts.iter().cycle() {
        // As an adapter does, no more is handed in than is wanted.
        if rest.is_empty() || !connection.wants_data() {
            break;
        }
        let (piece, behind) = rest.split_at((*cut).min(rest.len()));
        connection.handle_data(now, piece);
        rest = behind;
        story.tell(&mut connection, now);
    }
    if end {
        connection.handle_eof(now);
        story.tell(&mut connection, now);
    }
    story
}

impl Story {
    fn tell(&mut self, connection: &mut Connection, now: Instant) {
        loop {
            self.act(connection, now);
            match connection.poll_event() {
                None => break,
                Some(ConnectionEvent::Request(request)) => {
                    self.requests.push((request, Vec::new(), false));
                    connection.read_body(now);
                }
                Some(ConnectionEvent::Body(bytes)) => {
                    let last = self.requests.last_mut().expect("a request before its body");
                    last.1.extend_from_slice(&bytes);
                }
                Some(ConnectionEvent::End) => {
                    self.requests
                        .last_mut()
                        .expect("a request before its end")
                        .2 = true;
                    let head = ResponseHead::new::<&str, &str>(200, []);
                    let answer = Response::new(head, "ok");
                    connection.respond(now, answer).expect("it is complete");
                }
                Some(ConnectionEvent::Refused(fault)) => self.refused = Some(fault),
                Some(other) => panic!("{other:?}"),
            }
        }
    }

    fn act(&mut self, connection: &mut Connection, now: Instant) {
        while let Some(action) = connection.poll_action(now) {
            match action {
                // Whether it is sent depends on what has arrived.
                Action::Write(bytes) if bytes.starts_with(b"HTTP/1.1 100 ") => {}
                Action::Write(bytes) => self.written.extend_from_slice(&bytes),
                Action::Close => self.closed = true,
                _ => {}
            }
        }
    }
}
