//! A client that says what it is told to, and what it hears.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use sse_kit::{Decoder, Item, MessageEvent};

/// How long anything may take before the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, and what of its answer was not looked at yet.
pub(crate) struct Client {
    socket: TcpStream,
    unread: Vec<u8>,
    decoder: Decoder,
    items: Vec<Item>,
    chunked: bool,
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    text: String,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::on(TcpStream::connect(address).unwrap())
    }

    /// One for whom the system holds next to nothing that it has not read.
    pub(crate) fn connect_narrowly(address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4 << 10).unwrap();
        socket.connect(&address.into()).unwrap();
        Self::on(socket.into())
    }

    fn on(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            socket,
            unread: Vec::new(),
            decoder: Decoder::new().with_comments(true),
            items: Vec::new(),
            chunked: false,
        }
    }

    /// Asks for a stream, and takes the head of the answer.
    pub(crate) fn open(address: SocketAddr, target: &str, headers: &str) -> (Self, Head) {
        let mut client = Self::connect(address);
        client.get(target, headers);
        let head = client.head();
        (client, head)
    }

    /// One whose stream is open, and whose priming was seen.
    pub(crate) fn subscribed(address: SocketAddr, target: &str, headers: &str) -> Self {
        let (mut client, head) = Self::open(address, target, headers);
        assert_eq!(head.status, 200, "{head:?}");
        assert_eq!(client.message().event_type(), "sse-cursor");
        client
    }

    pub(crate) fn get(&mut self, target: &str, headers: &str) {
        self.say(&format!(
            "GET {target} HTTP/1.1\r\nHost: test\r\n{headers}\r\n"
        ));
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.say_bytes(text.as_bytes());
    }

    pub(crate) fn say_bytes(&mut self, bytes: &[u8]) {
        // Who was refused may be cut off while it still talks.
        let _ = self.socket.write_all(bytes);
    }

    /// Reads more; says whether there was any.
    fn read(&mut self) -> bool {
        let mut chunk = [0; 16384];
        match self.socket.read(&mut chunk) {
            Ok(length) => {
                self.unread.extend_from_slice(&chunk[..length]);
                length > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing comes: {error}"),
        }
    }

    fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Some(String::from_utf8(line).unwrap().trim_end().to_owned());
            }
            if !self.read() {
                return None;
            }
        }
    }

    /// The head of the next answer.
    pub(crate) fn head(&mut self) -> Head {
        let mut text = String::new();
        loop {
            let line = self
                .line()
                .unwrap_or_else(|| panic!("it ends in a head: {text:?}"));
            if line.is_empty() {
                break;
            }
            text.push_str(&line);
            text.push('\n');
        }
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let head = Head {
            status: status.unwrap_or_else(|| panic!("no head: {text:?}")),
            text,
        };
        self.chunked = head.header("transfer-encoding") == Some("chunked");
        head
    }

    /// The body of an answer that says how long it is.
    pub(crate) fn body(&mut self, head: &Head) -> String {
        let length: usize = head
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        while self.unread.len() < length {
            assert!(self.read(), "the body breaks off");
        }
        String::from_utf8(self.unread.drain(..length).collect()).unwrap()
    }

    /// More of a stream's bytes; `None` at its end in good order.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        if !self.chunked {
            if self.unread.is_empty() && !self.read() {
                return None;
            }
            return Some(std::mem::take(&mut self.unread));
        }
        let size = self.line().expect("the stream breaks off");
        let size = usize::from_str_radix(&size, 16).unwrap();
        while self.unread.len() < size + 2 {
            assert!(self.read(), "the stream breaks off in a chunk");
        }
        let chunk: Vec<u8> = self.unread.drain(..size).collect();
        assert_eq!(self.unread.drain(..2).collect::<Vec<_>>(), b"\r\n");
        (size > 0).then_some(chunk)
    }

    /// The next thing that the stream says; `None` when it has ended in good order.
    pub(crate) fn item(&mut self) -> Option<Item> {
        while self.items.is_empty() {
            let chunk = self.chunk()?;
            self.items = self.decoder.feed(&chunk).collect();
        }
        Some(self.items.remove(0))
    }

    /// The next message, passing over all else.
    #[track_caller]
    pub(crate) fn message(&mut self) -> MessageEvent {
        self.next_message().expect("the stream ends")
    }

    pub(crate) fn next_message(&mut self) -> Option<MessageEvent> {
        loop {
            if let Item::Event(message) = self.item()? {
                return Some(message);
            }
        }
    }

    /// The next message that was published.
    #[track_caller]
    pub(crate) fn event(&mut self) -> MessageEvent {
        loop {
            let message = self.message();
            if message.event_type() != "sse-cursor" {
                return message;
            }
        }
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, data: &str) {
        assert_eq!(self.event().data(), data);
    }

    /// Reads to the end of the connection.
    pub(crate) fn expect_end(&mut self) {
        while self.read() {}
    }

    /// Has the connection reset when it is dropped.
    pub(crate) fn reset(self) {
        let socket = socket2::Socket::from(self.socket);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    pub(crate) fn end(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }
}
