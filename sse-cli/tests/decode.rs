//! `sse decode` from standard input to standard output.

mod support;

use std::io::{Read, Write};
use std::process::Stdio;

use support::{Lines, run, run_with_input, sse, text, wait};

const STREAM: &str = "\u{feff}retry: 2500\r\n: hello\r\n\r\nevent: tick\rid: 7\rdata: a\rdata: b\r\r\
    data\n\n:\nid\ndata:  two\n\n";

const JSON: &str = r#"{"kind":"retry","ms":2500}
{"kind":"comment","text":"hello"}
{"kind":"event","type":"tick","data":"a\nb","id":"7"}
{"kind":"event","type":"message","data":"","id":"7"}
{"kind":"comment","text":""}
{"kind":"event","type":"message","data":" two","id":""}
"#;

#[test]
fn a_stream_becomes_json_lines() {
    let output = run_with_input(&["decode", "--json"], STREAM);
    assert_eq!(text(&output.stdout), JSON);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    for size in 1..=STREAM.len() {
        let output = run_with_input(&["decode", "--json", "--chunk", &size.to_string()], STREAM);
        assert_eq!(text(&output.stdout), JSON, "pieces of {size}");
    }
}

#[test]
fn a_stream_becomes_plain_text_in_a_pipe() {
    let output = run_with_input(&["decode"], STREAM);
    assert_eq!(
        text(&output.stdout),
        "retry: 2500\n: hello\n[tick] #7\na\nb\n#7\n\n: \n two\n"
    );
}

#[test]
fn an_event_is_out_while_the_input_is_still_open() {
    let mut child = sse(&["decode"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = Lines::of(child.stdout.take().unwrap());
    input.write_all(b"data: one\n\n").unwrap();
    lines.wait_for(|line| line == "one");
    input.write_all(b"data: two\r\r").unwrap();
    lines.wait_for(|line| line == "two");
    drop(input);
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
fn an_event_without_its_blank_line_is_discarded_with_a_word() {
    let output = run_with_input(&["decode"], "data: one\n\ndata: two\n");
    assert_eq!(text(&output.stdout), "one\n");
    assert!(text(&output.stderr).contains("without a blank line"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_event_over_the_limit_is_reported_and_the_next_one_decoded() {
    let mut input = b"id: 7\ndata: ".to_vec();
    input.resize(input.len() + 33 * 1024 * 1024, b'x');
    input.extend(b"\n\ndata: small\n\n");
    let output = run_with_input(&["decode", "--json"], input);
    let lines: Vec<serde_json::Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["kind"], "error");
    assert_eq!(lines[1]["data"], "small");
    assert_eq!(lines[1]["id"], "7");
    let message = text(&output.stderr);
    assert!(message.starts_with("sse: "), "{message}");
    assert_eq!(
        message.trim_end(),
        format!("sse: {}", lines[0]["message"].as_str().unwrap())
    );
}

#[test]
fn any_bytes_are_decoded() {
    // Every pair of bytes, and so also every broken start of a character.
    let input: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_be_bytes).collect();
    let whole = run_with_input(&["decode", "--json"], input.clone());
    assert_eq!(whole.status.code(), Some(0));
    for line in text(&whole.stdout).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let pieces = run_with_input(&["decode", "--json", "--chunk", "7"], input);
    assert_eq!(whole.stdout, pieces.stdout);
}

#[test]
fn no_input_is_no_output() {
    let output = run_with_input(&["decode"], "");
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("", ""));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_reader_that_leaves_early_ends_it_quietly() {
    let mut child = sse(&["decode"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    // It ends at the first event that it can't print; until then it takes all there is.
    while input.write_all(b"data: one\n\n").is_ok() {}
    assert_eq!(wait(&mut child).code(), Some(0));
    let mut message = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut message)
        .unwrap();
    assert_eq!(message, "");
}

#[test]
fn pieces_of_no_bytes_are_a_usage_error() {
    for size in ["0", "-1", "many", "99999999999"] {
        assert_eq!(
            run(&["decode", "--chunk", size]).status.code(),
            Some(2),
            "{size}"
        );
    }
}
