//! Heads that are refused: each with its status, and the connection ends.

use sse_proto::http1::{Config, ConnectionEvent, Fault};

use crate::support::{GET, SECOND, Server};

fn refused(bytes: impl AsRef<[u8]>) -> Fault {
    let mut whole = Server::new(Config::new());
    whole.data(&bytes);
    let fault = whole.refused();
    let mut byte_by_byte = Server::new(Config::new());
    for byte in bytes.as_ref() {
        byte_by_byte.data([*byte]);
    }
    assert_eq!(byte_by_byte.refused(), fault, "whatever the cuts");
    fault
}

fn with_headers(headers: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n")
}

fn expect(fault: Fault, status: u16, all: &[&str]) {
    assert_eq!(fault.status(), status);
    for bytes in all {
        assert_eq!(refused(bytes), fault, "{bytes:?}");
    }
}

#[test]
fn a_slow_head_is_408() {
    let mut server = Server::new(Config::new());
    server.pass(9 * SECOND);
    server.data("GET / HTTP/1.1\r\n");
    assert_eq!(server.due_in(), Some(10 * SECOND));
    for _ in 0..9 {
        server.pass(SECOND);
        server.data("X: y\r\n");
    }
    assert_eq!(server.due_in(), Some(SECOND), "bytes gain it no time");
    server.pass(SECOND);
    assert_eq!(server.refused(), Fault::HeaderTimeout);
    assert_eq!(Fault::HeaderTimeout.status(), 408);
    server.pass(2 * SECOND);
    assert!(server.closed);
}

#[test]
fn an_endless_request_line_is_414() {
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(8 << 10));
    expect(
        Fault::RequestLineTooLong,
        414,
        &[&long, &long[..8200], &"x".repeat(8194)],
    );
}

#[test]
fn what_lies_beyond_the_longest_line_is_not_judged() {
    let line = format!("GET /{}", "x".repeat((8 << 10) - 5));
    let all = [
        format!("{line}x\0"),
        format!("{line}\rx"),
        format!("{line}xx\0\r\n"),
        format!("{line}x\r\r\n"),
    ];
    let found = all.map(refused);
    let (long, junk) = (Fault::RequestLineTooLong, Fault::Syntax);
    assert_eq!(found, [long, junk, long, long]);
}

#[test]
fn an_endless_header_is_431() {
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(33 << 10));
    let id = format!(
        "GET / HTTP/1.1\r\nLast-Event-ID: {}\r\n",
        "1".repeat(1 << 20)
    );
    expect(Fault::HeadersTooLarge, 431, &[&endless]);
    let mut server = Server::new(Config::new());
    server.data(id);
    assert_eq!(server.refused(), Fault::HeadersTooLarge);
}

#[test]
fn a_bomb_of_headers_is_431() {
    let many = format!("GET / HTTP/1.1\r\n{}", "a:\r\n".repeat(101));
    expect(Fault::TooManyHeaders, 431, &[&many]);
    let large = format!(
        "GET / HTTP/1.1\r\n{}",
        format!("a: {}\r\n", "x".repeat(1000)).repeat(40)
    );
    expect(Fault::HeadersTooLarge, 431, &[&large]);
}

#[test]
fn as_many_headers_as_allowed_are_read() {
    let most = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a:\r\n".repeat(99));
    let mut server = Server::new(Config::new());
    server.data(most);
    assert_eq!(server.request().head.headers.len(), 100);
}

#[test]
fn http_0_9_is_400_at_its_line_end() {
    expect(Fault::Syntax, 400, &["GET /\r\n", "GET / \r\n", "GET\r\n"]);
}

#[test]
fn another_version_is_505() {
    let all = [
        "GET / HTTP/2.0\r\n",
        "GET / HTTP/0.9\r\n",
        "GET / HTTP/1.2\r\n",
        "PRI * HTTP/2.0\r\n",
    ];
    expect(Fault::Version, 505, &all);
}

#[test]
fn what_is_no_version_is_400() {
    let all = [
        "GET / FTP/1.1\r\n",
        "GET / http/1.1\r\n",
        "GET / HTTP/1.1x\r\n",
        "GET / HTTP/1.1 \r\n",
        "GET / HTTP/1.\r\n",
        "GET / HTTP/11\n",
    ];
    expect(Fault::Syntax, 400, &all);
}

#[test]
fn junk_is_400_before_its_line_ends() {
    expect(
        Fault::Syntax,
        400,
        &["\x16\x03\x01\x02", "GET /\0", "\r\r", "GET / HTTP/1.1\rX"],
    );
    let not_text = b"GET /\xFF HTTP/1.1\r\n";
    assert_eq!(refused(not_text), Fault::Syntax);
}

#[test]
fn junk_behind_a_request_is_400_behind_its_response() {
    let mut server = Server::new(Config::new());
    server.data(format!("{GET}?!\r\n"));
    server.request();
    server.respond("fine");
    let events = server.events();
    assert_eq!(events, [ConnectionEvent::Refused(Fault::Syntax)]);
    let written = server.written();
    let (first, second) = (written.find("200 OK"), written.find("400 Bad Request"));
    assert!(first.is_some() && first < second, "{written}");
    assert!(server.shut_down);
}

#[test]
fn a_header_that_is_none_is_400() {
    for header in [
        "no colon\r\n",
        "a b: c\r\n",
        "a : b\r\n",
        ": x\r\n",
        "a: \0\r\n",
        "a: b\rc\r\n",
        "a: \x7f\r\n",
    ] {
        assert_eq!(refused(with_headers(header)), Fault::Syntax, "{header:?}");
    }
}

#[test]
fn a_folded_header_is_400() {
    for header in ["a: b\r\n c: d\r\n", "a: b\r\n\tc\r\n"] {
        assert_eq!(refused(with_headers(header)), Fault::FoldedHeader);
    }
    let first = "GET / HTTP/1.1\r\n Host: a\r\n";
    expect(Fault::FoldedHeader, 400, &[first]);
}

#[test]
fn a_missing_host_or_a_second_one_is_400() {
    let all = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
    ];
    expect(Fault::Host, 400, &all);
}

#[test]
fn a_target_that_is_no_path_is_400() {
    for target in [
        "x",
        "*",
        "ftp://a/",
        "http://",
        "http:///x",
        "http://u@a/",
        "/a#b",
        "//a#",
        "http:/a",
    ] {
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(refused(bytes), Fault::Target, "{target}");
    }
}

#[test]
fn a_proxys_method_is_501() {
    expect(
        Fault::Connect,
        501,
        &["CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"],
    );
}

#[test]
fn a_length_that_is_no_number_is_400() {
    for length in ["", "x", "-1", "+1", "1 1", "1,1", "0x10", "1.0"] {
        let bytes = with_headers(&format!("Content-Length: {length}\r\n"));
        assert_eq!(refused(bytes), Fault::ContentLength, "{length:?}");
    }
    let twice = with_headers("Content-Length: 5\r\nContent-Length: 5\r\n");
    expect(Fault::ContentLength, 400, &[&twice]);
}

#[test]
fn a_length_that_can_be_read_in_two_ways_is_400() {
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: ,chunked\r\n",
    ] {
        assert_eq!(
            refused(with_headers(headers)),
            Fault::AmbiguousLength,
            "{headers:?}"
        );
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(Fault::AmbiguousLength, 400, &[old]);
}

#[test]
fn another_transfer_coding_is_501() {
    for coding in [
        "gzip",
        "gzip, chunked",
        "identity",
        "xchunked",
        "chunked;q=1",
        "chunked, gzip",
    ] {
        let bytes = with_headers(&format!("Transfer-Encoding: {coding}\r\n"));
        assert_eq!(refused(bytes), Fault::TransferCoding, "{coding}");
    }
    assert_eq!(Fault::TransferCoding.status(), 501);
}

#[test]
fn another_expectation_is_417() {
    let bytes = with_headers("Expect: tea\r\n");
    expect(Fault::Expectation, 417, &[&bytes]);
}

#[test]
fn a_body_whose_length_is_too_large_is_413_at_once() {
    for length in [
        "1048577",
        "18446744073709551615",
        "99999999999999999999999999",
    ] {
        let bytes = with_headers(&format!("Content-Length: {length}\r\n"));
        assert_eq!(refused(bytes), Fault::BodyTooLarge);
    }
    assert_eq!(Fault::BodyTooLarge.status(), 413);
}

#[test]
fn a_head_that_breaks_off_is_400() {
    let mut server = Server::new(Config::new());
    server.data("GET / HTTP/1.1\r\nHo");
    server.eof();
    assert_eq!(server.refused(), Fault::Truncated);
    assert!(server.closed);
}

#[test]
fn what_comes_behind_a_refusal_is_not_looked_at() {
    let mut server = Server::new(Config::new());
    server.data(format!("?\r\n{GET}"));
    server.data(GET);
    assert_eq!(server.events(), [ConnectionEvent::Refused(Fault::Syntax)]);
}
