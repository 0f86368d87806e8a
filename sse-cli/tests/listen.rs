//! `sse listen` against servers that follow a script.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc::channel;

use support::{Demo, Lines, PATIENCE, Script, complaint, run, sse, text, wait};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

fn stream(body: &str) -> String {
    format!("{HEAD}Connection: close\r\n\r\n{body}")
}

fn chunk(bytes: &str) -> String {
    format!("{:x}\r\n{bytes}\r\n", bytes.len())
}

#[test]
fn events_become_json_lines() {
    let body = "retry: 3000\n\n: a comment\ndata: one\n\nevent: tick\nid: 7\ndata: a\ndata: \"b\"\n\n\
        data: ü\u{1}\n\n";
    let script = Script::sending(stream(body));
    let output = run(&["listen", &script.url, "--json"]);
    assert_eq!(
        text(&output.stdout),
        r#"{"kind":"retry","ms":3000}
{"kind":"event","type":"message","data":"one","id":""}
{"kind":"event","type":"tick","data":"a\n\"b\"","id":"7"}
{"kind":"event","type":"message","data":"ü\u0001","id":"7"}
"#
    );
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn events_become_plain_text_in_a_pipe() {
    let script = Script::sending(stream(
        "data: one\n\nevent: tick\nid: 7\ndata: a\ndata: b\n\n",
    ));
    let output = run(&["listen", &script.url]);
    assert_eq!(text(&output.stdout), "one\n[tick] #7\na\nb\n");
}

#[test]
fn an_event_is_out_before_the_next_one_comes() {
    let (seen, first_was_seen) = channel();
    let script = Script::new(move |stream| {
        let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(chunk("data: one\n\n").as_bytes()).unwrap();
        first_was_seen.recv_timeout(PATIENCE).unwrap();
        let rest = chunk("data: two\n\n") + "0\r\n\r\n";
        stream.write_all(rest.as_bytes()).unwrap();
    });
    let mut child = sse(&["listen", &script.url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Lines::of(child.stdout.take().unwrap());
    lines.wait_for(|line| line == "one");
    seen.send(()).unwrap();
    lines.wait_for(|line| line == "two");
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
fn an_event_may_come_in_pieces() {
    let script = Script::new(|stream| {
        let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        for byte in [
            "\u{feff}", "dat", "a", ":", " o", "ne", "\r", "\n", "\r", "\n",
        ] {
            stream.write_all(chunk(byte).as_bytes()).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let output = run(&["listen", &script.url]);
    assert_eq!(text(&output.stdout), "one\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn count_ends_it_while_the_stream_goes_on() {
    let script = Script::new(|stream| {
        let body = "retry: 1\n\n: x\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n";
        let response = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{}", chunk(body));
        stream.write_all(response.as_bytes()).unwrap();
        // The end of the connection is the client's.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let output = run(&["listen", &script.url, "--count", "2"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n2\n");
    assert_eq!(output.status.code(), Some(0));
    script.request();
}

#[test]
fn the_request_asks_for_an_event_stream_and_carries_the_given_headers() {
    let script = Script::sending(stream(""));
    let url = script.url.clone();
    let output = run(&["listen", &url, "-H", "X-Token: a b", "-H", "X-Token: c"]);
    assert_eq!(output.status.code(), Some(0));
    let request = script.request().to_ascii_lowercase();
    let mut lines = request.lines();
    assert_eq!(lines.next(), Some("get /stream http/1.1"));
    let host = url
        .trim_start_matches("http://")
        .trim_end_matches("/stream");
    for expected in [
        &format!("host: {host}"),
        "accept: text/event-stream",
        "cache-control: no-cache",
        "x-token: a b",
        "x-token: c",
    ] {
        assert!(request.lines().any(|line| line == expected), "{request}");
    }
}

#[test]
fn a_given_header_stands_in_for_ours() {
    let script = Script::sending(stream(""));
    run(&["listen", &script.url.clone(), "-H", "Accept: text/x"]);
    let request = script.request().to_ascii_lowercase();
    assert!(request.contains("accept: text/x\r\n"), "{request}");
    assert!(!request.contains("text/event-stream"), "{request}");
}

#[test]
fn a_media_type_with_parameters_in_any_case_is_an_event_stream() {
    let response = "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream ; charset=UTF-8\r\n\
        Connection: close\r\n\r\ndata: x\n\n";
    let script = Script::sending(response);
    assert_eq!(text(&run(&["listen", &script.url]).stdout), "x\n");
}

#[test]
fn a_dead_port_is_one_clear_line() {
    // Bound, so that nobody else gets it, but nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let output = run(&["listen", &format!("http://{address}/")]);
    let expected = format!("sse: cannot connect to {address}: connection refused");
    assert_eq!(complaint(&output), expected);
}

#[test]
fn a_host_that_cannot_be_resolved_is_one_clear_line() {
    // No name may have a part this long, so that nobody has to be asked.
    let host = "x".repeat(64);
    let output = run(&["listen", &format!("http://{host}/events")]);
    let line = complaint(&output);
    let expected = format!("sse: cannot connect to {host}: ");
    assert!(line.starts_with(&expected), "{line}");
}

#[test]
fn a_stream_that_ends_before_the_count_is_reached_is_said() {
    let response = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
                    data: 1\n\ndata: lost";
    let script = Script::sending(response);
    let output = run(&["listen", "--count", "3", &script.url]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("inside an event"), "{errors}");
    assert!(errors.contains("2 of 3 events did not come"), "{errors}");
}

#[test]
fn html_is_one_clear_line() {
    let response = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi";
    let script = Script::sending(response);
    assert_eq!(
        complaint(&run(&["listen", &script.url])),
        "sse: the server sent \"text/html\", which is not an event stream (text/event-stream)"
    );
}

#[test]
fn no_media_type_is_one_clear_line() {
    let script = Script::sending("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let output = run(&["listen", &script.url]);
    assert!(complaint(&output).contains("no Content-Type"));
}

#[test]
fn a_status_other_than_200_is_one_clear_line() {
    for status in [
        "500 Internal Server Error",
        "404 Not Found",
        "204 No Content",
    ] {
        // Also where the answer calls itself an event stream.
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        );
        let script = Script::sending(response);
        assert_eq!(
            complaint(&run(&["listen", &script.url])),
            format!("sse: the server answered with status {status} instead of 200")
        );
    }
}

#[test]
fn a_redirect_is_said_with_its_target() {
    let script = Script::sending(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    );
    let output = run(&["listen", &script.url]);
    let line = complaint(&output);
    assert!(
        line.contains("redirects to \"/elsewhere\" (status 301"),
        "{line}"
    );
}

#[test]
fn a_stream_that_breaks_off_is_an_error_after_what_was_received() {
    let body = chunk("data: one\n\ndata: tw");
    let script = Script::sending(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{body}"));
    let output = run(&["listen", &script.url]);
    assert_eq!(text(&output.stdout), "one\n");
    let line = text(&output.stderr);
    assert!(line.starts_with("sse: the connection broke: "), "{line}");
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_is_not_http_is_one_clear_line() {
    for response in ["", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200"] {
        let script = Script::sending(response);
        let output = run(&["listen", &script.url]);
        let line = complaint(&output);
        assert!(
            line.starts_with("sse: no valid response from 127.0.0.1:"),
            "{line}"
        );
    }
}

#[test]
fn a_server_that_speaks_no_tls_is_one_clear_line() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let output = run(&["listen", &format!("https://{address}/")]);
    let line = complaint(&output);
    assert!(
        line.starts_with("sse: cannot connect to 127.0.0.1:"),
        "{line}"
    );
    server.join().unwrap();
}

#[test]
fn a_url_that_cannot_be_used_is_a_usage_error_that_says_what_was_meant() {
    let output = run(&["listen", "localhost:8000/events"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("did you mean http://localhost:8000/events?"),
        "{message}"
    );
    for arguments in [
        &["listen"][..],
        &["listen", "http://x/", "--count", "0"],
        &["listen", "http://x/", "-H", "no colon"],
        &["listen", "ftp://x/"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_demo_can_be_listened_to() {
    let demo = Demo::start("20ms");
    let output = run(&["listen", &demo.url("/events"), "--count", "3", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines[0], r#"{"kind":"retry","ms":1000}"#);
    let events: Vec<serde_json::Value> = lines[1..]
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 3);
    for event in events {
        let id = event["id"].as_str().unwrap();
        let data = event["data"].as_str().unwrap();
        assert!(
            data.starts_with(&format!("Message {id} - the time is ")),
            "{data}"
        );
    }
}
