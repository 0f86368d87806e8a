//! Connections that are lost, and what is said about it.

use sse_testkit::script::{Answer, Script};

use crate::support::{run, text};
use crate::{answering, host};

/// A stream that asks for a quick reconnection.
fn quickly(event: &str) -> Answer {
    Answer::stream().event(&format!("retry: 1\n\n{event}"))
}

/// What was said line by line, each without `sse: ` and without how long it waits.
fn said(stderr: &[u8]) -> Vec<String> {
    let lines = text(stderr).lines();
    lines
        .map(|line| {
            let line = line.strip_prefix("sse: ").expect("each line says who");
            match line.split_once("; connecting again in ") {
                Some((what, time)) => {
                    assert!(time.ends_with("ms"), "{line}");
                    format!("{what}; connecting again")
                }
                None => line.to_owned(),
            }
        })
        .collect()
}

#[test]
fn it_connects_again_and_resumes_behind_the_last_event_and_says_so() {
    let server = Script::new()
        .answer(quickly("data: 1\n\n"))
        .answer(Answer::stream().event("id: 7\ndata: 2\n\n").truncate())
        .answer(Answer::stream().event("data: 3\n\n").hold())
        .start();
    let output = run(&["listen", &server.url("/"), "--count", "3"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n#7\n2\n#7\n3\n");
    let said = said(&output.stderr);
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!(said[0], "the stream ended; connecting again");
    assert_eq!(said[1], "connected again");
    assert!(said[2].starts_with("the connection broke: "), "{said:?}");
    assert!(said[2].ends_with("; connecting again"), "{said:?}");
    assert_eq!(said[3], "connected again, behind id 7");
    assert_eq!(output.status.code(), Some(0));
    let resumed: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header_text("Last-Event-ID").map(str::to_owned))
        .collect();
    assert_eq!(resumed, [None, None, Some("7".to_owned())]);
}

#[test]
fn an_id_is_told_without_what_could_steer_the_terminal_and_not_at_length() {
    let id = format!("ü{}", "x".repeat(100));
    let server = Script::new()
        .answer(quickly(&format!("id: {id}\ndata: 1\n\n")))
        .answer(quickly("id: a\u{9b}b\ndata: 2\n\n"))
        .answer(Answer::stream().event("data: 3\n\n"))
        .start();
    let output = run(&["listen", &server.url("/"), "--count", "3"]);
    let said = said(&output.stderr);
    let short = format!("connected again, behind id ü{}…", "x".repeat(39));
    assert_eq!(said[1], short);
    assert_eq!(said[3], r"connected again, behind id a\u{9b}b");
}

#[test]
fn told_not_to_it_does_not_connect_again() {
    let server = answering(quickly("data: 1\n\n"));
    let output = run(&["listen", &server.url("/"), "--no-reconnect"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_stream_that_ends_before_the_count_is_reached_is_said() {
    let server = answering(Answer::unframed_stream().event("data: 1\n\ndata: 2\n\n"));
    let output = run(&["listen", &server.url("/"), "--count", "3", "--no-reconnect"]);
    assert_eq!(text(&output.stdout), "1\n2\n");
    assert_eq!(
        text(&output.stderr),
        "sse: the stream ended: 1 of 3 events did not come\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_stream_that_ends_inside_an_event_is_said() {
    let cut = || Answer::unframed_stream().event("retry: 1\n\ndata: 1\n\ndata: lost");
    let server = Script::new().answer(cut()).answer(cut()).start();
    let output = run(&["listen", &server.url("/"), "--no-reconnect"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = "the stream ended inside an event, which is discarded";
    assert_eq!(said(&output.stderr), [expected]);

    let arguments = ["listen", &server.url("/"), "--no-reconnect", "--count", "3"];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("{expected}: 2 of 3 events did not come");
    assert_eq!(said(&output.stderr), [expected]);

    let server = Script::new().answer(cut()).then_always(cut()).start();
    let output = run(&["listen", &server.url("/"), "--count", "2"]);
    let expected = "the stream ended inside an event, which is discarded; connecting again";
    assert_eq!(said(&output.stderr)[0], expected);
}

#[test]
fn a_stream_that_breaks_off_is_an_error_after_what_was_received() {
    let server = answering(Answer::stream().event("data: one\n\ndata: tw").truncate());
    let output = run(&["listen", &server.url("/"), "--no-reconnect"]);
    assert_eq!(text(&output.stdout), "one\n");
    let line = text(&output.stderr);
    assert!(line.starts_with("sse: the connection broke: "), "{line}");
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn silence_is_a_lost_connection_where_that_is_asked_for() {
    let server = Script::new()
        .answer(quickly("id: 1\ndata: 1\n\n").hold())
        .answer(Answer::stream().event("data: 2\n\n").hold())
        .start();
    let arguments = ["--idle-timeout", "100ms", "--count", "2"];
    let output = run(&[&["listen", &server.url("/")], &arguments[..]].concat());
    assert_eq!(text(&output.stdout), "retry: 1\n#1\n1\n#1\n2\n");
    assert_eq!(
        said(&output.stderr),
        [
            "nothing arrived for 100ms; connecting again",
            "connected again, behind id 1"
        ]
    );
}

#[test]
fn a_server_that_is_away_is_waited_for() {
    let server = Script::new()
        .answer(quickly("data: 1\n\n"))
        .answer(Answer::raw(""))
        .answer(Answer::stream().event("data: 2\n\n"))
        .start();
    let output = run(&["listen", &server.url("/"), "--count", "2"]);
    let said = said(&output.stderr);
    assert_eq!(said.len(), 3, "{said:?}");
    let expected = format!("no valid response from {}: ", host(&server));
    assert!(said[1].starts_with(&expected), "{said:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn statuses_that_tend_to_pass_are_tried_again_where_that_is_asked_for() {
    let busy = || Answer::status(503).event("busy");
    let stream = || Answer::stream().event("data: 2\n\n");
    let script = Script::new().answer(quickly("data: 1\n\n")).answer(busy());

    let server = script.clone().answer(stream()).start();
    let arguments = ["--retry-statuses", "--count", "2"];
    let output = run(&[&["listen", &server.url("/")], &arguments[..]].concat());
    assert_eq!(text(&output.stdout), "retry: 1\n1\n2\n");
    let expected = "the server answered with status 503 Service Unavailable instead of 200: busy; connecting again";
    assert_eq!(said(&output.stderr)[1], expected);

    let server = script.answer(stream()).start();
    let output = run(&["listen", &server.url("/"), "--count", "2"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn statuses_that_tend_to_pass_are_tried_again_at_first_too() {
    let server = Script::new()
        .answer(Answer::status(429))
        .answer(Answer::stream().event("data: 1\n\n"))
        .start();
    let arguments = ["--retry-statuses", "--count", "1"];
    let output = run(&[&["listen", &server.url("/")], &arguments[..]].concat());
    assert_eq!(text(&output.stdout), "1\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_server_that_says_that_all_is_over_is_believed() {
    let script = Script::new()
        .answer(quickly("data: 1\n\n"))
        .answer(Answer::status(204));
    let ended = "the server ended the subscription (status 204)";

    let server = script.clone().start();
    let output = run(&["listen", &server.url("/")]);
    assert_eq!(said(&output.stderr)[1..], [ended]);
    assert_eq!(output.status.code(), Some(0));

    let server = script.start();
    let output = run(&["listen", &server.url("/"), "--count", "2"]);
    let expected = format!("{ended}: 1 of 2 events did not come");
    assert_eq!(said(&output.stderr)[1..], [expected]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_post_is_done_when_its_stream_is() {
    let server = answering(quickly("data: 1\n\n"));
    let output = run(&["listen", &server.url("/"), "-d", "{}"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_post_is_not_sent_again_when_its_stream_breaks() {
    let server = answering(quickly("data: 1\n\n").truncate());
    let output = run(&["listen", &server.url("/"), "-d", "{}"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n");
    let line = text(&output.stderr);
    assert!(line.starts_with("sse: the connection broke: "), "{line}");
    assert!(
        line.ends_with(" (the request has had an effect, and is not sent again)\n"),
        "{line}"
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(server.requests().len(), 1);
}
