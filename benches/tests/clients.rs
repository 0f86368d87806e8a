//! The clients are measured on the same, and only if they receive it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread;

use sse_benches::clients::{CLIENTS, events};
use sse_benches::contestants::Role;

fn clients(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clients"));
    program.args(arguments).output().unwrap()
}

#[test]
fn everyone_receives_what_is_sent() {
    let output = clients(&["--quick"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let tables = String::from_utf8_lossy(&output.stdout);
    for client in CLIENTS {
        let row = |line: &&str| line.starts_with(&format!("{} ", client.name));
        assert_eq!(tables.lines().filter(row).count(), 2, "{}", client.name);
    }
}

const COUNT: usize = 20;

#[test]
fn who_receives_other_events_has_no_figure() {
    let right: Vec<_> = events::chunks().take(COUNT).collect();
    let mut other = right.clone();
    other[7] = other[7].replace("forty-seven", "forty-eight");
    let mut swapped = right.clone();
    swapped.swap(3, 4);
    let urls = [right, other, swapped].map(serve);
    for client in CLIENTS.iter().filter(|client| client.role != Role::Floor) {
        let succeeds = |url: &String| {
            let output = clients(&["read", client.name, url, &COUNT.to_string()]);
            output.status.success()
        };
        let [right, other, swapped] = urls.each_ref().map(succeeds);
        assert!(right && !other && !swapped, "{}", client.name);
    }
}

/// A server that says these events to everyone.
fn serve(events: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            say(&connection.unwrap(), &events);
        }
    });
    url
}

fn say(mut connection: &TcpStream, events: &[String]) {
    let head = BufReader::new(connection).lines();
    head.map_while(Result::ok).find(String::is_empty);
    let mut response =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_owned();
    for event in events {
        response += &format!("{:x}\r\n{event}\r\n", event.len());
    }
    // A client that has seen enough may be gone.
    let _ = connection.write_all(response.as_bytes());
    let _ = BufReader::new(connection)
        .lines()
        .map_while(Result::ok)
        .count();
}
