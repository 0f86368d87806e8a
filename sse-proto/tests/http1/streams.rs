//! Responses that are streams: how they begin, and how they end.

use sse_proto::ResponseHead;
use sse_proto::http1::{ConnectionEvent, Departure, Framing, InvalidResponse};

use crate::support::{CHUNKED, GET, Server};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

#[test]
fn a_stream_for_http_1_1_comes_in_chunks() {
    let mut server = Server::after(GET);
    assert_eq!(server.begin_stream(), Some(Framing::Chunked));
    let expected = format!("{HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    assert_eq!(server.written(), expected);
    assert_eq!(server.due_in(), None);
    server.connection.end_stream();
    assert_eq!(server.written(), "0\r\n\r\n");
    assert!(server.shut_down && !server.closed);
    server.eof();
    assert!(server.closed);
    assert_eq!(server.events(), [], "it had ended");
}

#[test]
fn a_stream_for_http_1_0_is_as_it_is() {
    let keep = "Connection: keep-alive\r\n\r\n";
    let mut server = Server::after(format!("GET / HTTP/1.0\r\n{keep}"));
    assert_eq!(server.begin_stream(), Some(Framing::Raw));
    assert_eq!(server.written(), format!("{HEAD}Connection: close\r\n\r\n"));
    server.connection.end_stream();
    assert_eq!(server.written(), "");
    assert!(server.shut_down);
}

#[test]
fn head_is_answered_by_the_head_and_the_connection_is_kept() {
    let mut server = Server::after(GET.replace("GET", "HEAD"));
    assert_eq!(server.begin_stream(), None);
    assert_eq!(
        server.written(),
        format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n")
    );
    server.data(GET);
    server.request();
}

#[test]
fn a_client_that_ends_is_gone() {
    let mut server = Server::after(GET);
    server.begin_stream();
    server.eof();
    assert_eq!(server.events(), [ConnectionEvent::Gone(Departure::Closed)]);
    assert!(server.closed);
    server.connection.end_stream();
    server.drain();
}

#[test]
fn a_client_that_had_ended_before_the_stream_is_gone() {
    let mut server = Server::after(GET);
    server.eof();
    assert_eq!(server.events(), [], "it could still be answered");
    server.begin_stream();
    assert_eq!(server.events(), [ConnectionEvent::Gone(Departure::Closed)]);
    assert!(server.closed);
}

#[test]
fn a_stream_that_cannot_be_written_is_gone() {
    let mut server = Server::after(GET);
    server.begin_stream();
    server.error();
    assert_eq!(server.events(), [ConnectionEvent::Gone(Departure::Broken)]);
    assert!(server.closed);
}

#[test]
fn what_a_client_sends_during_a_stream_is_discarded_up_to_a_limit() {
    let mut server = Server::after(format!("{GET}{GET}"));
    server.begin_stream();
    server.data([b'x'; 32 << 10]);
    server.data(vec![b'x'; (32 << 10) - GET.len()]);
    assert!(server.connection.wants_data());
    assert_eq!((server.events(), server.connection.buffered()), (vec![], 0));
    server.data("x");
    assert_eq!(
        server.events(),
        [ConnectionEvent::Gone(Departure::Chattered)]
    );
    assert!(server.closed);
}

#[test]
fn a_stream_may_begin_before_the_body_of_its_request_was_read() {
    let mut server = Server::after(CHUNKED);
    assert_eq!(server.begin_stream(), Some(Framing::Chunked));
    server.data("5\r\nhello\r\nnonsense");
    assert_eq!(server.events(), []);
}

#[test]
fn a_status_without_a_body_begins_no_stream() {
    let server = &mut Server::after(GET);
    let head = ResponseHead::new::<&str, &str>(204, []);
    let found = server.connection.begin_stream(server.now, &head);
    assert_eq!(found, Err(InvalidResponse::Body(204)));
}

#[test]
fn a_stream_goes_on_though_the_connection_shall_close_when_idle() {
    let mut server = Server::after(GET);
    server.begin_stream();
    server.connection.close_when_idle();
    server.drain();
    assert!(!server.shut_down && !server.closed);
}

#[test]
fn runs_that_are_framed_are_read_back_whole() {
    let mut out = Vec::new();
    for run in [&b"data: 1\n\n"[..], b"", &[b'x'; 5000]] {
        Framing::Chunked.frame(run, &mut out);
    }
    out.extend_from_slice(Framing::Chunked.end());
    let mut server = Server::after(CHUNKED);
    server.read_body();
    server.data(&out);
    let expected = [&b"data: 1\n\n"[..], &[b'x'; 5000]].concat();
    assert_eq!(crate::support::body_of(&server.events()), (expected, true));
}
