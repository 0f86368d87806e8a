//! Streams that never began: one clear line each.

use sse_testkit::script::{Answer, ClosedPort};

use crate::support::{complaint, run, text};
use crate::{answering, host};

/// The line that this answer brings forth.
#[track_caller]
fn complaint_about(answer: Answer, arguments: &[&str]) -> String {
    let server = answering(answer);
    let output = run(&[&["listen", &server.url("/")], arguments].concat());
    assert_eq!(server.requests().len(), 1);
    complaint(&output).to_owned()
}

#[test]
fn a_dead_port_is_one_clear_line() {
    let port = ClosedPort::new();
    let url = port.url("/");
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let expected = format!("sse: cannot connect to {address}: connection refused");
    assert_eq!(complaint(&run(&["listen", &url])), expected);
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
fn html_is_one_clear_line_without_the_page() {
    let page = Answer::status(200)
        .header("Content-Type", "text/html; charset=utf-8")
        .event("<!DOCTYPE html>hi");
    assert_eq!(
        complaint_about(page, &[]),
        "sse: the server sent \"text/html; charset=utf-8\", which is not an event stream \
         (text/event-stream)"
    );
}

#[test]
fn another_type_is_shown_with_what_the_server_says() {
    let json = Answer::status(200)
        .header("Content-Type", "application/json")
        .event("{\n  \"error\": \"no such model\"\n}\n");
    assert_eq!(
        complaint_about(json, &[]),
        "sse: the server sent \"application/json\", which is not an event stream \
         (text/event-stream): { \"error\": \"no such model\" }"
    );
}

#[test]
fn no_media_type_is_one_clear_line() {
    let line = complaint_about(Answer::status(200), &[]);
    assert!(line.contains("no Content-Type"), "{line}");
}

#[test]
fn a_status_other_than_200_is_one_clear_line() {
    for (status, words) in [
        (404, "404 Not Found"),
        (410, "410 Gone"),
        (599, "599"),
        (304, "304 Not Modified"),
    ] {
        // Also where the answer calls itself an event stream.
        let answer = Answer::status(status).header("Content-Type", "text/event-stream");
        let expected = format!("sse: the server answered with status {words} instead of 200");
        assert_eq!(complaint_about(answer, &[]), expected);
    }
}

#[test]
fn no_content_at_first_is_a_stream_that_is_not_there() {
    assert_eq!(
        complaint_about(Answer::status(204), &[]),
        "sse: the server answered with status 204 No Content instead of 200 (there is no stream)"
    );
}

#[test]
fn a_refusal_shows_what_can_be_done() {
    for (status, arguments, hint) in [
        (
            401,
            &[][..],
            "401 Unauthorized instead of 200: no (-H 'Authorization: …' sends credentials)",
        ),
        (
            403,
            &["-H", "authorization: Bearer 1"],
            "403 Forbidden instead of 200: no",
        ),
        (
            405,
            &[],
            "405 Method Not Allowed instead of 200: no (-X sends another method)",
        ),
        (
            503,
            &[],
            "503 Service Unavailable instead of 200: no (--retry-statuses keeps trying)",
        ),
    ] {
        let line = complaint_about(Answer::status(status).event("no"), arguments);
        assert!(line.ends_with(hint), "{line}");
    }
}

#[test]
fn a_refusal_shows_the_beginning_of_its_text() {
    let long = "long ".repeat(1000);
    let line = complaint_about(Answer::status(400).event(&long), &[]);
    let (_, quoted) = line.split_once("instead of 200: ").unwrap();
    assert!(quoted.starts_with("long long "), "{line}");
    assert!(quoted.ends_with('…'), "{line}");
    assert_eq!(quoted.chars().count(), 201);

    // What is kept of it ends inside of a letter.
    let letters = "ü".repeat(600);
    let line = complaint_about(Answer::status(400).event(&format!("x{letters}")), &[]);
    assert!(line.ends_with("üü…"), "{line}");
}

#[test]
fn a_refusal_that_is_not_text_is_not_shown() {
    for body in [&b"\x89PNG\r\n\x1a\n"[..], b"MZ\0\0", b"", b" \n"] {
        let line = complaint_about(Answer::status(400).bytes(body), &[]);
        assert!(
            line.ends_with("400 Bad Request instead of 200"),
            "{line:?} for {body:?}"
        );
    }
}

#[test]
fn a_refusal_cannot_steer_the_terminal_or_write_lines_of_its_own() {
    let body = "\u{1b}[2Jsse:\r\nall is well\u{7}";
    let line = complaint_about(Answer::status(400).event(body), &[]);
    assert!(
        line.ends_with(r"instead of 200: \u{1b}[2Jsse: all is well\u{7}"),
        "{line}"
    );
}

#[test]
fn what_is_not_http_is_one_clear_line() {
    for response in ["", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200"] {
        let server = answering(Answer::raw(response));
        let output = run(&["listen", &server.url("/")]);
        let line = complaint(&output);
        let expected = format!("sse: no valid response from {}: ", host(&server));
        assert!(line.starts_with(&expected), "{line}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_one_clear_line() {
    let server = answering(Answer::silence());
    let output = run(&["listen", &server.url("/"), "--connect-timeout", "50ms"]);
    let expected = format!(
        "sse: no response from {} within 50ms (see --connect-timeout)",
        host(&server)
    );
    assert_eq!(complaint(&output), expected);
}

#[test]
fn an_id_that_no_header_can_carry_is_told_and_left_out() {
    let server = answering(Answer::stream().event("data: one\n\n"));
    let arguments = ["--count", "1", "--last-event-id", "a\u{1}b"];
    let output = run(&[&["listen", &server.url("/")], &arguments[..]].concat());
    assert_eq!(text(&output.stdout), "#a\u{1}b\none\n");
    let said = text(&output.stderr);
    assert!(
        said.starts_with("sse: the last event ID has a control character"),
        "{said}"
    );
    assert_eq!(said.matches('\n').count(), 1, "{said}");
    assert_eq!(server.request(0).header("Last-Event-ID"), None);
}
