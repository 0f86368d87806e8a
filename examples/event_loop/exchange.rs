//! One HTTP/1.1 exchange on a connection of its own: just enough of HTTP for an event stream.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use sse_kit::source::{Request, ResponseHead, TransportError, TransportErrorKind};

/// How many bytes a response's head, or a line between two chunks, may have.
const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEADERS: usize = 100;

/// A connection whose reads can be bounded in time.
pub(crate) trait Connection: Read + Write {
    /// Sets how long a read or a write may take; it fails with `WouldBlock` or `TimedOut` after that.
    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()>;
}

/// Opens a connection: scheme, host and port, and how long it may take.
pub(crate) type Connect =
    Box<dyn FnMut(&str, &str, u16, Duration) -> Result<Box<dyn Connection>, TransportError>>;

/// What a read brought.
pub(crate) enum Progress {
    Nothing,
    Head(ResponseHead),
    Data(Vec<u8>),
    End,
}

/// What comes next on the connection.
#[derive(Clone, Copy)]
enum Next {
    Head,
    /// This much of the body, and then its end.
    Rest(u64),
    /// The body, as long as the connection lasts.
    UntilClosed,
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
}

/// A request that was sent, and its response as it arrives.
pub(crate) struct Exchange {
    connection: Box<dyn Connection>,
    /// What was read and not used.
    buffer: Vec<u8>,
    next: Next,
}

impl Exchange {
    /// Connects and sends the request.
    pub(crate) fn begin(
        connect: &mut Connect,
        request: &Request,
        patience: Duration,
    ) -> Result<Self, TransportError> {
        let (scheme, rest) = request.url.split_once("://").unwrap_or(("", &request.url));
        let (authority, target) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let standard = if scheme == "https" { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(standard)),
            _ => (authority, standard),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');

        let mut connection = connect(scheme, host, port, patience)?;
        let sent = connection
            .set_timeout(at_least_a_moment(patience))
            .and_then(|()| connection.write_all(&request_bytes(request, authority, target)))
            .and_then(|()| connection.flush());
        sent.map_err(broken)?;
        Ok(Self {
            connection,
            buffer: Vec::new(),
            next: Next::Head,
        })
    }

    /// Waits for what comes next, at most this long.
    pub(crate) fn read(&mut self, within: Duration) -> Result<Progress, TransportError> {
        if let Some(progress) = self.take()? {
            return Ok(progress);
        }
        let mut chunk = [0; 16 << 10];
        let read = self
            .connection
            .set_timeout(at_least_a_moment(within))
            .and_then(|()| self.connection.read(&mut chunk));
        match read {
            Ok(0) if matches!(self.next, Next::UntilClosed) => Ok(Progress::End),
            Ok(0) => Err(broken(io::ErrorKind::UnexpectedEof.into())),
            Ok(length) => {
                self.buffer.extend_from_slice(&chunk[..length]);
                Ok(self.take()?.unwrap_or(Progress::Nothing))
            }
            Err(error) if is_no_failure(error.kind()) => Ok(Progress::Nothing),
            Err(error) => Err(broken(error)),
        }
    }

    /// What the buffer has to give.
    fn take(&mut self) -> Result<Option<Progress>, TransportError> {
        loop {
            match self.next {
                Next::Head => return self.take_head(),
                Next::Rest(0) => return Ok(Some(Progress::End)),
                Next::Rest(length) => {
                    let data = self.take_data(length);
                    self.next = Next::Rest(length - data.len() as u64);
                    return Ok(some_data(data));
                }
                Next::UntilClosed => return Ok(some_data(std::mem::take(&mut self.buffer))),
                Next::ChunkSize => match httparse::parse_chunk_size(&self.buffer) {
                    Ok(httparse::Status::Complete((used, size))) => {
                        self.buffer.drain(..used);
                        self.next = match size {
                            0 => Next::Trailers,
                            _ => Next::Chunk(size),
                        };
                    }
                    Ok(httparse::Status::Partial) => return self.too_little(),
                    Err(error) => return Err(broken(io::Error::other(error.to_string()))),
                },
                Next::Chunk(0) => self.next = Next::ChunkEnd,
                Next::Chunk(length) => {
                    let data = self.take_data(length);
                    self.next = Next::Chunk(length - data.len() as u64);
                    return Ok(some_data(data));
                }
                Next::ChunkEnd => match self.take_line() {
                    None => return self.too_little(),
                    Some(_) => self.next = Next::ChunkSize,
                },
                Next::Trailers => match self.take_line() {
                    None => return self.too_little(),
                    Some(0) => self.next = Next::Rest(0),
                    Some(_) => {}
                },
            }
        }
    }

    fn take_head(&mut self) -> Result<Option<Progress>, TransportError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut response = httparse::Response::new(&mut headers);
            let used = match response.parse(&self.buffer) {
                Ok(httparse::Status::Complete(used)) => used,
                Ok(httparse::Status::Partial) => return self.too_little(),
                Err(error) => return Err(broken(io::Error::other(error))),
            };
            let headers = response.headers.iter();
            let headers = headers.map(|header| (header.name, header.value));
            let head = ResponseHead::new(response.code.unwrap_or(0), headers);
            self.buffer.drain(..used);
            // An interim response, such as 103, is followed by the real one.
            if !(100..200).contains(&head.status) {
                self.next = body(&head)?;
                return Ok(Some(Progress::Head(head)));
            }
        }
    }

    fn take_data(&mut self, limit: u64) -> Vec<u8> {
        let length = usize::try_from(limit).unwrap_or(usize::MAX);
        self.buffer.drain(..length.min(self.buffer.len())).collect()
    }

    /// Takes a line and gives its length; None while it is not complete.
    fn take_line(&mut self) -> Option<usize> {
        let end = self.buffer.windows(2).position(|two| two == b"\r\n")?;
        self.buffer.drain(..end + 2);
        Some(end)
    }

    /// More is needed, if there is not too much already.
    fn too_little(&self) -> Result<Option<Progress>, TransportError> {
        if self.buffer.len() > MAX_HEAD_BYTES {
            return Err(broken(io::Error::other("a head or a line has no end")));
        }
        Ok(None)
    }
}

/// Connects over TCP.
pub(crate) fn connect_tcp(
    scheme: &str,
    host: &str,
    port: u16,
    patience: Duration,
) -> Result<Box<dyn Connection>, TransportError> {
    if scheme != "http" {
        let message = "this client has no TLS";
        return Err(TransportError::new(TransportErrorKind::Tls, message));
    }
    Ok(Box::new(tcp(host, port, patience)?))
}

/// A TCP connection to the first address that takes one.
pub(crate) fn tcp(host: &str, port: u16, patience: Duration) -> Result<TcpStream, TransportError> {
    let failed =
        |error: io::Error| TransportError::new(TransportErrorKind::Connect, error.to_string());
    let mut last = io::ErrorKind::NotFound.into();
    for address in (host, port).to_socket_addrs().map_err(failed)? {
        match TcpStream::connect_timeout(&address, at_least_a_moment(patience)) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

impl Connection for TcpStream {
    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(timeout))?;
        self.set_write_timeout(Some(timeout))
    }
}

fn request_bytes(request: &Request, authority: &str, target: &str) -> Vec<u8> {
    let slash = if target.starts_with('/') { "" } else { "/" };
    let mut bytes = format!("{} {slash}{target} HTTP/1.1\r\n", request.method).into_bytes();
    let mut header = |name: &str, value: &[u8]| {
        bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    };
    if request.headers.get("host").is_none() {
        header("Host", authority.as_bytes());
    }
    header("Connection", b"close");
    for (name, value) in request.headers.iter() {
        header(name, value);
    }
    if let Some(body) = &request.body {
        header("Content-Length", body.len().to_string().as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend(request.body.iter().flatten());
    bytes
}

/// How a body ends, by its head (RFC 9112, section 6.3).
fn body(head: &ResponseHead) -> Result<Next, TransportError> {
    if matches!(head.status, 204 | 304) {
        return Ok(Next::Rest(0));
    }
    if let Some(coding) = head.headers.get("transfer-encoding") {
        if coding.eq_ignore_ascii_case(b"chunked") {
            return Ok(Next::ChunkSize);
        }
        return Err(broken(io::Error::other("an unknown transfer coding")));
    }
    let Some(length) = head.headers.get("content-length") else {
        return Ok(Next::UntilClosed);
    };
    let length = str::from_utf8(length)
        .ok()
        .and_then(|text| text.parse().ok());
    let wrong = || broken(io::Error::other("a Content-Length that is no number"));
    length.map(Next::Rest).ok_or_else(wrong)
}

fn some_data(data: Vec<u8>) -> Option<Progress> {
    (!data.is_empty()).then_some(Progress::Data(data))
}

/// A timeout of zero would mean none at all.
fn at_least_a_moment(time: Duration) -> Duration {
    time.max(Duration::from_millis(1))
}

fn is_no_failure(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(kind, Interrupted | TimedOut | WouldBlock)
}

fn broken(error: io::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Broken, error.to_string())
}
