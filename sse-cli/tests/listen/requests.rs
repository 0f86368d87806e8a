//! What goes over the wire.

use std::fs;
use std::path::PathBuf;

use sse_testkit::script::{Answer, Request, Script};

use crate::support::{complaint, run, run_with_input, text};
use crate::{answering, host, streaming};

/// The one request that these arguments bring forth.
#[track_caller]
fn request(arguments: &[&str]) -> Request {
    request_with_input(arguments, "")
}

#[track_caller]
fn request_with_input(arguments: &[&str], input: &str) -> Request {
    let server = streaming("data: one\n\n");
    let url = server.url("/stream");
    let output = run_with_input(
        &[&["listen", &url, "--count", "1"], arguments].concat(),
        input,
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    server.request(0)
}

#[test]
fn the_request_asks_for_an_event_stream_and_carries_the_given_headers() {
    let server = streaming("data: one\n\n");
    let url = server.url("/stream");
    let output = run(&[
        "listen",
        &url,
        "--count",
        "1",
        "-H",
        "X-Token: a b",
        "-H",
        "X-Token:c",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let request = server.request(0);
    assert_eq!((&*request.method, &*request.target), ("GET", "/stream"));
    let agent = concat!("sse-cli/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("Host", &*host(&server)),
        ("Accept", "text/event-stream"),
        ("Cache-Control", "no-cache"),
        ("User-Agent", agent),
    ] {
        assert_eq!(request.header_text(name), Some(value));
    }
    let tokens = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("X-Token"));
    let tokens: Vec<_> = tokens.map(|(_, value)| text(value)).collect();
    assert_eq!(tokens, ["a b", "c"]);
    for absent in ["Last-Event-ID", "Content-Type", "Content-Length"] {
        assert_eq!(request.header(absent), None);
    }
}

#[test]
fn a_given_header_stands_in_for_ours() {
    let request = request(&["-H", "Accept: text/x", "-H", "user-agent: me"]);
    assert_eq!(request.header_text("Accept"), Some("text/x"));
    assert_eq!(request.header_text("User-Agent"), Some("me"));
}

#[test]
fn a_media_type_with_parameters_in_any_case_is_an_event_stream() {
    let answer = Answer::status(200)
        .header("Content-Type", "Text/Event-Stream ; charset=UTF-8")
        .event("data: x\n\n");
    let output = run(&["listen", &answering(answer).url("/"), "--count", "1"]);
    assert_eq!(text(&output.stdout), "x\n");
}

#[test]
fn an_id_to_resume_behind_is_sent() {
    let request = request(&["--last-event-id", "41"]);
    assert_eq!(request.header_text("Last-Event-ID"), Some("41"));
}

#[test]
fn a_body_makes_it_a_post() {
    let json = r#"{"stream": true}"#;
    let request = request(&["-d", json]);
    assert_eq!(request.method, "POST");
    assert_eq!(text(&request.body), json);
    assert_eq!(
        request.header_text("Content-Type"),
        Some("application/json")
    );
}

#[test]
fn a_body_that_is_not_json_is_a_form_unless_a_header_says_otherwise() {
    let form = request(&["--data", "a=b"]);
    let expected = Some("application/x-www-form-urlencoded");
    assert_eq!(form.header_text("Content-Type"), expected);

    let own = request(&["--data", "{}", "-H", "content-type: text/x"]);
    assert_eq!(own.header_text("Content-Type"), Some("text/x"));
}

#[test]
fn a_method_may_be_any_that_has_a_stream_for_an_answer() {
    let request = request(&["-X", "report", "-d", "?"]);
    assert_eq!((&*request.method, &*request.body), ("report", &b"?"[..]));
    let output = run(&["listen", "http://127.0.0.1:1/", "-X", "HEAD"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("have no event stream"), "{message}");
}

#[test]
fn a_body_may_come_from_a_file_byte_for_byte() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("listen-body-{}", std::process::id()));
    fs::write(&file, b"a\r\n\0\xff\n").unwrap();
    let request = request(&["-d", &format!("@{}", file.display())]);
    fs::remove_file(&file).unwrap();
    assert_eq!(request.body, b"a\r\n\0\xff\n");
}

#[test]
fn a_body_may_come_from_standard_input() {
    let request = request_with_input(&["-d", "@-"], "from a pipe\n");
    assert_eq!(text(&request.body), "from a pipe\n");
}

#[test]
fn a_body_that_cannot_be_read_is_one_clear_line_and_no_request() {
    let server = streaming("");
    let output = run(&["listen", &server.url("/"), "-d", "@/nowhere/at all"]);
    let expected = "sse: cannot read the body from /nowhere/at all: no such file or directory";
    assert_eq!(complaint(&output), expected);
    assert_eq!(server.connections(), 0);
}

#[test]
fn redirects_are_followed() {
    let server = Script::new()
        .answer(Answer::redirect(301, "/elsewhere?a=b"))
        .answer(Answer::redirect(307, "stream"))
        .answer(Answer::stream().event("data: here\n\n"))
        .start();
    let output = run(&["listen", &server.url("/"), "-X", "POST", "--count", "1"]);
    assert_eq!(text(&output.stdout), "here\n");
    let asked: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.method + " " + &request.target)
        .collect();
    assert_eq!(asked, ["POST /", "GET /elsewhere?a=b", "GET /stream"]);
}

#[test]
fn a_body_goes_along_with_a_redirect_that_keeps_the_method() {
    let server = Script::new()
        .answer(Answer::redirect(307, "/elsewhere"))
        .answer(Answer::stream().event("data: here\n\n"))
        .start();
    let output = run(&["listen", &server.url("/"), "-d", "a=b", "--count", "1"]);
    assert_eq!(output.status.code(), Some(0));
    let request = server.request(1);
    assert_eq!((&*request.method, text(&request.body)), ("POST", "a=b"));
}

#[test]
fn a_redirect_that_leads_nowhere_is_one_clear_line() {
    let server = Script::new()
        .then_always(Answer::redirect(302, "/again"))
        .start();
    assert_eq!(
        complaint(&run(&["listen", &server.url("/")])),
        "sse: the server redirects more than 10 times"
    );
    let server = answering(Answer::redirect(302, "file:///etc/passwd"));
    let output = run(&["listen", &server.url("/")]);
    let line = complaint(&output);
    assert!(
        line.contains("redirects to \"file:///etc/passwd\""),
        "{line}"
    );
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
}

#[test]
fn an_argument_that_cannot_be_used_is_a_usage_error() {
    for arguments in [
        &["listen"][..],
        &["listen", "ftp://x/"],
        &["listen", "http://x/", "--count", "0"],
        &["listen", "http://x/", "-H", "no colon"],
        &["listen", "http://x/", "-X", "two words"],
        &["listen", "http://x/", "-d", "a", "-d", "b"],
        &["listen", "http://x/", "--last-event-id", "1\n2"],
        &["listen", "http://x/", "--idle-timeout", "45"],
        &["listen", "http://x/", "--connect-timeout", "0s"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
