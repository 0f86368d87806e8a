//! The floors: an event loop that only sends the same bytes to every socket.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

use bytes::Bytes;
use mio::net::{TcpListener, TcpStream};
use mio::unix::pipe;
use mio::{Events, Interest, Poll, Registry, Token};
use slab::Slab;

use crate::fanout::burst::{Burst, chunk};
use crate::fanout::server::{Obey, Stage, obey};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
    Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
const LISTENER: Token = Token(usize::MAX - 1);
const COMMANDS: Token = Token(usize::MAX - 2);

/// So many sends may wait for a socket that is full; then its connection is closed.
const MOST_PENDING: usize = 1024;

/// One send an event and socket.
pub(super) fn run_singly(stage: Stage) -> io::Result<()> {
    run(stage, |events| {
        events.iter().map(|event| chunk(event)).collect()
    })
}

/// One send a socket for all that there is to send.
pub(super) fn run_batching(stage: Stage) -> io::Result<()> {
    run(stage, |events| vec![chunk(&events.concat())])
}

/// What is sent, one after the other, for some encoded events.
type Sends = fn(&[Bytes]) -> Vec<Bytes>;

fn run(stage: Stage, sends: Sends) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let registry = poll.registry().try_clone()?;
    stage.listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(stage.listener);
    registry.register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut commands = pipe::Receiver::from(stage.commands);
    commands.set_nonblocking(true)?;
    registry.register(&mut commands, COMMANDS, Interest::READABLE)?;
    let subscribers = Slab::new();
    let published = Vec::new();
    let mut floor = Floor {
        subscribers,
        published,
        sends,
    };
    let mut events = Events::with_capacity(1024);
    let mut lines = Vec::new();
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => outcome?,
        }
        for event in &events {
            match event.token() {
                LISTENER => floor.accept(&listener, &registry)?,
                COMMANDS => {
                    let open = read_all(&mut commands, &mut lines)?;
                    while let Some(end) = lines.iter().position(|&byte| byte == b'\n') {
                        let line: Vec<u8> = lines.drain(..=end).collect();
                        let line = String::from_utf8_lossy(&line[..end]);
                        obey(&line, stage.size, &mut floor)?;
                    }
                    floor.send();
                    if !open {
                        return Ok(());
                    }
                }
                Token(key) => floor.attend(key),
            }
        }
    }
}

/// Reads whatever is there, and says whether more may come.
fn read_all(from: &mut impl Read, into: &mut Vec<u8>) -> io::Result<bool> {
    match from.read_to_end(into) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(true),
        Err(error) => Err(error),
    }
}

struct Floor {
    subscribers: Slab<Subscriber>,
    /// What is to be sent once there are no more commands.
    published: Vec<Bytes>,
    sends: Sends,
}

struct Subscriber {
    stream: TcpStream,
    /// The last four bytes of the request; a blank line in them ends it.
    request: [u8; 4],
    /// What the socket had no room for.
    pending: VecDeque<Bytes>,
}

impl Floor {
    fn accept(&mut self, listener: &TcpListener, registry: &Registry) -> io::Result<()> {
        loop {
            let mut stream = match listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nodelay(true)?;
            let entry = self.subscribers.vacant_entry();
            let interest = Interest::READABLE | Interest::WRITABLE;
            registry.register(&mut stream, Token(entry.key()), interest)?;
            entry.insert(Subscriber {
                stream,
                request: [0; 4],
                pending: VecDeque::new(),
            });
        }
    }

    /// Sends what was published to everyone.
    fn send(&mut self) {
        if self.published.is_empty() {
            return;
        }
        for bytes in (self.sends)(&self.published) {
            self.subscribers
                .retain(|_, subscriber| !subscriber.is_subscribed() || subscriber.send(&bytes));
        }
        self.published.clear();
    }

    /// Reads what a socket has, and writes what waits for it.
    fn attend(&mut self, key: usize) {
        let Some(subscriber) = self.subscribers.get_mut(key) else {
            return;
        };
        if !subscriber.read() || !subscriber.flush() {
            self.subscribers.remove(key);
        }
    }
}

impl Obey for Floor {
    fn publish(&mut self, burst: &Burst) {
        self.published.extend(burst.encoded());
    }

    fn counted(&self) -> String {
        format!("{} connected", self.subscribers.len())
    }
}

impl Subscriber {
    fn is_subscribed(&self) -> bool {
        self.request == *b"\r\n\r\n"
    }

    /// `false` when the connection is over, as are the results below.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => {
                    for &byte in &buffer[..read] {
                        if self.is_subscribed() {
                            return false;
                        }
                        self.request.rotate_left(1);
                        self.request[3] = byte;
                    }
                    if self.is_subscribed() && !self.send(&Bytes::from_static(HEAD)) {
                        return false;
                    }
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    fn send(&mut self, bytes: &Bytes) -> bool {
        if self.pending.is_empty() {
            match self.stream.write(bytes) {
                Ok(written) if written == bytes.len() => {}
                Ok(written) => self.pending.push_back(bytes.slice(written..)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.pending.push_back(bytes.clone());
                }
                Err(_) => return false,
            }
            return true;
        }
        self.pending.push_back(bytes.clone());
        self.pending.len() <= MOST_PENDING
    }

    fn flush(&mut self) -> bool {
        while let Some(bytes) = self.pending.pop_front() {
            let waiting = std::mem::take(&mut self.pending);
            let connected = self.send(&bytes);
            let full = !self.pending.is_empty();
            self.pending.extend(waiting);
            if full || !connected {
                return connected;
            }
        }
        true
    }
}
