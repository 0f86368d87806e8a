//! Servers on threads, where the stories of all servers do not tell it.
#![cfg(feature = "server")]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use sse_blocking::server::{Hub, Router, Server, SseWriter, Upgrade, UpgradeError};
use sse_proto::http1::Fault;
use sse_proto::session::{Accepted, Refusal};
use sse_proto::{Decoder, Event, Framing, Item};

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    (client, listener.accept().unwrap().0)
}

fn data(bytes: &[u8]) -> Vec<String> {
    let mut decoder = Decoder::new();
    let items = decoder.feed(bytes).filter_map(|item| match item {
        Item::Event(event) => Some(event.data().to_owned()),
        _ => None,
    });
    items.collect()
}

/// Counts its writes.
#[derive(Default)]
struct Writes(Vec<Vec<u8>>, usize);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1 += 1;
        Ok(())
    }
}

#[test]
fn several_events_are_one_write_and_one_flush() {
    let mut writer = SseWriter::framed(Writes::default(), Framing::Chunked);
    let events = [Event::new("a\nb"), Event::new("c")];
    writer.send_all(&events).unwrap();
    let Writes(writes, flushes) = writer.get_ref();
    assert_eq!(flushes, &1);
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0], b"1a\r\ndata: a\ndata: b\n\ndata: c\n\n\r\n");
    let Writes(writes, _) = writer.close_with(&Event::new("bye")).unwrap();
    assert_eq!(
        writes.concat().strip_prefix(&*writes[0]).unwrap(),
        b"b\r\ndata: bye\n\n\r\n0\r\n\r\n"
    );
}

#[test]
fn nothing_is_written_for_nothing() {
    let mut writer = SseWriter::framed(Writes::default(), Framing::Chunked);
    writer.send_all([]).unwrap();
    assert!(
        writer.get_ref().0.iter().all(Vec::is_empty),
        "it would be the end"
    );
}

#[test]
fn a_subscription_can_be_written_to_anything() {
    let hub = Hub::builder().build();
    let subscription = hub.subscribe(["a"]).open().unwrap();
    hub.publish("a", &Event::new("one")).wait().unwrap();
    let closing = hub.close(Duration::ZERO);
    let mut writer = SseWriter::new(Vec::new());
    writer.follow(subscription).unwrap();
    closing.wait();
    let bytes = writer.close().unwrap();
    assert_eq!(data(&bytes).last().unwrap(), "one");
}

#[cfg(feature = "json")]
#[test]
fn a_value_is_written_as_json() {
    let mut writer = SseWriter::new(Vec::new());
    writer.send_json(&["a\nb"]).unwrap();
    assert_eq!(writer.close().unwrap(), b"data: [\"a\\nb\"]\n\n");
}

#[test]
fn a_raw_connection_becomes_a_stream() {
    for (version, framed) in [("1.1", true), ("1.0", false)] {
        let (mut client, connection) = pair();
        write!(
            client,
            "GET /x?stream=a&stream=b HTTP/{version}\r\nHost: t\r\nLast-Event-ID: 7\r\n\r\n"
        )
        .unwrap();
        let asked = Upgrade::new().tcp(connection).unwrap();
        assert_eq!(asked.topics(), ["a", "b"]);
        assert_eq!(asked.last_event_id(), Some("7"));
        assert_eq!(asked.request().path(), "/x");
        let accepted = Accepted::new().header("X-Mine", "yes").unwrap();
        let mut writer = asked.accept_with(&accepted).unwrap();
        writer.send(&Event::new("hello")).unwrap();
        drop(writer.close().unwrap());
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("x-mine: yes") && head.contains("text/event-stream"),
            "{head}"
        );
        let expected = if framed {
            "d\r\ndata: hello\n\n\r\n0\r\n\r\n"
        } else {
            "data: hello\n\n"
        };
        assert_eq!(body, expected);
    }
}

/// What an upgrade makes of this, and what the client is told.
fn upgrade(upgrade: &Upgrade, said: &[u8]) -> (UpgradeError, String) {
    let mut told = Vec::new();
    let error = upgrade.pair(said, &mut told).unwrap_err();
    let told = String::from_utf8(told).unwrap();
    (error, told.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn what_asks_for_no_stream_is_told_so() {
    let post = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n";
    let (error, told) = upgrade(&Upgrade::new(), post);
    assert!(matches!(error, UpgradeError::NoStream(405)), "{error:?}");
    assert!(told.starts_with("HTTP/1.1 405"), "{told}");

    let (error, told) = upgrade(&Upgrade::new(), b"HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert!(matches!(error, UpgradeError::NoStream(200)), "{error:?}");
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");

    let (error, told) = upgrade(&Upgrade::new(), b"\x16\x03\x01 junk\r\n\r\n");
    assert!(matches!(error, UpgradeError::Malformed(_)), "{error:?}");
    assert!(told.starts_with("HTTP/1.1 400"), "{told}");

    let endless = [
        b"GET / HTTP/1.1\r\nHost: t\r\nX: ".as_slice(),
        &[b'a'; 100_000],
    ]
    .concat();
    let (error, told) = upgrade(&Upgrade::new(), &endless);
    assert!(
        matches!(error, UpgradeError::Malformed(Fault::HeadersTooLarge)),
        "{error:?}"
    );
    assert!(told.starts_with("HTTP/1.1 431"), "{told}");

    let (error, _) = upgrade(&Upgrade::new(), b"");
    assert!(matches!(error, UpgradeError::Gone), "{error:?}");
}

#[test]
fn a_client_that_dawdles_is_not_waited_for() {
    let (mut client, connection) = pair();
    let begun = Instant::now();
    let dripping = thread::spawn(move || {
        // A byte now and then, for ever, is not a request either.
        while client.write_all(b"G").is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let upgrade = Upgrade::new().timeout(Duration::from_millis(100));
    let error = upgrade.tcp(connection).unwrap_err();
    assert!(
        matches!(error, UpgradeError::Malformed(Fault::HeaderTimeout)),
        "{error:?}"
    );
    assert!(begun.elapsed() >= Duration::from_millis(100));
    dripping.join().unwrap();

    let (_client, connection) = pair();
    let error = upgrade.tcp(connection).unwrap_err();
    assert!(matches!(error, UpgradeError::Silent), "{error:?}");
}

#[test]
fn a_request_can_be_refused() {
    let mut told = Vec::new();
    let asked = Upgrade::new()
        .pair(&b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"[..], &mut told)
        .unwrap();
    asked.refuse(Refusal::forbidden("not you\n")).unwrap();
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.starts_with("HTTP/1.1 403") && told.ends_with("not you\n"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_unix_socket_can_be_served() {
    use std::os::unix::net::UnixStream;

    let hub = Hub::builder().build();
    let server = Server::new(Router::new().events("/events", &hub));
    let (mut client, stream) = UnixStream::pair().unwrap();
    let serving = thread::spawn(move || server.serve_connection(stream));
    client
        .write_all(b"GET /events?stream=a HTTP/1.0\r\n\r\n")
        .unwrap();
    while hub.stats().subscribers == 0 {
        thread::yield_now();
    }
    hub.publish("a", &Event::new("one")).wait().unwrap();
    hub.close(Duration::ZERO).wait();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert_eq!(data(&answer).last().unwrap(), "one");
    drop(client);
    serving.join().unwrap().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn clients_that_come_and_go_leave_no_thread_and_no_descriptor() {
    let exe = std::env::current_exe().unwrap();
    let alone = std::process::Command::new(exe)
        .args([
            "--exact",
            "alone_clients_leave_nothing",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .unwrap();
    assert!(
        alone.status.success(),
        "{}",
        String::from_utf8_lossy(&alone.stderr)
    );
}

/// In a process of its own, where nobody else starts threads.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "it counts the threads of its process: the test above runs it alone"]
fn alone_clients_leave_nothing() {
    let count = |of| std::fs::read_dir(of).unwrap().count();
    let held = || (count("/proc/self/task"), count("/proc/self/fd"));
    let hub = Hub::builder().build();
    let server = Server::new(Router::new().events("/events", &hub));
    let handle = server.handle();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let before = held();
    let serving = thread::spawn(move || server.serve(listener).unwrap());
    for _ in 0..5 {
        let clients: Vec<_> = (0..50)
            .map(|_| {
                let mut client = TcpStream::connect(address).unwrap();
                client
                    .write_all(b"GET /events?stream=a HTTP/1.1\r\nHost: t\r\n\r\n")
                    .unwrap();
                client
            })
            .collect();
        while hub.stats().subscribers < 50 {
            thread::yield_now();
        }
        drop(clients);
        while hub.stats().subscribers > 0 {
            thread::yield_now();
        }
    }
    handle.shut_down();
    serving.join().unwrap();
    hub.close(Duration::ZERO).wait();
    drop(hub);
    // Threads that have ended are still there for a moment; the listener is gone for good.
    let deadline = Instant::now() + Duration::from_secs(30);
    while held() > (before.0, before.1 - 1) {
        assert!(Instant::now() < deadline, "{before:?} {:?}", held());
        thread::yield_now();
    }
}
