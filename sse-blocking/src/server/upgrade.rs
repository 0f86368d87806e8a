//! A raw connection made a stream.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant as SystemInstant};

use sse_proto::http1::{
    Action, Config, Connection, ConnectionEvent, Fault, InvalidResponse, Request,
};
use sse_proto::session::{Accepted, Endpoint, Reception, Refusal, SubscribeRequest};
use sse_proto::{Instant, RequestHead};
use sse_server::set_up_socket;

use super::writer::SseWriter;

/// How a raw connection is made a stream: a request is read from it, within limits and a time, and answered.
///
/// For connections that are nobody's yet: of a listener of your own, or a tunnel. What asks for no stream is answered
/// with why not, and is an error here.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
/// use sse_blocking::server::Upgrade;
/// use sse_proto::Event;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut client = TcpStream::connect(listener.local_addr()?)?;
/// client.write_all(b"GET /?stream=news HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 6\r\n\r\n")?;
///
/// let (connection, _) = listener.accept()?;
/// let asked = Upgrade::new().tcp(connection)?;
/// assert_eq!(asked.last_event_id(), Some("6"));
/// let mut writer = asked.accept()?;
/// writer.send(&Event::new("hello").id("7")?)?;
/// writer.close()?;
///
/// let mut answer = String::new();
/// client.read_to_string(&mut answer)?;
/// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
/// assert!(answer.ends_with("id: 7\ndata: hello\n\n\r\n0\r\n\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is read yet"]
pub struct Upgrade {
    http: Config,
    endpoint: Endpoint,
}

impl Upgrade {
    /// With the usual limits: 10 seconds for the head of the request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long the head of the request may take: 10 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.http = self.http.header_timeout(timeout);
        self
    }

    /// Sets all limits of the request.
    pub fn http(mut self, config: Config) -> Self {
        self.http = config;
        self
    }

    /// Sets how requests are read, and what the heads of the responses say: topics, CORS, headers.
    pub fn requests(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Reads the request from a TCP connection. The time is kept whatever the client does.
    ///
    /// # Errors
    ///
    /// What came asks for no stream, too slowly, or not at all.
    pub fn tcp(&self, stream: TcpStream) -> Result<Asked<TcpStream>, UpgradeError> {
        set_up_socket(&stream)?;
        let (mut reader, before) = (stream.try_clone()?, stream.read_timeout()?);
        let asked = self.read(stream, |buffer, left| {
            reader.set_read_timeout(Some(left))?;
            reader.read(buffer)
        })?;
        asked.writer.set_read_timeout(before)?;
        Ok(asked)
    }

    /// Reads the request from a reader, to answer it on a writer.
    ///
    /// The time is looked at whenever the reader has read: one that may wait for ever needs a timeout of its own, after
    /// which it fails with [`WouldBlock`](io::ErrorKind::WouldBlock) or [`TimedOut`](io::ErrorKind::TimedOut).
    ///
    /// # Errors
    ///
    /// What came asks for no stream, too slowly, or not at all.
    pub fn pair<W: Write>(
        &self,
        mut reader: impl Read,
        writer: W,
    ) -> Result<Asked<W>, UpgradeError> {
        self.read(writer, |buffer, _| reader.read(buffer))
    }

    /// Reads until there is a request, by what reads within the time that is left.
    fn read<W: Write>(
        &self,
        mut writer: W,
        mut read: impl FnMut(&mut [u8], Duration) -> io::Result<usize>,
    ) -> Result<Asked<W>, UpgradeError> {
        let begun = SystemInstant::now();
        let now = || Instant::since_origin(begun.elapsed());
        let mut connection = Connection::new(self.http.clone(), now());
        let mut buffer = [0; 4096];
        let mut has_ended = false;
        loop {
            match connection.poll_event() {
                Some(ConnectionEvent::Request(request)) => {
                    return self.receive(connection, begun, request, writer);
                }
                Some(ConnectionEvent::Refused(fault)) => {
                    write_actions(&mut connection, &mut writer, now())?;
                    return Err(UpgradeError::Malformed(fault));
                }
                Some(ConnectionEvent::Gone(_)) => return Err(UpgradeError::Gone),
                Some(_) => continue,
                None => {}
            }
            if let Some(Action::Close) = connection.poll_action(now()) {
                return Err(if has_ended {
                    UpgradeError::Gone
                } else {
                    UpgradeError::Silent
                });
            }
            let left = connection.deadline().map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(now())
            });
            if left.is_zero() {
                connection.handle_timeout(now());
                continue;
            }
            match read(&mut buffer, left) {
                Ok(0) => {
                    has_ended = true;
                    connection.handle_eof(now());
                }
                Ok(length) => connection.handle_data(now(), &buffer[..length]),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Upgrade {
    /// Looks at the request, and answers what asks for no stream.
    fn receive<W: Write>(
        &self,
        mut connection: Connection,
        begun: SystemInstant,
        request: Request,
        mut writer: W,
    ) -> Result<Asked<W>, UpgradeError> {
        let now = Instant::since_origin(begun.elapsed());
        let status = match self.endpoint.receive(&request.head) {
            Reception::Subscribe(subscriber) if subscriber.head_only => {
                let head = self.endpoint.accept(&subscriber, &Accepted::new());
                connection.begin_stream(now, &head).map_err(invalid)?;
                head.status
            }
            Reception::Subscribe(subscriber) => {
                return Ok(Asked {
                    connection,
                    begun,
                    endpoint: self.endpoint.clone(),
                    subscriber,
                    request,
                    writer,
                });
            }
            Reception::Respond(response) => {
                let status = response.head.status;
                connection.close_when_idle();
                connection.respond(now, response).map_err(invalid)?;
                status
            }
        };
        write_actions(&mut connection, &mut writer, now)?;
        Err(UpgradeError::NoStream(status))
    }
}

/// The reader's own timeout, or a signal.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

fn invalid(error: InvalidResponse) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

fn write_actions(
    connection: &mut Connection,
    writer: &mut impl Write,
    now: Instant,
) -> io::Result<()> {
    while let Some(Action::Write(bytes)) = connection.poll_action(now) {
        writer.write_all(&bytes)?;
    }
    writer.flush()
}

/// A request for a stream, to be accepted or refused.
#[must_use = "the client waits for an answer"]
pub struct Asked<W: Write> {
    connection: Connection,
    begun: SystemInstant,
    endpoint: Endpoint,
    subscriber: SubscribeRequest,
    request: Request,
    writer: W,
}

impl<W: Write> Asked<W> {
    /// The head of the request.
    pub fn request(&self) -> &RequestHead {
        &self.request.head
    }

    /// The id to resume behind: of the header, or of the query; `None` if there is none.
    pub fn last_event_id(&self) -> Option<&str> {
        self.subscriber.last_event_id.as_deref()
    }

    /// The topics that the query names.
    pub fn topics(&self) -> &[String] {
        &self.subscriber.topics
    }

    /// Answers with a stream.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub fn accept(self) -> io::Result<SseWriter<W>> {
        self.accept_with(&Accepted::new())
    }

    /// Answers with a stream whose head says more than usual.
    ///
    /// # Errors
    ///
    /// The client is gone, or a header is none.
    pub fn accept_with(mut self, accepted: &Accepted) -> io::Result<SseWriter<W>> {
        let now = self.now();
        let head = self.endpoint.accept(&self.subscriber, accepted);
        self.connection.begin_stream(now, &head).map_err(invalid)?;
        write_actions(&mut self.connection, &mut self.writer, now)?;
        let framing = self.request.version.framing();
        Ok(SseWriter::framed(self.writer, framing))
    }

    /// Answers with why there is no stream.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub fn refuse(mut self, refusal: Refusal) -> io::Result<()> {
        let now = self.now();
        let response = self.endpoint.refuse(&self.request.head, refusal);
        self.connection.close_when_idle();
        self.connection.respond(now, response).map_err(invalid)?;
        write_actions(&mut self.connection, &mut self.writer, now)
    }

    fn now(&self) -> Instant {
        Instant::since_origin(self.begun.elapsed())
    }
}

impl<W: Write> fmt::Debug for Asked<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// Why a connection is no stream. Where something could be said to the client, it was.
#[derive(Debug)]
#[non_exhaustive]
pub enum UpgradeError {
    /// What came is no request that can be read, or it took too long.
    Malformed(Fault),
    /// It asks for something else; it was answered with this status.
    NoStream(u16),
    /// The client has ended the connection before its request was complete.
    Gone,
    /// The client has said nothing in time.
    Silent,
    /// Reading or writing failed.
    Io(io::Error),
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(fault) => fault.fmt(f),
            Self::NoStream(status) => write!(f, "no stream was asked for, and {status} answered"),
            Self::Gone => f.write_str("the client is gone"),
            Self::Silent => f.write_str("the client has said nothing in time"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl Error for UpgradeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for UpgradeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
