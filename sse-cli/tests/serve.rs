//! `sse serve`, as publishers, readers and the person who runs it see it.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use support::{Demo, Lines, PATIENCE, complaint, run, sse, text};

/// A request with a body: the status, and what was answered.
fn ask(
    server: &Demo,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(server.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
    let status = response.status().as_u16();
    (status, response.body_mut().read_to_string().unwrap())
}

fn publish(server: &Demo, path: &str, body: &str) -> Value {
    let (status, answer) = ask(server, "POST", path, &[], body);
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

/// A stream, and its lines.
fn stream(server: &Demo, path: &str) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(server.request("GET", path)).lines();
    lines.map_while(Result::ok)
}

/// The next event's lines, past the cursor that a stream begins with.
fn event(lines: &mut impl Iterator<Item = String>) -> Vec<String> {
    let mut event = Vec::new();
    for line in lines {
        let known = ["id: ", "data: ", "event: ", "retry: "];
        if known.iter().any(|field| line.starts_with(field)) {
            event.push(line);
        } else if line.is_empty() && event.iter().any(|line| line == "event: sse-cursor") {
            event.clear();
        } else if line.is_empty() && event.iter().any(|line| line.starts_with("data: ")) {
            return event;
        }
    }
    panic!("the stream ends");
}

/// Waits until a stream is there.
fn subscribed(server: &Demo, path: &str) -> impl Iterator<Item = String> + use<> {
    let mut lines = stream(server, path);
    assert!(lines.any(|line| line == "event: sse-cursor"));
    assert!(lines.any(|line| line.is_empty()));
    lines
}

#[test]
fn what_is_posted_is_streamed() {
    let server = Demo::serve(&["serve"]);
    let mut news = subscribed(&server, "/events?stream=news");
    let ids = publish(&server, "/publish?stream=news&event=tick&retry=500", "a\nb");
    let id = ids["ids"][0].as_str().unwrap();
    let expected = [
        &format!("id: {id}"),
        "event: tick",
        "retry: 500",
        "data: a",
        "data: b",
    ];
    let mut found = event(&mut news);
    found.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
    // Another topic is none of its business.
    publish(&server, "/publish?stream=other", "x");
    publish(&server, "/publish?stream=news", "y");
    assert!(event(&mut news).contains(&"data: y".to_owned()));
}

#[test]
fn lines_of_json_are_many_events() {
    let server = Demo::serve(&["serve"]);
    let mut news = subscribed(&server, "/events?stream=news");
    let lines = "{\"data\":\"one\"}\n\n{\"data\":{\"a\":[1]},\"event\":\"json\"}\n";
    let headers = [("Content-Type", "application/x-ndjson")];
    let (status, answer) = ask(&server, "POST", "/publish?stream=news", &headers, lines);
    assert_eq!(status, 200, "{answer}");
    assert!(event(&mut news).contains(&"data: one".to_owned()));
    assert!(event(&mut news).contains(&"data: {\"a\":[1]}".to_owned()));
    let (status, answer) = ask(
        &server,
        "POST",
        "/publish?stream=news",
        &headers,
        "{\"data\":1}\n{\"dat\":1}\n",
    );
    assert_eq!(status, 422);
    assert!(
        answer.starts_with("line 2: unknown field `dat`"),
        "{answer}"
    );
    let stats: Value = serde_json::from_str(&ask(&server, "GET", "/stats", &[], "").1).unwrap();
    assert_eq!(stats["published"], 2, "all or nothing of what can be read");
}

#[test]
fn what_cannot_be_published_is_told_why() {
    let server = Demo::serve(&["serve", "--max-body", "1000"]);
    for (path, body, status, words) in [
        ("/publish", "x", 400, "name a topic"),
        ("/publish?stream=a&id=7", "x", 422, "ids"),
        ("/publish?stream=a&event=a%0Ab", "x", 422, ""),
        ("/publish?stream=a&retry=soon", "x", 422, "milliseconds"),
        ("/publish?stream=a", &*"x".repeat(2000), 413, ""),
        ("/nowhere", "x", 404, ""),
        ("/stats", "x", 405, "GET"),
    ] {
        let (found, answer) = ask(&server, "POST", path, &[], body);
        assert_eq!(found, status, "{path}: {answer}");
        assert!(answer.contains(words), "{path}: {answer}");
    }
}

#[test]
fn ids_can_be_those_of_the_publishers() {
    let server = Demo::serve(&["serve", "--own-ids"]);
    assert_eq!(
        publish(&server, "/publish?stream=a&id=seven", "x"),
        json!({"ids": ["seven"]})
    );
    let (status, _) = ask(&server, "POST", "/publish?stream=a&id=seven", &[], "x");
    assert_eq!(status, 422, "it is there already");
}

#[test]
fn tokens_are_asked_for() {
    let server = Demo::serve(&["serve", "--publish-token", "p", "--subscribe-token", "s"]);
    let bearer = |token| [("Authorization", token)];
    for (headers, path, expected) in [
        (bearer("Bearer p"), "/publish?stream=a", 200),
        (bearer("Bearer s"), "/publish?stream=a", 401),
        (bearer("Basic p"), "/publish?stream=a&token=p", 200),
        (bearer("-"), "/publish?stream=a", 401),
    ] {
        assert_eq!(
            ask(&server, "POST", path, &headers, "x").0,
            expected,
            "{path} {headers:?}"
        );
    }
    for path in ["/", "/stats", "/metrics", "/events?stream=a"] {
        assert_eq!(ask(&server, "GET", path, &[], "").0, 401, "{path}");
    }
    assert_eq!(ask(&server, "GET", "/stats?token=s", &[], "").0, 200);
    assert_eq!(
        ask(&server, "GET", "/stats", &[("Cookie", "sse_token=s")], "").0,
        200
    );
    drop(subscribed(&server, "/events?stream=a&token=s"));
}

#[test]
fn it_says_how_it_is() {
    let server = Demo::serve(&["serve"]);
    let _stream = subscribed(&server, "/events?stream=a");
    publish(&server, "/publish?stream=a", "x");
    let stats: Value = serde_json::from_str(&ask(&server, "GET", "/stats", &[], "").1).unwrap();
    assert_eq!(
        (&stats["subscribers"], &stats["published"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(stats["by_topic"][0]["name"], "a");
    let metrics = ask(&server, "GET", "/metrics", &[], "").1;
    assert!(
        metrics.contains("# TYPE sse_published_total counter\nsse_published_total 1\n"),
        "{metrics}"
    );
    assert!(
        ask(&server, "GET", "/", &[], "")
            .1
            .contains("<title>sse serve</title>")
    );
}

#[test]
fn pages_elsewhere_may_read_where_that_is_said() {
    let server = Demo::serve(&["serve", "--cors", "https://example.com"]);
    let preflight = |origin| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "GET")];
        ask(&server, "OPTIONS", "/events?stream=a", &headers, "").0
    };
    assert_eq!(preflight("https://example.com"), 204);
    let output = run(&["serve", "--cors", "nonsense", "--listen", "0"]);
    let line = complaint(&output);
    assert!(line.contains("is not an origin"), "{line}");
}

#[test]
fn lines_of_standard_input_are_events() {
    let mut child = sse(&[
        "serve",
        "--listen",
        "0",
        "--stdin",
        "log",
        "--history",
        "10",
    ])
    .stdin(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut log = Lines::of(child.stderr.take().unwrap());
    let line = log.wait_for(|line| line.starts_with("listening"));
    let url = line.strip_prefix("listening on ").unwrap().to_owned();
    let events = format!("{url}events?stream=log");
    let mut listener = sse(&["listen", &events, "--count", "2"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever comes too late for a line would wait for ever: say it until it was heard.
    let output = listener.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .collect::<Vec<_>>()
    });
    while !reading.is_finished() {
        stdin.write_all("grüße\n".as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let heard = reading.join().unwrap();
    assert_eq!(
        heard.iter().filter(|line| *line == "grüße").count(),
        2,
        "{heard:?}"
    );
    listener.wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn it_does_not_let_anybody_publish_by_mistake() {
    let output = run(&["serve", "--listen", "0.0.0.0:0"]);
    let line = complaint(&output);
    assert!(line.contains("--publish-token"), "{line}");
    let output = run(&["serve", "--listen", "0", "--redis", "redis://127.0.0.1:1/"]);
    let line = complaint(&output);
    assert!(line.starts_with("sse: redis cannot be reached"), "{line}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_a_farewell() {
    let mut server = Demo::serve(&["serve"]);
    let stream = subscribed(&server, "/events?stream=a");
    server.signal("TERM");
    let rest: Vec<String> = stream.collect();
    assert!(rest.contains(&": drained".to_owned()), "{rest:?}");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn two_of_them_are_one_on_redis() {
    if Command::new("redis-server")
        .arg("--version")
        .output()
        .is_err()
    {
        let required = std::env::var_os("SSE_REQUIRE_REDIS").is_some_and(|value| value == "1");
        assert!(!required, "redis-server is not installed");
        eprintln!("SKIPPED: redis-server is not installed; two nodes were not tested");
        return;
    }
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let mut redis = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--save", "", "--port", &port])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = redis.stdout.take().unwrap();
    let _redis = Ending(redis);
    Lines::of(output).wait_for(|line| line.contains("eady to accept connections"));
    let url = format!("redis://127.0.0.1:{port}/");
    let nodes = [
        Demo::serve(&["serve", "--redis", &url]),
        Demo::serve(&["serve", "--redis", &url]),
    ];
    let mut there = subscribed(&nodes[1], "/events?stream=a");
    let ids = publish(&nodes[0], "/publish?stream=a", "one");
    let first = event(&mut there);
    assert!(first.contains(&"data: one".to_owned()));
    // It resumes on the other node behind what it has seen.
    publish(&nodes[1], "/publish?stream=a", "two");
    let id = ids["ids"][0].as_str().unwrap();
    let output = run(&[
        "listen",
        &nodes[0].url("/events?stream=a"),
        "--last-event-id",
        id,
        "--count",
        "1",
    ]);
    assert!(
        text(&output.stdout).contains("two"),
        "{}",
        text(&output.stdout)
    );
}

/// A process that ends with its test, however that ends.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
