//! The head of a stream, and what an evaluator says about who gets it.

use alloc::string::String;
use alloc::vec::Vec;

use super::cors::Cors;
use super::refusal::Refusal;
use crate::head::ResponseHead;
use crate::headers::{self, Headers, InvalidHeader};
use crate::media_type::EVENT_STREAM;

/// What the program says about a request before it is answered: accepted, or refused with a response.
///
/// ```
/// use sse_proto::RequestHead;
/// use sse_proto::session::{Accepted, Evaluation, Refusal};
///
/// fn evaluate(request: &RequestHead) -> Evaluation {
///     match request.headers.get("authorization") {
///         Some(b"Bearer 123") => Ok(Accepted::new().tagged("ada")),
///         Some(_) => Err(Refusal::forbidden("not with this token\n")),
///         None => Err(Refusal::unauthorized("bring a token\n")),
///     }
/// }
/// let request = RequestHead::new("GET", "/events", [("Authorization", "Bearer 123")]);
/// assert_eq!(evaluate(&request)?.tag(), Some("ada"));
/// # Ok::<(), Refusal>(())
/// ```
pub type Evaluation = Result<Accepted, Refusal>;

/// A request is accepted: what its response says beyond the usual, and who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    headers: Headers,
    tag: Option<String>,
}

impl Accepted {
    /// Accepted, and nothing else.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to this response, in place of those of its name that every stream has.
    ///
    /// # Errors
    ///
    /// As [`StreamHead::header`].
    pub fn header(
        mut self,
        name: impl Into<String>,
        value: impl Into<Vec<u8>>,
    ) -> Result<Self, InvalidHeader> {
        append(&mut self.headers, name.into(), value.into())?;
        Ok(self)
    }

    /// Sets who it is, such as a user: all subscribers of a tag can be disconnected together.
    #[must_use]
    pub fn tagged(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Who it is; `None` if nobody said so.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The headers of this response beyond the usual.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }
}

/// The head that every stream of an endpoint has.
///
/// | | |
/// |---|---|
/// | status | 200 |
/// | `Content-Type` | `text/event-stream` |
/// | `Cache-Control` | `no-cache, no-transform`: what lies between must not store it, nor compress it into silence |
/// | `X-Accel-Buffering` | `no`: nginx and its like would hold events back |
///
/// ```
/// use sse_proto::session::{Accepted, StreamHead};
///
/// let stream = StreamHead::new().header("X-Server", "one")?;
/// let head = stream.response_head(None, &Accepted::new().header("Set-Cookie", "a=b")?);
/// assert_eq!(head.headers.get("cache-control"), Some(&b"no-cache, no-transform"[..]));
/// assert_eq!(head.headers.get("set-cookie"), Some(&b"a=b"[..]));
/// # Ok::<(), sse_proto::InvalidHeader>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamHead {
    headers: Headers,
    cors: Option<Cors>,
}

impl StreamHead {
    /// The usual head.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header; one of the table above other than `Content-Type` is replaced by it.
    ///
    /// # Errors
    ///
    /// If no header can have this name or this value, or it is `Content-Type` or one that frames the response.
    pub fn header(
        mut self,
        name: impl Into<String>,
        value: impl Into<Vec<u8>>,
    ) -> Result<Self, InvalidHeader> {
        append(&mut self.headers, name.into(), value.into())?;
        Ok(self)
    }

    /// Sets which pages of other origins may read the stream: by default none.
    #[must_use]
    pub fn cors(mut self, cors: Cors) -> Self {
        self.cors = Some(cors);
        self
    }

    pub(super) fn cors_policy(&self) -> Option<&Cors> {
        self.cors.as_ref()
    }

    /// The head of one response, for a page of this origin.
    #[must_use]
    pub fn response_head(&self, origin: Option<&str>, accepted: &Accepted) -> ResponseHead {
        let mut headers = Headers::new();
        headers.append("Content-Type", EVENT_STREAM);
        let general = self.headers.iter();
        headers.extend(general.filter(|(name, _)| accepted.headers.get(name).is_none()));
        headers.extend(accepted.headers.iter());
        headers.set_default("Cache-Control", "no-cache, no-transform");
        headers.set_default("X-Accel-Buffering", "no");
        if let Some(cors) = &self.cors {
            cors.allow(origin, &mut headers);
        }
        ResponseHead {
            status: 200,
            headers,
        }
    }
}

fn append(headers: &mut Headers, name: String, value: Vec<u8>) -> Result<(), InvalidHeader> {
    if name.eq_ignore_ascii_case("content-type") {
        let why = "the type of a stream is text/event-stream; leave it out";
        return Err(InvalidHeader::reserved(&name, why));
    }
    append_checked(headers, name, value)
}

/// Adds a header that can be sent, and does not frame the response.
pub(super) fn append_checked(
    headers: &mut Headers,
    name: String,
    value: Vec<u8>,
) -> Result<(), InvalidHeader> {
    const FRAMING: [&str; 4] = [
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
    ];
    if FRAMING
        .iter()
        .any(|framing| name.eq_ignore_ascii_case(framing))
    {
        let why = "the server sets it; leave it out";
        return Err(InvalidHeader::reserved(&name, why));
    }
    headers::check_header(&name, &value)?;
    headers.append(name, value);
    Ok(())
}
