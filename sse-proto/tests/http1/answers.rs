//! Whole responses: their framing, and what they cannot say.

use sse_proto::http1::{Config, InvalidResponse};
use sse_proto::{Response, ResponseHead};

use crate::support::{GET, Server};

fn head_request() -> String {
    GET.replace("GET", "HEAD")
}

#[test]
fn a_response_is_framed_by_its_length() {
    let mut server = Server::after(GET);
    server.answer(
        404,
        &[("Content-Type", "text/plain"), ("X-A", "1")],
        "not here\n",
    );
    let expected = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-A: 1\r\nContent-Length: 9\r\n\r\nnot here\n";
    assert_eq!(server.written(), expected);
    assert!(!server.shut_down);
}

#[test]
fn an_empty_response_has_the_length_zero() {
    let mut server = Server::after(GET);
    server.respond("");
    assert_eq!(
        server.written(),
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn a_status_without_a_name_is_sent_without_one() {
    let mut server = Server::after(GET);
    server.answer(299, &[], "");
    assert_eq!(
        server.written(),
        "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn a_204_and_a_304_have_neither_length_nor_body() {
    for (status, line) in [(204, "204 No Content"), (304, "304 Not Modified")] {
        let mut server = Server::after(GET);
        server.answer(status, &[], "");
        assert_eq!(server.written(), format!("HTTP/1.1 {line}\r\n\r\n"));
    }
}

#[test]
fn head_is_answered_with_the_length_and_without_the_body() {
    let mut server = Server::after(head_request());
    server.respond("hello");
    assert_eq!(
        server.written(),
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    );
    server.data(GET);
    server.request();
}

#[test]
fn a_large_body_goes_out_whole() {
    let mut server = Server::after(GET);
    server.answer(200, &[], "x".repeat(100_000));
    let written = server.written();
    assert!(written.contains("\r\nContent-Length: 100000\r\n"));
    assert_eq!(
        written.split_once("\r\n\r\n").unwrap().1,
        "x".repeat(100_000)
    );
}

#[test]
fn nothing_can_be_injected() {
    for (name, value) in [
        ("X-A", "1\r\nSet-Cookie: a=b"),
        ("X-A", "1\n"),
        ("X-A", "\r"),
        ("X-A", "a\0b"),
        ("X-A", "a\x7f"),
        ("X-A: 1\r\nX-B", "2"),
        ("X A", "1"),
        ("", "1"),
        ("X-\u{e9}", "1"),
    ] {
        let mut server = Server::after(GET);
        let head = ResponseHead::new(200, [(name, value)]);
        let error = server
            .connection
            .respond(server.now, Response::new(head.clone(), "x"))
            .unwrap_err();
        assert!(error.to_string().contains("cannot be sent"), "{error}");
        let error = server
            .connection
            .begin_stream(server.now, &head)
            .unwrap_err();
        assert!(error.to_string().contains("cannot be sent"), "{error}");
        assert_eq!(server.written(), "", "nothing of it was sent");
        server.answer(500, &[], "");
        assert!(
            server.written().starts_with("HTTP/1.1 500 "),
            "another response can be"
        );
    }
}

#[test]
fn framing_is_the_connections_own() {
    for name in ["content-length", "Transfer-Encoding", "CONNECTION"] {
        let server = &mut Server::after(GET);
        let response = Response::new(ResponseHead::new(200, [(name, "5")]), "hello");
        let error = server.connection.respond(server.now, response).unwrap_err();
        let InvalidResponse::Header(error) = error else {
            panic!("{error}")
        };
        assert_eq!(error.name(), name);
        assert!(error.to_string().contains("leave it out"), "{error}");
    }
}

#[test]
fn what_is_no_response_is_not_sent() {
    let cases = [
        (100, "", InvalidResponse::Status(100)),
        (199, "", InvalidResponse::Status(199)),
        (0, "", InvalidResponse::Status(0)),
        (1000, "", InvalidResponse::Status(1000)),
        (204, "x", InvalidResponse::Body(204)),
        (304, "x", InvalidResponse::Body(304)),
    ];
    for (status, body, expected) in cases {
        let server = &mut Server::after(GET);
        let head = ResponseHead::new::<&str, &str>(status, []);
        let found = server
            .connection
            .respond(server.now, Response::new(head, body))
            .unwrap_err();
        assert_eq!(found, expected);
        server.respond("still open");
    }
}

#[test]
fn an_answer_without_a_request_is_an_error() {
    let response = || Response::new(ResponseHead::new::<&str, &str>(200, []), "x");
    let mut server = Server::new(Config::new());
    let found = server.connection.respond(server.now, response());
    assert_eq!(found, Err(InvalidResponse::NoRequest));
    server.data(GET);
    server.respond("x");
    let found = server.connection.respond(server.now, response());
    assert_eq!(found, Err(InvalidResponse::NoRequest), "it is answered");
}
