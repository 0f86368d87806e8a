//! Responses instead of a stream.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::head::append_checked;
use crate::head::{Response, ResponseHead};
use crate::headers::{Headers, InvalidHeader};

/// A response that refuses a subscriber: a status, headers, and a body where the status may have one.
///
/// To a client of the standard every status but 200 is the end: it does not come back by itself. Others look at the
/// status, and at `Retry-After`. What a body says is plain text unless [`content_type`](Self::content_type) says
/// otherwise. No cache keeps a refusal, unless it has a `Cache-Control` of its own.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::session::Refusal;
///
/// let refusal = Refusal::too_many_requests(Duration::from_millis(1500), "later, please\n");
/// assert_eq!(refusal.status(), 429);
/// assert_eq!(refusal.headers().get("retry-after"), Some(&b"2"[..]));
///
/// let json = Refusal::unprocessable(r#"{"error":"no such range"}"#).content_type("application/json")?;
/// assert_eq!(json.into_response().head.headers.get("content-type"), Some(&b"application/json"[..]));
/// # Ok::<(), sse_proto::InvalidHeader>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    headers: Headers,
    body: Bytes,
}

impl Refusal {
    /// A refusal of any status from 400 to 599.
    ///
    /// # Errors
    ///
    /// If it is another status; for 204, see [`no_content`](Self::no_content).
    pub fn new(status: u16, body: impl Into<Bytes>) -> Result<Self, InvalidStatus> {
        if (400..=599).contains(&status) {
            Ok(Self::of(status, body))
        } else {
            Err(InvalidStatus(status))
        }
    }

    pub(super) fn of(status: u16, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let headers = Headers::new();
        Self {
            status,
            headers,
            body,
        }
    }

    fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.set(name, value);
        self
    }

    /// 204, without a body: the stream has nothing for this client, and it shall not reconnect. Browsers obey.
    #[must_use]
    pub fn no_content() -> Self {
        Self::of(204, Bytes::new())
    }

    /// 400: what the client asks for makes no sense.
    #[must_use]
    pub fn bad_request(body: impl Into<Bytes>) -> Self {
        Self::of(400, body)
    }

    /// 401: the client has to say who it is, with a token (`WWW-Authenticate: Bearer`); see
    /// [`challenge`](Self::challenge) for another way.
    #[must_use]
    pub fn unauthorized(body: impl Into<Bytes>) -> Self {
        Self::of(401, body).with("WWW-Authenticate", "Bearer")
    }

    /// 403: the client may not have this stream.
    #[must_use]
    pub fn forbidden(body: impl Into<Bytes>) -> Self {
        Self::of(403, body)
    }

    /// 404: there is no such stream.
    #[must_use]
    pub fn not_found(body: impl Into<Bytes>) -> Self {
        Self::of(404, body)
    }

    /// 405: another method than these, which are sent in `Allow`.
    #[must_use]
    pub fn method_not_allowed(allowed: &str, body: impl Into<Bytes>) -> Self {
        Self::of(405, body).with("Allow", allowed)
    }

    /// 406: the client takes other types only.
    #[must_use]
    pub fn not_acceptable(body: impl Into<Bytes>) -> Self {
        Self::of(406, body)
    }

    /// 413: the body of the request is too large.
    #[must_use]
    pub fn content_too_large(body: impl Into<Bytes>) -> Self {
        Self::of(413, body)
    }

    /// 414: the target of the request is too long.
    #[must_use]
    pub fn uri_too_long(body: impl Into<Bytes>) -> Self {
        Self::of(414, body)
    }

    /// 422: what the client asks for makes no sense.
    #[must_use]
    pub fn unprocessable(body: impl Into<Bytes>) -> Self {
        Self::of(422, body)
    }

    /// 429: the client shall try again after this time, which is sent in whole seconds, rounded up.
    #[must_use]
    pub fn too_many_requests(retry_after: Duration, body: impl Into<Bytes>) -> Self {
        Self::of(429, body).with("Retry-After", seconds(retry_after))
    }

    /// 500: the server failed.
    #[must_use]
    pub fn internal_error(body: impl Into<Bytes>) -> Self {
        Self::of(500, body)
    }

    /// 503: the server is full, or going away; try again after this time, which is sent in whole seconds, rounded up.
    #[must_use]
    pub fn unavailable(retry_after: Duration, body: impl Into<Bytes>) -> Self {
        Self::of(503, body).with("Retry-After", seconds(retry_after))
    }

    /// Adds a header.
    ///
    /// # Errors
    ///
    /// If no header can have this name or this value, or it is one that frames the response.
    pub fn header(
        mut self,
        name: impl Into<String>,
        value: impl Into<Vec<u8>>,
    ) -> Result<Self, InvalidHeader> {
        append_checked(&mut self.headers, name.into(), value.into())?;
        Ok(self)
    }

    /// Sets how the client is to say who it is: `WWW-Authenticate`, such as `Basic realm="prices"`.
    ///
    /// # Errors
    ///
    /// If no header can have this value.
    pub fn challenge(self, challenge: impl Into<Vec<u8>>) -> Result<Self, InvalidHeader> {
        self.replace("WWW-Authenticate", challenge.into())
    }

    /// Sets what the body is.
    ///
    /// # Errors
    ///
    /// If no header can have this value.
    pub fn content_type(self, content_type: impl Into<Vec<u8>>) -> Result<Self, InvalidHeader> {
        self.replace("Content-Type", content_type.into())
    }

    fn replace(mut self, name: &str, value: Vec<u8>) -> Result<Self, InvalidHeader> {
        self.headers
            .retain(|present| !present.eq_ignore_ascii_case(name));
        self.header(name, value)
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers that were given or that the status needs.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body; empty if there is none.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The response, complete but for what the server adds.
    #[must_use]
    pub fn into_response(self) -> Response {
        let mut headers = self.headers;
        if !self.body.is_empty() {
            headers.set_default("Content-Type", "text/plain; charset=utf-8");
        }
        headers.set_default("Cache-Control", "no-store");
        let head = ResponseHead {
            status: self.status,
            headers,
        };
        Response::new(head, self.body)
    }
}

fn seconds(time: Duration) -> String {
    let part = u64::from(time.subsec_nanos() > 0);
    time.as_secs().saturating_add(part).to_string()
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        refusal.into_response()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with status {}", self.status)
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl Error for Refusal {}

/// A status that refuses nothing.
///
/// ```
/// use sse_proto::session::Refusal;
///
/// let error = Refusal::new(200, "").unwrap_err();
/// assert_eq!(error.to_string(), "200 is not the status of a refusal; those from 400 to 599 are");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidStatus(u16);

impl fmt::Display for InvalidStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.0;
        write!(
            f,
            "{status} is not the status of a refusal; those from 400 to 599 are"
        )
    }
}

impl Error for InvalidStatus {}
