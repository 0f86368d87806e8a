//! What is printed, and who reads it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread::spawn;

use sse_testkit::script::{Answer, Script};

use crate::support::{Demo, Lines, PATIENCE, run, sse, text, wait};
use crate::{answering, streaming};

#[test]
fn events_become_json_lines() {
    let body = "retry: 3000\n\n: a comment\ndata: one\n\nevent: tick\nid: 7\ndata: a\ndata: \"b\"\n\n\
        data: ü\u{1}\n\n";
    let server = streaming(body);
    let output = run(&["listen", &server.url("/"), "--json", "--no-reconnect"]);
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
    let server = streaming("data: one\n\nevent: tick\nid: 7\ndata: a\ndata: b\n\n");
    let output = run(&["listen", &server.url("/"), "--no-reconnect"]);
    assert_eq!(text(&output.stdout), "one\n[tick] #7\na\nb\n");
}

#[test]
fn an_event_is_out_before_the_next_one_comes() {
    let server = answering(
        Answer::stream()
            .event("data: one\n\n")
            .pause()
            .event("data: two\n\n"),
    );
    let mut child = sse(&["listen", &server.url("/"), "--no-reconnect"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Lines::of(child.stdout.take().unwrap());
    lines.wait_for(|line| line == "one");
    server.go();
    lines.wait_for(|line| line == "two");
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
fn an_event_may_come_in_pieces() {
    let server = answering(Answer::stream().drip("\u{feff}data: one\r\n\r\n"));
    let output = run(&["listen", &server.url("/"), "--no-reconnect"]);
    assert_eq!(text(&output.stdout), "one\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn count_ends_it_while_the_stream_goes_on() {
    let body = "retry: 1\n\n: x\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n";
    let server = answering(Answer::stream().event(body).hold());
    let output = run(&["listen", &server.url("/"), "--count", "2"]);
    assert_eq!(text(&output.stdout), "retry: 1\n1\n2\n");
    assert_eq!(output.status.code(), Some(0));
    server.wait_until_unconnected();
}

#[test]
fn only_events_of_the_types_that_are_asked_for_are_printed_and_counted() {
    let body = "retry: 1\n\ndata: 1\n\nevent: tick\ndata: 2\n\nevent: tock\ndata: 3\n\n\
        event: ticks\ndata: 4\n\nevent: tick\ndata: 5\n\nevent: tick\ndata: 6\n\n";
    let server = Script::new()
        .then_always(Answer::stream().event(body).hold())
        .start();
    let url = server.url("/");
    for (events, expected) in [
        (&["--event", "tick"][..], "[tick]\n2\n[tick]\n5\n"),
        (&["--event", "tock", "--event", "message"], "1\n[tock]\n3\n"),
    ] {
        let output = run(&[&["listen", &url, "--count", "2"], events].concat());
        assert_eq!(text(&output.stdout), expected);
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn an_event_over_the_limit_is_told_and_the_stream_goes_on() {
    let huge = format!("data: {}\n\n", "x".repeat(1001));
    let server = answering(Answer::stream().event(&huge).event("data: after\n\n"));
    let arguments = ["--count", "1", "--max-event-bytes", "1000"];
    let output = run(&[&["listen", &server.url("/")], &arguments[..]].concat());
    assert_eq!(text(&output.stdout), "after\n");
    assert_eq!(
        text(&output.stderr),
        "sse: an event of more than 1000 bytes was discarded\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn it_ends_quietly_when_nobody_reads_what_comes() {
    let server = answering(
        Answer::stream()
            .event("data: one\n\n")
            .pause()
            .endlessly("data: more\n\n"),
    );
    let mut child = reading_one_line(&server.url("/"));
    server.go();
    assert_eq!(wait(&mut child).code(), Some(0));
    assert_eq!(said(&mut child), [""; 0]);
}

/// As `head -n 1` does it: nothing more may come for hours.
#[cfg(target_os = "linux")]
#[test]
fn it_notices_that_nobody_reads_also_while_nothing_comes() {
    let server = answering(Answer::stream().event("data: one\n\n").hold());
    let mut child = reading_one_line(&server.url("/"));
    assert_eq!(wait(&mut child).code(), Some(0));
    assert_eq!(said(&mut child), [""; 0]);
    server.wait_until_unconnected();
}

/// The program, after a reader has taken one line from it and gone.
fn reading_one_line(url: &str) -> Child {
    let mut child = sse(&["listen", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = BufReader::new(child.stdout.take().unwrap());
    let (sender, line) = channel();
    spawn(move || {
        let mut line = String::new();
        pipe.read_line(&mut line).unwrap();
        drop(pipe);
        sender.send(line)
    });
    let line = line.recv_timeout(PATIENCE);
    if line.is_err() {
        child.kill().unwrap();
    }
    assert_eq!(line.as_deref(), Ok("one\n"));
    child
}

/// All that a child that has ended has said on standard error.
fn said(child: &mut Child) -> Vec<String> {
    let pipe = BufReader::new(child.stderr.take().unwrap());
    pipe.lines().map(Result::unwrap).collect()
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_quietly() {
    use std::os::unix::process::ExitStatusExt;

    let server = answering(Answer::stream().event("data: one\n\n").hold());
    let mut child = sse(&["listen", &server.url("/"), "--no-reconnect"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Lines::of(child.stdout.take().unwrap()).wait_for(|line| line == "one");
    crate::support::signal(&child, "INT");
    assert_eq!(wait(&mut child).signal(), Some(2));
    assert_eq!(said(&mut child), [""; 0]);
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
    assert_eq!(events.len(), 3, "{lines:?}");
    for event in events {
        let id = event["id"].as_str().unwrap();
        let (_, number) = id.split_once('-').unwrap();
        let data = event["data"].as_str().unwrap();
        let expected = format!("Message {number} - the time is ");
        assert!(data.starts_with(&expected), "{data}");
    }
}
