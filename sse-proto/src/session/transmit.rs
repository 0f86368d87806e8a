//! What goes between a session and what carries it.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use crate::log::{Sequence, Stale};

/// What a session wants done next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transmit {
    /// Write these bytes, or as many as go, and say [how many](super::Session::handle_written) went.
    Write(Bytes),
    /// Find out whether the subscriber may still have the stream, and
    /// [answer](super::Session::handle_verdict); meanwhile go on.
    Reauthorise,
    /// Get what came after this place from where it is kept, and [hand it in](super::Session::handle_page).
    Page(Sequence),
    /// Nothing, until something is published, or the [deadline](super::Session::deadline) is reached.
    Idle,
    /// The stream has ended: close the connection, or the body.
    End(End),
}

/// Why a stream has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// Events were lost to it, and the policy is to disconnect.
    Lagged,
    /// It was as old as it may be.
    Expired,
    /// The client did not read.
    Stalled,
    /// The program wanted it gone.
    Kicked,
    /// The program was asked, and said no, or nothing.
    Unauthorised,
    /// None of its topics exists any more.
    Gone,
    /// The server shuts down.
    Drained,
    /// The client has closed the connection, or it broke.
    Disconnected,
}

impl End {
    /// Whether the client was there to the end, so that the response can be completed.
    #[must_use]
    pub fn is_in_order(self) -> bool {
        !matches!(self, Self::Stalled | Self::Disconnected)
    }

    /// One word for it, as clients and metrics get to see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lagged => "lagged",
            Self::Expired => "expired",
            Self::Stalled => "stalled",
            Self::Kicked => "kicked",
            Self::Unauthorised => "unauthorised",
            Self::Gone => "gone",
            Self::Drained => "drained",
            Self::Disconnected => "disconnected",
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a subscriber may still have the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may.
    Accept,
    /// It may not: the stream ends.
    Reject,
}

/// What came after a place, from where it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The events of the session's topics, in order: their places, and their blocks with ids.
    pub events: Vec<(Sequence, Bytes)>,
    /// Everything up to here was looked at; `None` if there is nothing after the place.
    pub through: Option<Sequence>,
}

/// What came after a place, or why there is none.
pub type PageResult = Result<Page, Stale>;

/// There is no stream for this client: the response is 204, without a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoContent {
    /// Why its last event ID leads nowhere.
    pub stale: Stale,
}

impl fmt::Display for NoContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no stream: {}", self.stale)
    }
}

impl core::error::Error for NoContent {}
