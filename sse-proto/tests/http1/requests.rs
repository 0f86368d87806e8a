//! Requests that are understood, and how they come before the program.

use sse_proto::RequestHead;
use sse_proto::http1::{BodyLength, Config, Version};

use crate::support::{GET, Server};

fn request(bytes: impl AsRef<[u8]>) -> sse_proto::http1::Request {
    let mut server = Server::new(Config::new());
    server.data(bytes);
    server.request()
}

#[test]
fn a_request_has_method_target_and_headers() {
    let found = request(
        "PURGE /events?stream=a&b=%20 HTTP/1.1\r\nHost: example.com:80\r\nX-Two: 1\r\nX-Two:\t2 \r\nEmpty:\r\n\r\n",
    );
    let head = RequestHead::new(
        "PURGE",
        "/events?stream=a&b=%20",
        [
            ("Host", "example.com:80"),
            ("X-Two", "1"),
            ("X-Two", "2"),
            ("Empty", ""),
        ],
    );
    assert_eq!(found.head, head);
    assert_eq!(found.version, Version::Http11);
    assert_eq!(found.body, BodyLength::Empty);
}

#[test]
fn it_may_be_cut_anywhere() {
    let whole = request(GET);
    for at in 1..GET.len() {
        let (first, second) = GET.split_at(at);
        let mut server = Server::new(Config::new());
        server.data(first);
        assert_eq!(server.events(), []);
        server.data(second);
        assert_eq!(server.request(), whole);
    }
}

#[test]
fn http_1_0_needs_no_host() {
    let found = request("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(found.version, Version::Http10);
    assert_eq!(found.head.headers.len(), 0);
}

#[test]
fn lines_may_end_in_a_line_feed_alone() {
    assert_eq!(request("GET /x HTTP/1.1\nHost: a\n\n").head.target, "/x");
}

#[test]
fn blank_lines_before_a_request_are_passed_over() {
    let mut server = Server::new(Config::new());
    let due = server.due_in();
    for piece in ["\r", "\n\n", "\r\n\r"] {
        server.data(piece);
        assert_eq!(server.due_in(), due, "they gain it no time");
    }
    server.data("\n");
    assert_eq!(server.connection.buffered(), 0);
    server.data(GET);
    assert_eq!(server.request().head.target, "/events");
}

#[test]
fn a_whole_url_is_taken_apart_and_its_authority_is_the_host() {
    for (target, path, host) in [
        ("http://example.com/a?b", "/a?b", "example.com"),
        ("HTTP://example.com:8080", "/", "example.com:8080"),
        ("https://[::1]?stream=x", "/?stream=x", "[::1]"),
    ] {
        let found = request(format!("GET {target} HTTP/1.1\r\nHost: other\r\n\r\n"));
        assert_eq!(found.head.target, path);
        let hosts: Vec<_> = found.head.headers.iter().collect();
        assert_eq!(hosts, [("Host", host.as_bytes())]);
    }
    let found = request("GET http://example.com/ HTTP/1.0\r\n\r\n");
    assert_eq!(found.head.headers.get("host"), Some(&b"example.com"[..]));
}

#[test]
fn options_may_be_about_the_server() {
    let found = request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(found.head.target, "*");
}

#[test]
fn header_values_are_bytes() {
    let found = request(b"GET / HTTP/1.1\r\nHost: a\r\nX: \xFF\xC3\xA9\r\n\r\n");
    assert_eq!(found.head.headers.get("x"), Some(&b"\xFF\xC3\xA9"[..]));
}

#[test]
fn a_host_may_be_empty() {
    assert_eq!(request("GET / HTTP/1.1\r\nHost:\r\n\r\n").head.target, "/");
}

#[test]
fn the_largest_head_that_is_allowed_is_read() {
    let config = Config::new()
        .max_request_line_bytes(20)
        .max_header_bytes(24)
        .max_headers(2);
    let head = "GET /3456789 HTTP/1.1\r\n".replacen("789", "78", 1);
    assert_eq!(head.trim_end().len(), 20);
    let headers = "Host: a\r\nX: 345678901\r\n\r\n";
    let headers = &headers.replacen("345678901", "3456789", 1);
    assert_eq!(headers.len(), 24 - 1);
    let mut server = Server::new(config.clone());
    server.data(format!("{head}{headers}"));
    assert_eq!(server.request().head.headers.len(), 2);
    let mut byte_by_byte = Server::new(config);
    for byte in format!("{head}{headers}").bytes() {
        byte_by_byte.data([byte]);
    }
    byte_by_byte.request();
}
