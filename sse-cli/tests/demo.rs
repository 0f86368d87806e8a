//! `sse demo` as its clients and the person who runs it see it.

mod support;

use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread::{scope, spawn};

use support::{Demo, complaint, run};

fn number(line: &str) -> Option<u64> {
    line.strip_prefix("message ")?
        .strip_suffix(" sent")?
        .parse()
        .ok()
}

#[test]
fn a_client_gets_messages_with_a_number_and_the_time() {
    let demo = Demo::start("50ms");
    let mut client = demo.connect();
    let (first, text) = client.next().unwrap();
    assert!(
        text.starts_with(&format!("Message {first} - the time is ")),
        "{text}"
    );
    assert!(text.ends_with(" GMT"), "{text}");
    for expected in first + 1..first + 5 {
        assert_eq!(client.next().unwrap().0, expected);
    }
}

#[test]
fn the_stream_is_announced_as_one_that_nobody_may_cache_or_hold_back() {
    let demo = Demo::start("1h");
    let head = demo.connect().head;
    for expected in [
        "http/1.1 200 ok",
        "content-type: text/event-stream",
        "cache-control: no-cache, no-transform",
        "x-accel-buffering: no",
    ] {
        assert!(head.iter().any(|line| line == expected), "{head:?}");
    }
}

#[test]
fn the_reconnection_time_is_sent_at_once() {
    let demo = Demo::start("1h");
    let mut stream = demo.request("GET", "/events");
    let mut received = String::new();
    while !received.contains("retry: 1000\n") {
        let mut bytes = [0; 512];
        let length = stream.read(&mut bytes).unwrap();
        assert_ne!(length, 0, "{received}");
        received.push_str(support::text(&bytes[..length]));
    }
}

#[test]
fn the_page_is_served_at_the_root() {
    let answer = Demo::start("1h").answer("GET", "/");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("Content-Type: text/html; charset=utf-8\r\n"));
    assert!(answer.contains("Content-Security-Policy: default-src 'none';"));
    assert!(answer.ends_with("</html>\n"));
}

#[test]
fn anything_else_is_not_found() {
    let demo = Demo::start("1h");
    for (method, path) in [
        ("GET", "/favicon.ico"),
        ("GET", "/events/"),
        ("POST", "/x"),
        ("GET", "//"),
    ] {
        let answer = demo.answer(method, path);
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        assert!(answer.contains("\r\n\r\nnot found"), "{answer}");
    }
}

#[test]
fn other_methods_are_not_allowed() {
    let demo = Demo::start("1h");
    for (method, path) in [("POST", "/"), ("DELETE", "/events"), ("OPTIONS", "/events")] {
        let answer = demo.answer(method, path);
        assert!(
            answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"),
            "{answer}"
        );
        assert!(answer.contains("Allow: GET, HEAD\r\n"), "{answer}");
    }
}

#[test]
fn a_head_request_ends_and_adds_no_client() {
    let mut demo = Demo::start("20ms");
    let answer = demo.answer("HEAD", "/events");
    assert!(
        answer.contains("Content-Type: text/event-stream\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    let line = demo
        .log
        .wait_for(|line| line.starts_with("client ") || line.starts_with("broadcast "));
    assert_eq!(line, "broadcast to 0 clients");
}

#[test]
fn two_hundred_clients_get_the_same_messages() {
    const CLIENTS: usize = 200;
    const MESSAGES: u64 = 5;
    let mut demo = Demo::start("100ms");
    let clients: Vec<_> = (0..CLIENTS).map(|_| demo.connect()).collect();
    demo.log
        .wait_for(|line| line == format!("client added ({CLIENTS} connected)"));
    let sent = demo.log.wait_for(|line| number(line).is_some());
    // All were there when this one was sent, or at the latest when the next was.
    let first = number(&sent).unwrap() + 1;
    let received: Vec<Vec<_>> = scope(|scope| {
        let readers: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                scope.spawn(move || {
                    std::iter::from_fn(|| client.next())
                        .skip_while(|(number, _)| *number < first)
                        .take(MESSAGES as usize)
                        .collect()
                })
            })
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .collect()
    });
    let numbers: Vec<_> = received[0].iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, Vec::from_iter(first..first + MESSAGES));
    for other in &received {
        assert_eq!(other, &received[0]);
    }
    demo.log
        .wait_for(|line| line == format!("broadcast to {CLIENTS} clients"));
}

#[test]
fn the_log_tells_who_comes_and_goes_and_what_is_sent() {
    let mut demo = Demo::start("30ms");
    let is_about_clients = |line: &str| line.starts_with("client ");
    let first = demo.connect();
    assert_eq!(
        demo.log.wait_for(is_about_clients),
        "client added (1 connected)"
    );
    demo.log.wait_for(|line| number(line).is_some());
    demo.log.wait_for(|line| line == "broadcast to 1 client");
    let _second = demo.connect();
    assert_eq!(
        demo.log.wait_for(is_about_clients),
        "client added (2 connected)"
    );
    demo.log.wait_for(|line| line == "broadcast to 2 clients");
    drop(first);
    assert_eq!(
        demo.log.wait_for(is_about_clients),
        "client removed (1 connected)"
    );
    demo.log.wait_for(|line| line == "broadcast to 1 client");
}

/// The stalled client keeps its connection and never reads. Once all buffers on the way are full
/// it must be dropped, and a client that reads must have got every message all the while.
#[test]
fn a_client_that_never_reads_is_dropped_with_a_word_and_delays_nobody() {
    let mut demo = Demo::start("1ms");
    let mut reading = demo.connect();
    let mut stalled = demo.request("GET", "/events");
    demo.log
        .wait_for(|line| line == "client added (2 connected)");
    let (stop, stopped) = channel();
    let reader = spawn(move || {
        let (first, _) = reading.next().unwrap();
        let mut expected = first;
        while stopped.try_recv().is_err() {
            expected += 1;
            assert_eq!(reading.next().unwrap().0, expected);
        }
        expected
    });
    let line = demo.log.wait_for(|line| line.starts_with("client removed"));
    assert_eq!(line, "client removed: it does not read (1 connected)");
    // Messages flow on afterwards.
    demo.log.wait_for(|line| line == "broadcast to 1 client");
    demo.log.wait_for(|line| line == "broadcast to 1 client");
    stop.send(()).unwrap();
    assert!(reader.join().unwrap() > 64);
    // It was cut off while it was stuck: what was under way still arrives, and no proper end.
    let mut rest = Vec::new();
    if let Err(error) = stalled.read_to_end(&mut rest) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(!rest.ends_with(b"\r\n0\r\n\r\n"));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_at_once_with_streams_open() {
    for signal in ["INT", "TERM"] {
        let mut demo = Demo::start("1h");
        let mut clients = [demo.connect(), demo.connect()];
        demo.log
            .wait_for(|line| line == "client added (2 connected)");
        demo.signal(signal);
        assert_eq!(demo.wait().code(), Some(0), "{signal}");
        for client in &mut clients {
            assert_eq!(client.next(), None, "{signal}");
        }
    }
}

#[test]
fn a_port_in_use_is_said_with_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["demo", "--listen", &address]);
    let expected = format!(
        "sse: cannot listen on {address}: address already in use (choose another with --listen)"
    );
    assert_eq!(complaint(&output), expected);
}

#[test]
fn a_port_alone_is_one_of_this_machine() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = run(&["demo", "--listen", &port.to_string()]);
    let expected = format!("sse: cannot listen on 127.0.0.1:{port}: address already in use");
    let line = complaint(&output);
    assert!(line.starts_with(&expected), "{line}");
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    for arguments in [
        &["demo", "--every", "0s"][..],
        &["demo", "--every", "5"],
        &["demo", "--listen", "nowhere"],
        &["demo", "--lisen", "127.0.0.1:0"],
        &["dmeo"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
