//! The subscribers of the fan-out tables see whatever a server does to them, and the servers do nothing
//! of the kind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use sse_benches::fanout::report::{Report, Reports};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// The process of the subscribers, which a test gives its commands.
struct Subscribers {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Subscribers {
    /// Connects one subscriber to a server that does as told with the connection.
    fn of(act: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            act(&mut stream);
            // Until the subscriber is gone.
            let _ = stream.read(&mut [0]);
        });
        let mut child = Command::new(env!("CARGO_BIN_EXE_fanout"))
            .arg("subscribe")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut subscribers = Self {
            commands: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        let connected = subscribers.ask(&format!("connect {address} 1 1"));
        assert_eq!(connected, "connected");
        subscribers
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.commands, "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    /// What the one subscriber says when the events up to this one should have come.
    fn report(&mut self, last: u64) -> Report {
        self.reports(last).reading
    }

    fn reports(&mut self, last: u64) -> Reports {
        let answer = self.ask(&format!("report {last}"));
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Subscribers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn events(numbers: impl IntoIterator<Item = u64>) -> String {
    let events = numbers.into_iter();
    events
        .map(|number| format!("data: {{\"n\":{number},\"at\":1}}\n\n"))
        .collect()
}

#[test]
fn a_stream_without_a_fault_is_exact() {
    let mut subscribers = Subscribers::of(|stream| {
        write!(stream, "{HEAD}: hello\n\n{}", events(1..=3)).unwrap();
    });
    assert_eq!(subscribers.ask("await 3 napping"), "complete");
    let report = subscribers.report(3);
    assert!(report.is_exact(3), "{report:?}");
    assert_eq!(report.max, report.p50);
}

#[test]
fn what_is_lost_or_comes_twice_or_late_is_seen() {
    let mut subscribers = Subscribers::of(|stream| {
        write!(stream, "{HEAD}{}", events([1, 2, 2, 5, 4, 6])).unwrap();
    });
    assert_eq!(subscribers.ask("await 6 attentive"), "complete");
    let report = subscribers.report(6);
    assert!(!report.is_exact(6));
    let faults = [report.lost, report.duplicated, report.reordered];
    assert_eq!(faults, [1, 1, 1]);
    assert_eq!(subscribers.report(8).lost, 3);
}

#[test]
fn a_connection_that_the_server_closes_is_seen() {
    let mut subscribers = Subscribers::of(|stream| {
        write!(stream, "{HEAD}{}", events([1])).unwrap();
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    assert_eq!(subscribers.ask("await 2 attentive"), "incomplete");
    let report = subscribers.report(2);
    assert_eq!((report.closed, report.lost), (1, 1));
    assert!(!report.is_exact(1));
}

#[test]
fn who_has_stalled_reads_nothing_until_told_to() {
    let mut subscribers = Subscribers::of(|stream| {
        stream.write_all(HEAD.as_bytes()).unwrap();
        // More than sockets hold, so that the last event is only sent while it is read.
        let pad = "x".repeat(1 << 20);
        for number in 1..=20 {
            let event = format!("data: {{\"n\":{number},\"at\":1,\"pad\":\"{pad}\"}}\n\n");
            stream.write_all(event.as_bytes()).unwrap();
        }
    });
    assert_eq!(subscribers.ask("stall 1"), "stalled");
    // Nobody is left to wait for.
    assert_eq!(subscribers.ask("await 20 attentive"), "complete");
    assert!(subscribers.reports(0).stalled.received < 20);
    assert_eq!(subscribers.ask("resume"), "resumed");
    let stalled = subscribers.reports(20).stalled;
    assert!(stalled.is_exact(20), "{stalled:?}");
}

#[test]
fn every_server_delivers_exactly() {
    let floor = ["slow", "--contestants", "floor"];
    for measurement in [&[][..], &["sustained"], &floor] {
        let output = Command::new(env!("CARGO_BIN_EXE_fanout"))
            .args(measurement)
            .arg("--quick")
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{measurement:?}: {complaint}");
    }
}
