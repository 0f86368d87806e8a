//! The heads of requests and responses, as a server reads and writes them and a client the other way round.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use crate::headers::Headers;

/// The head of a request, as a server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// The method, such as `GET`.
    pub method: String,
    /// The target: path and query, such as `/events?stream=news`.
    pub target: String,
    /// The headers, as they came.
    pub headers: Headers,
}

impl RequestHead {
    /// A head of a method, a target and headers.
    #[must_use]
    pub fn new<N: Into<String>, V: Into<Vec<u8>>>(
        method: impl Into<String>,
        target: impl Into<String>,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: headers.into_iter().collect(),
        }
    }

    /// The target up to its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, without its question mark; `None` if there is none.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// The head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    /// The status code.
    pub status: u16,
    /// The headers, as they came.
    pub headers: Headers,
}

impl ResponseHead {
    /// A head of a status and headers.
    #[must_use]
    pub fn new<N: Into<String>, V: Into<Vec<u8>>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let headers = headers.into_iter().collect();
        Self { status, headers }
    }
}

/// A whole response: its head, and a body that is complete.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status and the headers, without those that say where the body ends.
    pub head: ResponseHead,
    /// The body; empty if there is none.
    pub body: Bytes,
}

impl Response {
    /// A response of a head and a body.
    #[must_use]
    pub fn new(head: ResponseHead, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self { head, body }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("headers", &self.head.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
