//! What goes between a connection and its program: requests, events and actions.

use core::fmt;

use bytes::Bytes;

use super::fault::Fault;
use crate::framing::Framing;
use crate::head::RequestHead;

/// The version of HTTP that a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

impl Version {
    /// How a stream is framed that a client of this version can tell the end of.
    #[must_use]
    pub fn framing(self) -> Framing {
        match self {
            Self::Http10 => Framing::Raw,
            Self::Http11 => Framing::Chunked,
        }
    }
}

/// A request, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The head. Its target is a path with its query, or `*` with `OPTIONS`; where the client sent a whole URL, the
    /// authority of that is in `Host`.
    pub head: RequestHead,
    /// The version of HTTP.
    pub version: Version,
    /// Whether a body is behind it, and how long it is.
    pub body: BodyLength,
}

/// How long the body of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// There is none.
    Empty,
    /// So many bytes, at least one.
    Known(usize),
    /// It comes in chunks.
    Unknown,
}

/// What the program gets to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// A request has arrived. Answer it; if it has a body that you want, call
    /// [`read_body`](super::Connection::read_body) first.
    Request(Request),
    /// A piece of the body that was asked for.
    Body(Bytes),
    /// The request is complete.
    End,
    /// What the client sent was refused. It was told, and the connection ends; if its request was already known, there
    /// is nothing to answer any more.
    Refused(Fault),
    /// The client is gone before its response was complete.
    Gone(Departure),
}

/// How a client went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Departure {
    /// It closed the connection, or its half.
    Closed,
    /// The connection broke.
    Broken,
    /// It sent more during a stream than is put up with; see
    /// [`Config::max_discarded_bytes`](super::Config::max_discarded_bytes).
    Chattered,
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the client closed the connection",
            Self::Broken => "the connection broke",
            Self::Chattered => "the client sent too much during a stream",
        })
    }
}

/// What the connection wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes.
    Write(Bytes),
    /// Everything is written: shut down the writing half of the connection, and go on reading.
    ShutDown,
    /// Drop the connection. It is the last action.
    Close,
}
