//! `sse bench` against servers that do to their subscribers what a server may do.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread::spawn;

use serde_json::Value;
use support::{Lines, complaint, run, sse, text, wait};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// A server on which every request is answered in the same way.
struct Server {
    url: String,
    /// The heads of the requests, as they came.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` gets the head of each request, its body, and its connection, and says whether there
    /// may be another request on it.
    fn new(answer: impl Fn(&str, &str, &mut TcpStream) -> bool + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, heads) = (Arc::new(answer), Arc::clone(&requests));
        spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (answer, heads) = (Arc::clone(&answer), Arc::clone(&heads));
                spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    while let Some((head, body)) = read_request(&mut reader) {
                        heads.lock().unwrap().push(head.clone());
                        if !answer(&head, &body, &mut stream) {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, requests }
    }

    /// Everyone is sent this, and then nothing.
    fn sending(body: impl Into<String>) -> Self {
        let answer = format!("{HEAD}{}", body.into());
        Self::new(move |_, _, stream| stream.write_all(answer.as_bytes()).is_ok())
    }

    /// Every body that is posted is an event for all who are subscribed to the same topic.
    fn hub() -> Self {
        let subscribers: Mutex<Vec<(String, TcpStream)>> = Mutex::default();
        Self::new(move |head, body, stream| {
            let target = head.split(' ').nth(1).unwrap();
            let topic = target.split_once('?').map_or("", |(_, query)| query);
            let mut subscribers = subscribers.lock().unwrap();
            if head.starts_with("GET") {
                stream.write_all(HEAD.as_bytes()).unwrap();
                subscribers.push((topic.to_owned(), stream.try_clone().unwrap()));
                return true;
            }
            for (followed, stream) in subscribers.iter_mut() {
                if followed == topic {
                    let _ = write!(stream, "data: {body}\n\n");
                }
            }
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            stream.write_all(answer.as_bytes()).is_ok()
        })
    }

    fn requests_with(&self, part: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|head| head.contains(part)).count()
    }
}

/// The next request's head and body, `None` at the end.
fn read_request(reader: &mut impl BufRead) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

fn event(number: u64) -> String {
    format!("data: {{\"n\":{number},\"at\":1767225600000000}}\n\n")
}

fn events(numbers: impl IntoIterator<Item = u64>) -> String {
    numbers.into_iter().map(event).collect()
}

/// The figures of a run that succeeds.
fn bench(arguments: &[&str]) -> Value {
    let arguments = [&["bench", "--json"], arguments].concat();
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_lost_and_what_comes_twice_or_late_is_counted() {
    let server = Server::sending(events([7, 8, 8, 11, 10, 12]) + "data: hello\n\n");
    let figures = bench(&[&server.url, "-n", "3", "--duration", "50ms"]);
    assert_eq!(figures["connected"], 3);
    assert_eq!(figures["lost"], 3);
    assert_eq!(figures["duplicated"], 3);
    assert_eq!(figures["reordered"], 3);
    assert_eq!(figures["unnumbered"], 3);
    assert_eq!(figures["deliveries"]["events"], 21);
    assert!(figures["latency"]["p50"].as_u64() > Some(1_000_000));
    assert_eq!(figures["published"], Value::Null);
}

#[test]
fn a_chunked_stream_is_read_as_well() {
    let body = events([1, 2]);
    let (one, two) = body.split_at(30);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{one}\r\n{:x}\r\n{two}\r\n",
        one.len(),
        two.len()
    );
    let server = Server::new(move |_, _, stream| stream.write_all(chunked.as_bytes()).is_ok());
    let figures = bench(&[&server.url, "-n", "1", "--duration", "50ms"]);
    assert_eq!(figures["deliveries"]["events"], 2);
    assert_eq!(figures["lost"], 0);
}

#[test]
fn what_it_publishes_comes_back_to_everyone() {
    let server = Server::hub();
    let publish = format!("{}/publish", server.url);
    let figures = bench(&[
        &server.url,
        "-n",
        "5",
        "--duration",
        "300ms",
        "--publish",
        &publish,
        "--rate",
        "100",
        "--burst",
        "4",
        "--size",
        "200",
    ]);
    // 30 events, in whole bursts.
    assert_eq!(figures["published"]["events"], 32);
    assert_eq!(figures["deliveries"]["events"], 160);
    assert_eq!(figures["lost"], 0);
    assert_eq!(figures["duplicated"], 0);
    let sizes = server.requests_with("Content-Length: 200\r\n");
    assert_eq!(sizes, 32);
}

#[test]
fn a_burst_of_large_events_is_sent_in_pieces() {
    let server = Server::hub();
    let arguments = [&server.url, "-n", "1", "--publish", &server.url];
    let burst = [
        "--rate",
        "8",
        "--burst",
        "8",
        "--size",
        "400000",
        "--duration",
        "1s",
    ];
    let figures = bench(&[&arguments[..], &burst].concat());
    assert_eq!(figures["published"]["events"], 8);
    assert_eq!(figures["deliveries"]["events"], 8);
    assert!(figures["bytes"].as_u64() > Some(3_200_000));
    assert_eq!(figures["lost"], 0);
}

#[test]
fn an_event_that_never_comes_is_lost() {
    let server = Server::new(|head, body, stream| {
        let answer = match head.starts_with("GET") {
            true => format!("{HEAD}{}", events(1..=3)),
            false => format!(
                "HTTP/1.1 202 Accepted\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        };
        stream.write_all(answer.as_bytes()).is_ok()
    });
    let arguments = [
        &server.url,
        "-n",
        "2",
        "--duration",
        "100ms",
        "--publish",
        &server.url,
    ];
    let figures = bench(&[&arguments[..], &["--rate", "50"]].concat());
    assert_eq!(figures["published"]["events"], 5);
    assert_eq!(figures["lost"], 4);
}

#[test]
fn subscribers_and_events_are_dealt_out_over_the_topics() {
    let server = Server::hub();
    let url = format!("{}/events", server.url);
    let arguments = [&url, "-n", "5", "--topics", "a,b", "--publish", &url];
    let figures = bench(&[&arguments[..], &["--rate", "40", "--duration", "100ms"]].concat());
    assert_eq!(server.requests_with("GET /events?stream=a HTTP/1.1"), 3);
    assert_eq!(server.requests_with("GET /events?stream=b HTTP/1.1"), 2);
    assert_eq!(server.requests_with("POST /events?stream=a HTTP/1.1"), 2);
    assert_eq!(figures["published"]["events"], 4);
    assert_eq!(figures["deliveries"]["events"], 10);
    assert_eq!(figures["lost"], 0);
}

#[test]
fn who_drops_its_connection_resumes_where_it_was() {
    let server = Server::new(|head, _, stream| {
        let last = head
            .lines()
            .find_map(|line| line.strip_prefix("Last-Event-ID: "));
        let last: u64 = last.map_or(0, |id| id.parse().unwrap());
        let events: String = (last + 1..=last + 5)
            .map(|number| format!("id: {number}\n{}", event(number)))
            .collect();
        stream
            .write_all(format!("{HEAD}{events}").as_bytes())
            .is_ok()
    });
    let figures = bench(&[
        &server.url,
        "-n",
        "3",
        "--duration",
        "2s",
        "--reconnects",
        "2",
    ]);
    let reconnections = figures["reconnections"].as_u64().unwrap();
    assert!((1..=6).contains(&reconnections), "{reconnections}");
    assert_eq!(figures["deliveries"]["events"], 5 * (3 + reconnections));
    assert_eq!(figures["lost"], 0);
    assert_eq!(figures["duplicated"], 0);
    assert!(server.requests_with("Last-Event-ID: 5\r\n") > 0);
}

#[test]
fn it_comes_back_when_the_server_closes() {
    let server = Server::new(|_, _, stream| {
        // In one piece, so that a connection that was opened has its event.
        let answer = format!("{HEAD}retry: 1\n\n{}", event(1));
        let _ = stream.write_all(answer.as_bytes());
        false
    });
    let figures = bench(&[&server.url, "-n", "1", "--duration", "2s"]);
    let reconnections = figures["reconnections"].as_u64().unwrap();
    assert!(reconnections > 0);
    assert_eq!(figures["duplicated"], reconnections);
}

#[test]
fn the_slow_ones_read_at_the_end_what_is_left_for_them() {
    let server = Server::sending(events([1, 2, 5]));
    let slow = [
        &server.url,
        "-n",
        "4",
        "--slow",
        "50%",
        "--duration",
        "50ms",
    ];
    let figures = bench(&slow);
    assert_eq!(figures["deliveries"]["events"], 6);
    assert_eq!(figures["lost"], 4);
    assert_eq!(figures["slow"]["subscribers"], 2);
    assert_eq!(figures["slow"]["disconnected"], 0);
    assert_eq!(figures["slow"]["received"], 6);
    assert_eq!(figures["slow"]["lost"], 4);
}

#[test]
fn a_slow_one_that_was_disconnected_is_counted() {
    let server = Server::new(|_, _, stream| {
        stream
            .write_all(format!("{HEAD}{}", event(1)).as_bytes())
            .unwrap();
        false
    });
    let slow = [&server.url, "-n", "2", "--slow", "2", "--duration", "50ms"];
    let figures = bench(&slow);
    assert_eq!(figures["slow"]["disconnected"], 2);
    assert_eq!(figures["slow"]["received"], 2);
}

#[test]
fn nobody_can_subscribe_where_no_stream_is() {
    for (answer, reason) in [
        (
            "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
            "it answered with status 503",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            "its answer is no event stream",
        ),
        (
            "HTTP/1.1 204 No Content\r\n\r\n",
            "it answered with status 204",
        ),
        ("hello\r\n\r\n", "the server does not answer in HTTP/1"),
    ] {
        let server = Server::new(move |_, _, stream| stream.write_all(answer.as_bytes()).is_ok());
        let output = run(&["bench", &server.url, "-n", "2", "--duration", "50ms"]);
        let expected = format!("sse: nobody could subscribe to {}/: {reason}", server.url);
        assert_eq!(complaint(&output), expected);
    }
}

#[test]
fn a_refusal_of_what_it_publishes_ends_it() {
    let server = Server::new(|head, _, stream| {
        let answer = match head.starts_with("GET") {
            true => HEAD,
            false => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        };
        stream.write_all(answer.as_bytes()).is_ok()
    });
    // An hour, unless it ends early.
    let arguments = [
        "bench",
        &server.url,
        "-n",
        "1",
        "--duration",
        "1h",
        "--publish",
    ];
    let output = run(&[&arguments[..], &[&server.url]].concat());
    let complaint = text(&output.stderr).lines().last().unwrap();
    assert_eq!(
        complaint,
        "sse: cannot publish: the server answers with status 404"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
#[cfg(target_os = "linux")]
fn what_people_read_fits_their_terminal() {
    let server = Server::sending(events([1, 2]) + "data: x\n\n");
    let pid = std::process::id().to_string();
    let slow = ["--slow", "1", "--pid", &pid];
    let arguments = ["bench", &server.url, "-n", "2", "--duration", "50ms"];
    let output = run(&[&arguments[..], &slow].concat());
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    let names: Vec<_> = lines.iter().map(|line| line[..15].trim_end()).collect();
    assert_eq!(
        names,
        [
            "subscribers",
            "deliveries",
            "latency",
            "lost",
            "duplicated",
            "reordered",
            "without number",
            "reconnections",
            "slow",
            "",
            "server CPU",
            "server memory",
        ]
    );
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{lines:#?}"
    );
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_with_the_figures() {
    let server = Server::sending(event(1));
    let mut child = sse(&[
        "bench",
        &server.url,
        "-n",
        "2",
        "--duration",
        "1h",
        "--json",
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut log = Lines::of(child.stderr.take().unwrap());
    let mut out = Lines::of(child.stdout.take().unwrap());
    log.wait_for(|line| line.contains("2 subscribers connected"));
    let kill = format!("kill -INT {}", child.id());
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", &kill]).status().unwrap().success());
    assert!(out.wait_for(|_| true).contains("\"connected\":2"));
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
#[cfg(unix)]
fn more_subscribers_than_open_files_are_refused_at_once() {
    let program = env!("CARGO_BIN_EXE_sse");
    let script = format!("ulimit -n 100; exec {program} bench http://127.0.0.1:9/ -n 100");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let complaint = complaint(&output);
    assert!(
        complaint.contains("need 164 open files, and the system allows 100"),
        "{complaint}"
    );
}
