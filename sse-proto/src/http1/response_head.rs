//! The head of a response: checked, so that nothing can be injected, and written.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use super::exchange::Version;
use crate::head::ResponseHead;
use crate::headers::{self, InvalidHeader};

/// How a client is told where the body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// The status has no body.
    Bodyless,
    Known(usize),
    Chunked,
    /// The end of the connection.
    Close,
}

/// What happens to the connection behind the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// It is kept, and this client has to be told if it speaks HTTP/1.0.
    Keep(Version),
    Close,
}

/// The head as it goes over the connection.
pub(super) fn encode(
    head: &ResponseHead,
    length: Length,
    behind: Behind,
) -> Result<Vec<u8>, InvalidResponse> {
    if !(200..=999).contains(&head.status) {
        return Err(InvalidResponse::Status(head.status));
    }
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(head.status.to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(reason_phrase(head.status).as_bytes());
    out.extend_from_slice(b"\r\n");
    for (name, value) in head.headers.iter() {
        check_header(name, value).map_err(InvalidResponse::Header)?;
        append(&mut out, name, value);
    }
    match length {
        Length::Known(bytes) => append(&mut out, "Content-Length", bytes.to_string().as_bytes()),
        Length::Chunked => append(&mut out, "Transfer-Encoding", b"chunked"),
        Length::Bodyless | Length::Close => {}
    }
    match behind {
        Behind::Close => append(&mut out, "Connection", b"close"),
        Behind::Keep(Version::Http10) => append(&mut out, "Connection", b"keep-alive"),
        Behind::Keep(Version::Http11) => {}
    }
    out.extend_from_slice(b"\r\n");
    Ok(out)
}

fn append(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn check_header(name: &str, value: &[u8]) -> Result<(), InvalidHeader> {
    const OURS: [&str; 3] = ["content-length", "transfer-encoding", "connection"];
    if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
        let why = "the connection sets it; leave it out";
        return Err(InvalidHeader::reserved(name, why));
    }
    headers::check_header(name, value)
}

/// Whether a response of this status has no body, whatever the request.
pub(super) fn is_bodyless(status: u16) -> bool {
    matches!(status, 204 | 304)
}

/// A response that cannot be sent. Nothing of it was, so another one can be.
///
/// ```
/// use sse_proto::http1::InvalidResponse;
///
/// assert_eq!(InvalidResponse::Body(204).to_string(), "a response of status 204 has no body");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidResponse {
    /// No request waits for a response: there was none, it is answered, or the client is gone or was refused meanwhile.
    NoRequest,
    /// A status below 200, or above 999.
    Status(u16),
    /// A status whose responses have no body, and a body with it; or a stream.
    Body(u16),
    /// A header that cannot be sent, or that is the connection's own: `Content-Length`, `Transfer-Encoding`,
    /// `Connection`.
    Header(InvalidHeader),
}

impl fmt::Display for InvalidResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRequest => f.write_str("no request waits for a response"),
            Self::Status(status) => write!(f, "{status} is not the status of a response"),
            Self::Body(status) => write!(f, "a response of status {status} has no body"),
            Self::Header(error) => error.fmt(f),
        }
    }
}

impl Error for InvalidResponse {}

/// What a person reads behind the number; clients don't look at it.
pub(super) fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
