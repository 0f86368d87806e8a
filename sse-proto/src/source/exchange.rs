//! What goes between the machine and its transport: requests, response heads, and what to do about them.

use alloc::string::String;
use core::fmt;

use bytes::Bytes;

use super::url::without_query;
use crate::head::ResponseHead;
use crate::headers::Headers;

/// The number of one HTTP exchange; each hop of a redirect is an exchange of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(pub(super) u64);

impl Attempt {
    /// Counted from 1 as the exchanges begin.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the machine wants done.
///
/// A driver must do all of it, so nothing is added here without a breaking release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Find out what the next request shall say beyond the configuration, and answer with
    /// [`handle_prepared`](super::EventSource::handle_prepared).
    ///
    /// Only where [`Config::prepare_each_attempt`](super::Config::prepare_each_attempt) asks for it.
    Prepare(Attempt),
    /// Send this request, and report what becomes of it.
    Send(Attempt, Request),
    /// Look at this head, and answer with [`handle_verdict`](super::EventSource::handle_verdict) before the body is
    /// read.
    ///
    /// Only where [`Config::validate_responses`](super::Config::validate_responses) asks for it.
    Validate(Attempt, ResponseHead),
    /// Drop what is under way for this attempt: the connection, or an answer that is being prepared.
    Abort(Attempt),
}

/// A request, complete but for what the transport adds (`Host`, `Content-Length`).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, `GET` for most.
    pub method: String,
    /// The URL: absolute, ASCII, `http` or `https`, without a fragment.
    pub url: String,
    /// The headers, `Accept`, `Cache-Control` and `Last-Event-ID` among them.
    pub headers: Headers,
    /// The body; `None` for a request without one.
    pub body: Option<Bytes>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &without_query(&self.url))
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .finish()
    }
}

/// What one attempt says beyond the configuration; by default, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Another URL for this attempt; `None` keeps the configured one.
    pub url: Option<String>,
    /// Headers for this attempt: each replaces the configured ones of its name.
    pub headers: Headers,
}

/// Whether a response is what the program wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The stream is read.
    Accept,
    /// The source closes, and the error gives this reason.
    Reject(String),
}

/// What the standard calls `readyState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadyState {
    /// Not open: connecting, or waiting to connect again.
    Connecting,
    /// The stream is open.
    Open,
    /// Closed for good.
    Closed,
}
