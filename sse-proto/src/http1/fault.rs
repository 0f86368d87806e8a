//! What can be wrong with a request, and the status that says so.

use core::error::Error;
use core::fmt;

/// Why a request was refused by the connection itself.
///
/// The client was told with [`status`](Self::status) and the text, and the connection ends behind it.
///
/// ```
/// use sse_proto::http1::Fault;
///
/// assert_eq!(Fault::RequestLineTooLong.status(), 414);
/// assert_eq!(Fault::RequestLineTooLong.to_string(), "the request line is too long");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// 400: what came is not an HTTP request; HTTP/0.9 is none either.
    Syntax,
    /// 400: a header is continued on the next line, which is obsolete and read in different ways.
    FoldedHeader,
    /// 400: the target is no path, or not one that this method can have.
    Target,
    /// 400: `Host` is missing, there are several, or it is none.
    Host,
    /// 400: the `Content-Length` is no number, or there are several.
    ContentLength,
    /// 400: the length of the body can be read in two ways, as in request smuggling.
    AmbiguousLength,
    /// 400: the body is not chunked in the way it ought to be.
    Chunk,
    /// 400: the extensions or the trailers of a chunked body are too large.
    ChunkOverhead,
    /// 400: the client's end came before the end of its request.
    Truncated,
    /// 400: more was pipelined than is held.
    Overrun,
    /// 408: the head took too long.
    HeaderTimeout,
    /// 408: the body took too long.
    BodyTimeout,
    /// 413: the body is too large.
    BodyTooLarge,
    /// 414: the request line is too long.
    RequestLineTooLong,
    /// 417: something is expected other than `100-continue`.
    Expectation,
    /// 431: the headers are too large.
    HeadersTooLarge,
    /// 431: there are too many headers.
    TooManyHeaders,
    /// 501: a transfer coding other than `chunked`.
    TransferCoding,
    /// 501: `CONNECT`, which is for proxies.
    Connect,
    /// 505: a version of HTTP other than 1.0 and 1.1.
    Version,
}

impl Fault {
    /// The status that the client was told.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Syntax
            | Self::FoldedHeader
            | Self::Target
            | Self::Host
            | Self::ContentLength
            | Self::AmbiguousLength
            | Self::Chunk
            | Self::ChunkOverhead
            | Self::Truncated
            | Self::Overrun => 400,
            Self::HeaderTimeout | Self::BodyTimeout => 408,
            Self::BodyTooLarge => 413,
            Self::RequestLineTooLong => 414,
            Self::Expectation => 417,
            Self::HeadersTooLarge | Self::TooManyHeaders => 431,
            Self::TransferCoding | Self::Connect => 501,
            Self::Version => 505,
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Syntax => "this is not an HTTP/1.1 request",
            Self::FoldedHeader => "a header is continued on another line",
            Self::Target => "the target of the request is not a path",
            Self::Host => "exactly one valid Host is needed",
            Self::ContentLength => "exactly one valid Content-Length is needed",
            Self::AmbiguousLength => "the length of the body is ambiguous",
            Self::Chunk => "the body is not chunked in a valid way",
            Self::ChunkOverhead => "the body has too many extensions or trailers",
            Self::Truncated => "the request is incomplete",
            Self::Overrun => "too many requests were pipelined",
            Self::HeaderTimeout => "the head of the request took too long",
            Self::BodyTimeout => "the body of the request took too long",
            Self::BodyTooLarge => "the body is too large",
            Self::RequestLineTooLong => "the request line is too long",
            Self::Expectation => "only 100-continue can be expected",
            Self::HeadersTooLarge => "the headers are too large",
            Self::TooManyHeaders => "there are too many headers",
            Self::TransferCoding => "the transfer coding is not supported",
            Self::Connect => "this is not a proxy",
            Self::Version => "only HTTP/1.0 and HTTP/1.1 are spoken here",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Error for Fault {}
