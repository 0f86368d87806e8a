//! Bodies that are refused: each with its status, and the connection ends.

use sse_proto::http1::{Config, ConnectionEvent, Fault};

use crate::support::{CHUNKED, SECOND, Server};

fn refused(body: impl AsRef<[u8]>) -> Fault {
    let mut whole = Server::after(CHUNKED);
    whole.read_body();
    whole.data(&body);
    let fault = whole.refused();
    let mut byte_by_byte = Server::after(CHUNKED);
    byte_by_byte.read_body();
    for byte in body.as_ref() {
        byte_by_byte.data([*byte]);
    }
    assert_eq!(byte_by_byte.refused(), fault, "whatever the cuts");
    fault
}

#[test]
fn what_is_not_chunked_is_400() {
    for body in [
        "x",
        "\r\n",
        "-1\r\n",
        " 1\r\n",
        "0x1\r\n",
        ";a\r\n",
        "1\n",
        "1\rx",
        "1 2\r\n",
        "1 \r\n",
        "1;a\n",
        "1;a\rb",
        "1;\0",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\rb",
        "0\r\n\n",
        "0\r\n\rx",
        "0\r\na\nb",
        "0\r\na\rb",
        "0\r\n\x01",
        "11111111111111111",
        "1\r\na\r\n\r\n",
    ] {
        assert_eq!(refused(body), Fault::Chunk, "{body:?}");
    }
    assert_eq!(Fault::Chunk.status(), 400);
}

#[test]
fn chunks_that_are_too_large_together_are_413() {
    let limit = 1 << 20;
    let too_large = format!("{:x}\r\n", limit + 1);
    let too_many = format!("{:x}\r\n{}\r\n1\r\n", limit, "x".repeat(limit));
    assert_eq!(refused(too_large), Fault::BodyTooLarge);
    assert_eq!(refused("ffffffffffffffff\r\n"), Fault::BodyTooLarge);
    let mut server = Server::after(CHUNKED);
    server.read_body();
    server.data(too_many);
    assert_eq!(server.refused(), Fault::BodyTooLarge);
}

#[test]
fn endless_extensions_and_trailers_are_400() {
    for body in [
        format!("1;{}", "x".repeat(33 << 10)),
        format!("1{}", " ".repeat(33 << 10)),
        format!("1;{}\r\na\r\n", "x".repeat(900)).repeat(40),
        format!("0\r\n{}", "a: b\r\n".repeat(10_000)),
    ] {
        assert_eq!(refused(&body), Fault::ChunkOverhead, "{:?}", &body[..10]);
    }
    assert_eq!(Fault::ChunkOverhead.status(), 400);
}

#[test]
fn a_slow_body_is_408() {
    let mut server = Server::after(CHUNKED);
    server.read_body();
    assert_eq!(server.due_in(), Some(30 * SECOND));
    server.pass(29 * SECOND);
    server.data("1\r\na");
    assert_eq!(server.due_in(), Some(SECOND), "bytes gain it no time");
    server.pass(SECOND);
    assert_eq!(server.refused(), Fault::BodyTimeout);
    assert_eq!(Fault::BodyTimeout.status(), 408);
}

#[test]
fn a_body_that_breaks_off_is_400() {
    let mut server = Server::after(CHUNKED);
    server.read_body();
    server.data("5\r\nhel");
    server.eof();
    assert_eq!(server.refused(), Fault::Truncated);
    assert!(server.closed);
}

#[test]
fn a_body_that_broke_off_before_it_was_asked_for_is_400_then() {
    let mut server = Server::after(CHUNKED);
    server.data("5\r\nhel");
    server.eof();
    assert_eq!(server.events(), []);
    server.read_body();
    assert_eq!(server.refused(), Fault::Truncated);
}

#[test]
fn a_body_that_overran_before_it_was_asked_for_is_400_then() {
    let config = Config::new()
        .max_request_line_bytes(60)
        .max_header_bytes(60);
    let mut server = Server::new(config);
    server.data(CHUNKED);
    server.data(format!("fff\r\n{}", "x".repeat(500)));
    assert!(!server.connection.wants_data());
    server.read_body();
    assert_eq!(server.refused(), Fault::Overrun);
    assert_eq!(Fault::Overrun.status(), 400);
}

#[test]
fn what_was_read_before_the_fault_is_there() {
    let mut server = Server::after(CHUNKED);
    server.read_body();
    server.data("3\r\nabc\r\nx");
    let events = server.events();
    assert_eq!(
        events,
        [
            ConnectionEvent::Body("abc".into()),
            ConnectionEvent::Refused(Fault::Chunk)
        ]
    );
}
