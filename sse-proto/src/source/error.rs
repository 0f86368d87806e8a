//! What can happen to a source, and what it means.

use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::redirect::RedirectError;
use crate::error::TooLarge;
use crate::head::ResponseHead;
use crate::headers::Headers;
use crate::message_event::MessageEvent;

/// Something went wrong: what it was, and whether the source goes on.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::source::{Cause, SourceError};
///
/// let error = SourceError { cause: Cause::Ended, retry_in: Some(Duration::from_secs(3)) };
/// assert_eq!(error.to_string(), "the stream ended; connecting again in 3s");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// What happened.
    pub cause: Cause,
    /// When the next attempt is made: `None` for never, and then [`Closed`](super::SourceItem::Closed) follows. Zero
    /// where the source goes on at once, with what it is doing or with another attempt.
    pub retry_in: Option<Duration>,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        match self.retry_in {
            Some(Duration::ZERO) if self.cause.is_passing() => Ok(()),
            None => f.write_str("; not connecting again"),
            Some(Duration::ZERO) => f.write_str("; connecting"),
            Some(delay) => write!(f, "; connecting again in {:?}", rounded(delay)),
        }
    }
}

/// A delay as it is told: jitter leaves digits behind that nobody wants to read.
fn rounded(delay: Duration) -> Duration {
    let unit = match delay {
        _ if delay >= Duration::from_secs(1) => 100_000_000,
        _ if delay >= Duration::from_millis(1) => 1_000_000,
        _ => 1,
    };
    let nanos = (delay.subsec_nanos() + unit / 2) / unit * unit;
    Duration::from_secs(delay.as_secs()).saturating_add(Duration::from_nanos(nanos.into()))
}

impl Error for SourceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Transport(error) => Some(error),
            Cause::Redirect { error, .. } => Some(error),
            Cause::TooLarge(error) => Some(error),
            Cause::Streamed(error) => Some(error),
            _ => None,
        }
    }
}

/// What happened to a source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The connection failed.
    Transport(TransportError),
    /// The stream ended in good order. Servers may do so at any time, and clients reconnect.
    Ended,
    /// Nothing arrived for so long; see [`Config::idle_timeout`](super::Config::idle_timeout).
    Idle(Duration),
    /// No response arrived for so long; see [`Config::connect_timeout`](super::Config::connect_timeout).
    ConnectTimeout(Duration),
    /// 204: the server asks the client not to reconnect.
    NoContent,
    /// A status other than 200.
    Status(Refusal),
    /// A response of 200 that is no event stream.
    ContentType(Refusal),
    /// A redirect that cannot be followed.
    Redirect {
        /// Why not.
        error: RedirectError,
        /// The response, without its body.
        refusal: Refusal,
    },
    /// The program's own validator did not want the response.
    Rejected {
        /// What the validator said.
        reason: String,
        /// The response.
        refusal: Refusal,
    },
    /// The program could not prepare the attempt, or prepared an invalid one: why.
    Prepare(String),
    /// A message was larger than [`Config::max_event_bytes`](super::Config::max_event_bytes) and is lost; the stream
    /// goes on. So it is said where there are only messages and errors.
    TooLarge(TooLarge),
    /// A message was an error, as the program's own check found.
    Streamed(StreamedError),
    /// The last event ID has a control character in it, which no header can carry, so the request goes without it.
    ///
    /// It is reported once for such an ID. The server will not know where to resume.
    LastEventIdNotSendable,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::Ended => f.write_str("the stream ended"),
            Self::Idle(silence) => write!(f, "nothing arrived for {silence:?}"),
            Self::ConnectTimeout(time) => write!(f, "no response arrived for {time:?}"),
            Self::NoContent => f.write_str("the server ended the subscription (status 204)"),
            Self::Status(refusal) => {
                write!(f, "the server answered with status {}", refusal.status)
            }
            Self::ContentType(refusal) => match refusal.headers.get("content-type") {
                None => {
                    f.write_str("the response has no Content-Type; text/event-stream is needed")
                }
                Some(found) => {
                    let found = String::from_utf8_lossy(found);
                    write!(f, "the response is {found:?}, and not text/event-stream")
                }
            },
            Self::Redirect { error, .. } => error.fmt(f),
            Self::Rejected { reason, .. } => write!(f, "the response was rejected: {reason}"),
            Self::Prepare(reason) => write!(f, "the request could not be prepared: {reason}"),
            Self::TooLarge(error) => error.fmt(f),
            Self::Streamed(error) => error.fmt(f),
            Self::LastEventIdNotSendable => f.write_str(
                "the last event ID has a control character in it and cannot be sent, so the server \
                 does not know where to resume",
            ),
        }
    }
}

impl Cause {
    /// The source goes on with what it is doing.
    fn is_passing(&self) -> bool {
        matches!(self, Self::LastEventIdNotSendable | Self::TooLarge(_))
    }
}

impl From<TooLarge> for SourceError {
    fn from(error: TooLarge) -> Self {
        Self {
            cause: Cause::TooLarge(error),
            retry_in: Some(Duration::ZERO),
        }
    }
}

impl From<StreamedError> for SourceError {
    fn from(error: StreamedError) -> Self {
        Self {
            cause: Cause::Streamed(error),
            retry_in: None,
        }
    }
}

/// An error that came as a message, as language models send it in a stream that is open already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedError {
    /// What the program's check said about it.
    pub reason: String,
    /// The message.
    pub message: MessageEvent,
}

impl fmt::Display for StreamedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stream has an error in it: {}", self.reason)
    }
}

impl Error for StreamedError {}

/// A response that is not the event stream that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The beginning of the body: 1 KiB at most, and what of it arrived within a second.
    pub body: Bytes,
}

impl Refusal {
    pub(super) fn of(head: ResponseHead, body: Vec<u8>) -> Self {
        Self {
            status: head.status,
            headers: head.headers,
            body: Bytes::from(body),
        }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &String::from_utf8_lossy(&self.body))
            .finish()
    }
}

/// What a transport reports when an exchange fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportError {
    /// What kind of failure it was.
    pub kind: TransportErrorKind,
    /// What the transport says about it, in one line.
    pub message: String,
}

impl TransportError {
    /// A failure of this kind, in the transport's words.
    #[must_use]
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TransportErrorKind::Connect => "the connection could not be made",
            TransportErrorKind::Tls => "TLS failed",
            TransportErrorKind::Timeout => "the transport gave up waiting",
            TransportErrorKind::Broken => "the connection broke",
            TransportErrorKind::Unsupported => "the request cannot be made",
            TransportErrorKind::Other => "the exchange failed",
        };
        write!(f, "{what}: {}", self.message)
    }
}

impl Error for TransportError {}

/// The kinds of failure that a transport tells apart. The machine treats them alike, but for
/// [`Unsupported`](Self::Unsupported).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made: name not found, refused, unreachable.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A timeout of the transport's own.
    Timeout,
    /// The connection broke, or what came over it is not HTTP.
    Broken,
    /// The transport cannot do what is asked, and never will: `https` without TLS. The source does not try again.
    Unsupported,
    /// Anything else.
    Other,
}
