//! A request, as a handler sees it.

use bytes::Bytes;
use sse_proto::RequestHead;

/// A request whose body, if it has one, has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The method, the target and the headers.
    pub head: RequestHead,
    /// The body; empty if there is none.
    pub body: Bytes,
}
