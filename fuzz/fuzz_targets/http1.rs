//! The server's side of HTTP/1.1: any bytes at any cuts make the same requests, and chunked bodies are read as their
//! slow twin reads them.
//!
//! An input is three bytes of options (flags, length of the first piece, length of the others) and what a client sends.

#![no_main]

#[path = "../../sse-proto/tests/http1/story.rs"]
mod story;
#[path = "../../sse-proto/tests/http1/twin.rs"]
mod twin;

use libfuzzer_sys::fuzz_target;
use sse_proto::Instant;
use sse_proto::http1::{Config, Connection, ConnectionEvent};
use story::{HELD, serve};
use twin::{Outcome, interpret};

const ENDS: u8 = 1;
const CHUNKED: u8 = 2;

/// What a body is limited to, and what is around it.
const LIMIT: usize = 64;

fuzz_target!(|input: &[u8]| {
    let Some((&[flags, first, then], bytes)) = input.split_first_chunk() else {
        return;
    };
    let cuts = [usize::from(first).max(1), usize::from(then).max(1)];
    if flags & CHUNKED != 0 {
        assert_eq!(read(bytes, cuts), interpret(bytes, LIMIT, LIMIT));
        return;
    }
    // The whole has to fit into what is held.
    let bytes = &bytes[..bytes.len().min(HELD)];
    let ends = flags & ENDS != 0;
    assert_eq!(serve(bytes, &cuts, ends), serve(bytes, &[HELD], ends));
});

fn read(body: &[u8], [first, then]: [usize; 2]) -> Outcome {
    let now = Instant::default();
    let config = Config::new()
        .max_request_line_bytes(LIMIT)
        .max_header_bytes(LIMIT)
        .max_body_bytes(LIMIT);
    let mut connection = Connection::new(config, now);
    connection.handle_data(
        now,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    connection.read_body(now);
    let (start, rest) = body.split_at(first.min(body.len()));
    for piece in [start].into_iter().chain(rest.chunks(then)) {
        connection.handle_data(now, piece);
        // What is unread, the body, and a refusal.
        assert!(connection.buffered() <= 3 * LIMIT + 400);
    }
    let mut read = Vec::new();
    let mut complete = false;
    while let Some(event) = connection.poll_event() {
        match event {
            ConnectionEvent::Body(bytes) => read.extend_from_slice(&bytes),
            ConnectionEvent::End => complete = true,
            ConnectionEvent::Refused(fault) => return Outcome::Refused(read, fault),
            _ => {}
        }
    }
    if complete {
        Outcome::Complete(read)
    } else {
        Outcome::Incomplete(read)
    }
}
