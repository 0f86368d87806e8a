//! The other end: a process of its own, whose time nobody counts.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::events;

/// How a stream comes; each event is an HTTP chunk of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as it is read: the client is what limits.
    Full,
    /// One by one, with rests: the client is woken for each event.
    Sparse,
    /// One by one, without a rest: it depends on chance and on the client's own pace for how many it is woken.
    Each,
}

impl Pace {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Sparse, Self::Each];

    /// Its name in URLs and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Sparse => "sparse",
            Self::Each => "each",
        }
    }

    /// The pace of this name, `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pace| pace.name() == name)
    }

    /// How many events are written at a time, and how long a rest is.
    fn writes(self) -> (usize, Duration) {
        match self {
            Self::Full => (1024, Duration::ZERO),
            Self::Sparse => (1, Duration::from_micros(50)),
            Self::Each => (1, Duration::ZERO),
        }
    }
}

/// A server that runs until this is dropped, or until this process ends.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// What the server waits for to close.
    stdin: Option<ChildStdin>,
    port: u16,
}

impl Server {
    /// Starts this program once more, with arguments that have it [`serve`].
    pub fn start(arguments: &[&str]) -> io::Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut port)?;
        }
        let port = port.trim().parse().map_err(io::Error::other)?;
        Ok(Self {
            stdin: process.stdin.take(),
            process,
            port,
        })
    }

    /// The URL of a stream that comes at this pace.
    pub fn url(&self, pace: Pace) -> String {
        format!("http://127.0.0.1:{}/{}", self.port, pace.name())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It ends by itself, and nobody is left to hear why it does not.
        let _ = self.process.wait();
    }
}

/// Prints a port, and serves streams there until standard input ends.
pub fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let stream = Stream::new();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let stream = stream.clone();
            // A client that has had enough is no error.
            thread::spawn(move || stream.serve(connection).is_ok());
        }
    });
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

/// The different events as chunks of HTTP, all of the same size.
#[derive(Clone)]
struct Stream {
    bytes: Vec<u8>,
    chunk_bytes: usize,
}

impl Stream {
    fn new() -> Self {
        let chunks = events::chunks().map(|event| format!("{:x}\r\n{event}\r\n", event.len()));
        let chunks: Vec<_> = chunks.collect();
        Self {
            chunk_bytes: chunks[0].len(),
            bytes: chunks.concat().into_bytes(),
        }
    }

    fn serve(&self, mut connection: TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        let (at_a_time, rest) = requested(&connection)?.writes();
        connection.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
        )?;
        loop {
            for part in self.bytes.chunks(at_a_time * self.chunk_bytes) {
                connection.write_all(part)?;
                if !rest.is_zero() {
                    thread::sleep(rest);
                }
            }
        }
    }
}

/// The pace that a request asks for.
fn requested(connection: &TcpStream) -> io::Result<Pace> {
    let mut head = BufReader::new(connection).lines();
    let request = head.next().unwrap_or_else(|| Ok(String::new()))?;
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    Pace::named(path.trim_start_matches('/'))
        .ok_or_else(|| io::Error::other(format!("asked for {path}")))
}
