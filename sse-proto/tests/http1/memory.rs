//! What a connection allocates, counted for the current thread.

use allocation_counter::measure;
use sse_proto::http1::{Action, Config, Connection};
use sse_proto::{Instant, ResponseHead};

use crate::support::{CHUNKED, GET};

#[test]
fn a_connection_is_small() {
    let size = size_of::<Connection>();
    assert!(size <= 512, "{size} bytes");
}

#[test]
fn a_new_connection_allocates_nothing() {
    let info = measure(|| drop(Connection::new(Config::new(), Instant::default())));
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_connection_whose_stream_is_under_way_has_no_buffer() {
    let now = Instant::default();
    let padding = "x".repeat(8000);
    let request = GET.replace("\r\n\r\n", &format!("\r\nCookie: {padding}\r\n\r\n{GET}"));
    let head = ResponseHead::new(200, [("Content-Type", "text/event-stream")]);
    let mut connection = Connection::new(Config::new(), now);
    let info = measure(|| {
        for piece in request.as_bytes().chunks(1000) {
            connection.handle_data(now, piece);
        }
        while connection.poll_event().is_some() {}
        connection
            .begin_stream(now, &head)
            .expect("a request waits");
        while connection.poll_action(now).is_some() {}
        connection.handle_data(now, &[b'x'; 1000]);
    });
    assert_eq!(info.bytes_current, 0);
}

#[test]
fn a_connection_that_waits_for_a_request_has_no_buffer() {
    let now = Instant::default();
    let mut connection = Connection::new(Config::new(), now);
    let info = measure(|| {
        connection.handle_data(now, GET.as_bytes());
        while connection.poll_event().is_some() {}
        let head = ResponseHead::new::<&str, &str>(200, []);
        let response = sse_proto::Response::new(head, "x");
        connection.respond(now, response).expect("a request waits");
        while connection.poll_action(now).is_some() {}
    });
    assert_eq!(info.bytes_current, 0);
}

/// A buffer that grows by doubling holds up to twice its content, and three times while it moves.
#[test]
fn a_hostile_client_costs_no_more_than_the_limits_allow() {
    let endless =
        |head: &str, piece: &str| format!("{head}{}", piece.repeat((1 << 20) / piece.len()));
    let line = "GET / HTTP/1.1\r\n";
    for bytes in [
        endless("", "x"),
        endless("", "\r\n"),
        endless(line, "x"),
        endless(line, "a:\r\n"),
        endless(line, "\0"),
        endless(GET, GET),
        endless(CHUNKED, "1\r\nx\r\n"),
        endless(CHUNKED, ";"),
        endless(CHUNKED, "x"),
    ] {
        for piece in [100, 16 << 10, bytes.len()] {
            let now = Instant::default();
            let config = Config::new().max_body_bytes(10 << 10);
            let mut connection = Connection::new(config, now);
            let info = measure(|| {
                for piece in bytes.as_bytes().chunks(piece) {
                    connection.handle_data(now, piece);
                    connection.read_body(now);
                }
            });
            // The scratch for the headers of one request comes on top.
            let most = 3 * (42 << 10) + (10 << 10);
            assert!(
                info.bytes_max <= most,
                "{} for {:?}…",
                info.bytes_max,
                &bytes[..20]
            );
        }
    }
}

#[test]
fn many_tiny_chunks_are_held_as_one_body() {
    let now = Instant::default();
    let body = "1\r\nx\r\n".repeat(100_000);
    let mut connection = Connection::new(Config::new(), now);
    let info = measure(|| {
        connection.handle_data(now, CHUNKED.as_bytes());
        connection.read_body(now);
        for piece in body.as_bytes().chunks(1000) {
            connection.handle_data(now, piece);
        }
        while let Some(Action::Write(_)) = connection.poll_action(now) {}
    });
    assert!(info.bytes_max <= 400_000, "{}", info.bytes_max);
}
