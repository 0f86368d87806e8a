//! Whether a connection is kept behind a response, and how it ends.

use sse_proto::http1::{Config, ConnectionEvent, Departure, Fault};

use crate::support::{CHUNKED, GET, SECOND, Server};

fn request(version: &str, connection: &str) -> String {
    format!("GET / HTTP/{version}\r\nHost: a\r\n{connection}\r\n")
}

#[test]
fn a_connection_is_kept_as_the_client_wants_it() {
    for (version, header, kept, told) in [
        ("1.1", "", true, None),
        ("1.1", "Connection: keep-alive\r\n", true, None),
        ("1.1", "Connection: close\r\n", false, Some("close")),
        ("1.1", "Connection: x, CLOSE\r\n", false, Some("close")),
        ("1.0", "", false, Some("close")),
        (
            "1.0",
            "Connection: Keep-Alive\r\n",
            true,
            Some("keep-alive"),
        ),
        (
            "1.0",
            "Connection: keep-alive\r\nConnection: close\r\n",
            false,
            Some("close"),
        ),
    ] {
        let mut server = Server::after(request(version, header));
        server.respond("x");
        let written = server.written();
        let found = written
            .split("\r\n")
            .find_map(|line| line.strip_prefix("Connection: "));
        assert_eq!(found, told, "{version} {header}");
        assert_eq!(server.shut_down, !kept, "{version} {header}");
        if kept {
            server.data(GET);
            server.request();
        }
    }
}

#[test]
fn pipelined_requests_wait_for_the_response_before_them() {
    let mut server = Server::new(Config::new());
    let requests = ["/1", "/2", "/3"].map(|target| GET.replace("/events", target));
    server.data(requests.concat());
    for target in ["/1", "/2", "/3"] {
        assert_eq!(server.request().head.target, target);
        assert_eq!(server.events(), [], "the others wait");
        server.respond(target);
    }
    let written = server.written();
    let bodies: Vec<_> = written.matches("\r\n\r\n/").collect();
    assert_eq!(bodies.len(), 3);
    assert_eq!(server.due_in(), Some(60 * SECOND));
}

#[test]
fn who_pipelines_too_much_is_not_read_from() {
    let config = Config::new()
        .max_request_line_bytes(50)
        .max_header_bytes(50);
    let mut server = Server::new(config);
    server.data(GET);
    server.request();
    let mut held = 0;
    while server.connection.wants_data() {
        server.data("G");
        held += 1;
    }
    assert_eq!(held, 108);
    assert_eq!(server.connection.buffered(), 108);
}

#[test]
fn what_is_handed_in_beyond_what_is_held_is_refused_behind_what_is_complete() {
    let config = Config::new()
        .max_request_line_bytes(50)
        .max_header_bytes(50);
    let mut server = Server::new(config);
    server.data(GET);
    server.request();
    server.data(GET.repeat(10));
    let mut answered = 0;
    loop {
        server.written();
        server.respond("x");
        answered += 1;
        let events = server.events();
        if let [ConnectionEvent::Refused(fault)] = events[..] {
            assert_eq!(fault, Fault::Overrun);
            break;
        }
    }
    assert_eq!(answered, 4, "the first, and the three that were held");
    assert!(server.written().contains("HTTP/1.1 400 Bad Request\r\n"));
}

#[test]
fn what_comes_behind_an_overrun_is_not_taken_for_what_was_dropped() {
    let config = Config::new()
        .max_request_line_bytes(50)
        .max_header_bytes(50);
    let mut server = Server::new(config);
    server.data(GET);
    server.request();
    // Three fit, and the beginning of a fourth.
    server.data(GET.repeat(4));
    server.respond("1");
    server.request();
    server.data(&GET[108 % GET.len()..]);
    for _ in 0..3 {
        server.respond("x");
    }
    assert_eq!(server.connection.buffered(), 0);
    server.written();
    assert_eq!(
        server.events().last(),
        Some(&ConnectionEvent::Refused(Fault::Overrun))
    );
}

#[test]
fn behind_the_clients_end_nothing_is_read() {
    let mut server = Server::after(GET);
    assert!(server.connection.wants_data());
    server.eof();
    assert!(!server.connection.wants_data());
    server.data(GET);
    assert_eq!(server.connection.buffered(), 0);
}

#[test]
fn a_response_before_the_body_was_read_ends_the_connection() {
    let mut server = Server::after(CHUNKED);
    server.answer(413, &[], "");
    assert!(server.written().contains("\r\nConnection: close\r\n"));
    assert!(server.shut_down);
    server.data("5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(server.events(), []);
    assert!(!server.closed, "what is on its way is waited for");
    server.eof();
    assert!(server.closed);
}

#[test]
fn a_client_that_does_not_end_is_waited_for_two_seconds() {
    let mut server = Server::after(request("1.0", ""));
    server.respond("x");
    assert_eq!(server.due_in(), Some(2 * SECOND));
    server.pass(SECOND);
    server.data("more");
    assert_eq!(server.due_in(), Some(SECOND), "bytes gain it no time");
    server.pass(SECOND);
    assert!(server.closed);
}

#[test]
fn a_client_that_goes_on_sending_is_not_waited_for() {
    let mut server = Server::after(request("1.0", ""));
    server.respond("x");
    server.data([b'x'; 64 << 10]);
    assert!(!server.closed);
    server.data("x");
    assert!(server.closed);
}

#[test]
fn the_wait_begins_when_everything_is_written() {
    let mut server = Server::after(request("1.0", ""));
    let head = sse_proto::ResponseHead::new::<&str, &str>(200, []);
    let response = sse_proto::Response::new(head, "x");
    server.connection.respond(server.now, response).unwrap();
    assert_eq!(server.due_in(), None);
    server.now = server.now + 100 * SECOND;
    server.drain();
    assert_eq!(server.due_in(), Some(2 * SECOND));
}

#[test]
fn a_client_that_has_ended_its_half_is_answered() {
    let mut server = Server::new(Config::new());
    server.data(format!("{GET}{GET}"));
    server.eof();
    for _ in 0..2 {
        server.request();
        server.respond("x");
    }
    assert_eq!(server.written().matches("200 OK").count(), 2);
    assert!(server.closed);
    assert_eq!(server.events(), []);
}

#[test]
fn a_connection_without_requests_is_closed_in_silence() {
    let mut server = Server::new(Config::new());
    assert_eq!(server.due_in(), Some(10 * SECOND));
    server.pass(10 * SECOND);
    assert!(server.closed && !server.shut_down);
    assert_eq!((server.written().as_str(), server.events()), ("", vec![]));

    let mut server = Server::after(GET);
    server.respond("x");
    server.written();
    assert_eq!(server.due_in(), Some(60 * SECOND));
    server.pass(60 * SECOND);
    assert!(server.closed);
    assert_eq!(server.written(), "");
}

#[test]
fn the_end_of_a_client_between_requests_is_no_news() {
    let mut server = Server::after(GET);
    server.respond("x");
    server.data("\r");
    server.eof();
    assert!(server.closed);
    assert_eq!(server.events(), []);
}

#[test]
fn a_failed_connection_tells_who_waits_for_its_answer() {
    let mut server = Server::after(GET);
    server.error();
    assert!(server.closed);
    assert_eq!(server.events(), [ConnectionEvent::Gone(Departure::Broken)]);
    let mut server = Server::new(Config::new());
    server.data("GET / HT");
    server.error();
    assert!(server.closed);
    assert_eq!(server.events(), []);
}

#[test]
fn a_failed_connection_is_not_written_to() {
    let mut server = Server::after(request("1.0", ""));
    let head = sse_proto::ResponseHead::new::<&str, &str>(200, []);
    let response = sse_proto::Response::new(head, "x");
    server.connection.respond(server.now, response).unwrap();
    server.error();
    assert_eq!(server.written(), "");
    assert!(server.closed && !server.shut_down);
}

#[test]
fn to_close_when_idle_closes_at_once_or_behind_the_response() {
    let mut server = Server::new(Config::new());
    server.connection.close_when_idle();
    server.drain();
    assert!(server.closed);

    let mut server = Server::new(Config::new());
    server.data(format!("{GET}{GET}"));
    server.connection.close_when_idle();
    server.drain();
    assert!(!server.closed);
    server.request();
    server.respond("last");
    assert!(server.written().contains("\r\nConnection: close\r\n"));
    assert!(server.shut_down);
    assert_eq!(server.events(), [], "the second is not begun");
}
