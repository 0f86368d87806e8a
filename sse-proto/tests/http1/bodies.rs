//! The bodies of requests: asked for, framed in two ways, and limited.

use sse_proto::http1::{BodyLength, Config, ConnectionEvent};

use crate::support::{CHUNKED, GET, Server, body_of};

const KNOWN: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

fn length(server: &mut Server) -> BodyLength {
    let events = server.events();
    let [ConnectionEvent::Request(request)] = &events[..] else {
        panic!("a request, and not its body: {events:?}")
    };
    request.body
}

#[test]
fn a_body_is_read_when_it_is_asked_for() {
    let mut server = Server::new(Config::new());
    server.data(format!("{KNOWN}hel"));
    assert_eq!(length(&mut server), BodyLength::Known(5));
    assert_eq!(server.due_in(), None, "the program has all the time");
    server.read_body();
    assert_eq!(server.events(), [ConnectionEvent::Body("hel".into())]);
    server.data(format!("lo{GET}"));
    let rest = [ConnectionEvent::Body("lo".into()), ConnectionEvent::End];
    assert_eq!(server.events(), rest);
    server.respond("thanks");
    assert_eq!(
        server.request().head.target,
        "/events",
        "what is behind the body is no body"
    );
}

#[test]
fn chunks_are_joined_and_what_is_around_them_is_dropped() {
    let mut server = Server::after(CHUNKED);
    server.read_body();
    server.data("5\r\nhello\r\n6 ;a=\"b\";c\r\n world\r\n00\r\nTrailer: x\r\nAnother: y\r\n\r\n");
    assert_eq!(body_of(&server.events()), (b"hello world".to_vec(), true));
    server.respond("");
    assert!(!server.shut_down, "the connection is kept");
}

#[test]
fn the_length_of_a_chunk_is_hexadecimal_in_any_case() {
    for size in ["1a", "1A", "000000000000001a"] {
        let mut server = Server::after(CHUNKED);
        server.read_body();
        server.data(format!("{size}\r\n{}\r\n0\r\n\r\n", "x".repeat(26)));
        assert_eq!(body_of(&server.events()), (vec![b'x'; 26], true));
    }
}

#[test]
fn the_length_of_a_chunked_body_is_not_known() {
    let mut server = Server::new(Config::new());
    server.data(CHUNKED);
    assert_eq!(length(&mut server), BodyLength::Unknown);
}

#[test]
fn an_empty_body_needs_not_be_asked_for() {
    let mut server = Server::new(Config::new());
    server.data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(server.request().body, BodyLength::Empty);
}

#[test]
fn who_expects_to_be_told_is_told_to_go_on() {
    let head = KNOWN.replace("\r\n\r\n", "\r\nExpect: 100-Continue\r\n\r\n");
    let mut server = Server::after(&head);
    server.read_body();
    assert_eq!(server.written(), "HTTP/1.1 100 Continue\r\n\r\n");
    server.data("hello");
    assert_eq!(body_of(&server.events()), (b"hello".to_vec(), true));
}

#[test]
fn who_has_begun_to_send_is_not_told() {
    let head = KNOWN.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\nhe");
    let mut server = Server::after(&head);
    server.read_body();
    assert_eq!(server.written(), "");
}

#[test]
fn http_1_0_knows_no_expectations() {
    let head = KNOWN
        .replace("HTTP/1.1", "HTTP/1.0")
        .replace("\r\n\r\n", "\r\nExpect: tea\r\n\r\n");
    let mut server = Server::after(&head);
    server.read_body();
    assert_eq!(server.written(), "");
}

#[test]
fn a_body_of_the_largest_size_is_read_whole() {
    let config = Config::new().max_body_bytes(70_000);
    let mut server = Server::new(config.clone());
    server.data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n");
    server.read_body();
    // In one piece larger than what is held of the unread.
    server.data([b'x'; 70_000]);
    assert_eq!(body_of(&server.events()), (vec![b'x'; 70_000], true));

    let mut server = Server::new(config);
    server.data(CHUNKED);
    server.read_body();
    server.data(format!("{:x}\r\n", 69_999));
    server.data(vec![b'x'; 69_999]);
    server.data("\r\n1\r\nx\r\n0\r\n\r\n");
    assert_eq!(body_of(&server.events()), (vec![b'x'; 70_000], true));
}

#[test]
fn to_ask_for_a_body_where_none_is_changes_nothing() {
    let mut server = Server::after(GET);
    server.read_body();
    server.respond("x");
    assert!(server.written().ends_with("\r\n\r\nx"));
}

#[test]
fn as_much_around_the_chunks_as_allowed_is_read() {
    let config = Config::new().max_header_bytes(50);
    let mut server = Server::new(config);
    server.data(CHUNKED);
    server.read_body();
    server.data(format!("0;{}\r\n{}\r\n\r\n", "x".repeat(9), "y".repeat(40)));
    assert_eq!(body_of(&server.events()), (vec![], true));
}
