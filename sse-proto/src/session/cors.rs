//! Which pages of other origins may read a stream (CORS, of the Fetch standard).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::request::origin;
use crate::head::{RequestHead, Response, ResponseHead};
use crate::headers::{Headers, InvalidHeader, check_header};

/// What a client that is no browser's `EventSource` may send, for which a browser asks beforehand.
const ALLOWED_HEADERS: &str = "Authorization, Cache-Control, Content-Type, Last-Event-ID";

/// Which pages of other origins may read a stream.
///
/// Without one, browsers let only pages of the stream's own origin read it.
///
/// ```
/// use sse_proto::session::{Accepted, Cors, StreamHead};
///
/// let stream = StreamHead::new().cors(Cors::origins(["https://example.com"])?);
/// let head = stream.response_head(Some("https://example.com"), &Accepted::default());
/// assert_eq!(head.headers.get("access-control-allow-origin"), Some(&b"https://example.com"[..]));
///
/// let head = stream.response_head(Some("https://evil.example"), &Accepted::default());
/// assert_eq!(head.headers.get("access-control-allow-origin"), None);
/// # Ok::<(), sse_proto::session::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// `None` for any.
    origins: Option<Vec<String>>,
    credentials: bool,
    allowed_headers: String,
    max_age: Duration,
}

impl Cors {
    /// Pages of any origin, but without cookies: for streams that everybody may read.
    #[must_use]
    pub fn any() -> Self {
        Self::new(None, false)
    }

    /// Pages of these origins, such as `https://example.com`, without cookies.
    ///
    /// # Errors
    ///
    /// If one of them is no origin.
    pub fn origins<O: AsRef<str>>(
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, InvalidOrigin> {
        let origins: Result<_, _> = origins.into_iter().map(|o| checked(o.as_ref())).collect();
        Ok(Self::new(Some(origins?), false))
    }

    /// Pages of these origins, with cookies and other credentials (`withCredentials`).
    ///
    /// # Errors
    ///
    /// If one of them is no origin.
    pub fn origins_with_credentials<O: AsRef<str>>(
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, InvalidOrigin> {
        let cors = Self::origins(origins)?;
        Ok(Self {
            credentials: true,
            ..cors
        })
    }

    fn new(origins: Option<Vec<String>>, credentials: bool) -> Self {
        Self {
            origins,
            credentials,
            allowed_headers: ALLOWED_HEADERS.into(),
            max_age: Duration::from_secs(7200),
        }
    }

    /// Lets pages send a header beside `Authorization`, `Cache-Control`, `Content-Type` and `Last-Event-ID`.
    ///
    /// # Errors
    ///
    /// If no header can have this name.
    pub fn allow_header(mut self, name: &str) -> Result<Self, InvalidHeader> {
        check_header(name, b"")?;
        self.allowed_headers.push_str(", ");
        self.allowed_headers.push_str(name);
        Ok(self)
    }

    /// Sets for how long a browser may remember what it was allowed: two hours by default, in whole seconds.
    #[must_use]
    pub fn max_age(mut self, time: Duration) -> Self {
        self.max_age = time;
        self
    }

    /// What the response to a page of this origin says; nothing that allows anything if it may not.
    pub(super) fn allow(&self, origin: Option<&str>, headers: &mut Headers) {
        let Some(origins) = &self.origins else {
            headers.set("Access-Control-Allow-Origin", "*");
            return;
        };
        // What lies between must not give one page what another was allowed.
        headers.append("Vary", "Origin");
        let known = origin.filter(|origin| origins.iter().any(|known| known == origin));
        if let Some(origin) = known {
            headers.set("Access-Control-Allow-Origin", origin);
            if self.credentials {
                headers.set("Access-Control-Allow-Credentials", "true");
            }
        }
    }

    /// The answer to a browser that asks beforehand what a page may send; `None` if that is not what it asks.
    pub(super) fn preflight(
        &self,
        request: &RequestHead,
        methods: &'static str,
    ) -> Option<Response> {
        let asks = request
            .headers
            .get("access-control-request-method")
            .is_some();
        if request.method != "OPTIONS" || !asks {
            return None;
        }
        let origin = origin(&request.headers)?;
        let mut headers = Headers::new();
        self.allow(Some(&origin), &mut headers);
        if headers.get("access-control-allow-origin").is_some() {
            headers.append("Access-Control-Allow-Methods", methods);
            headers.append("Access-Control-Allow-Headers", &*self.allowed_headers);
            let seconds = self.max_age.as_secs().to_string();
            headers.append("Access-Control-Max-Age", seconds);
        }
        let head = ResponseHead {
            status: 204,
            headers,
        };
        Some(Response::new(head, Bytes::new()))
    }
}

/// An origin as browsers write it: scheme, host, and a port that is not the scheme's own.
fn checked(origin: &str) -> Result<String, InvalidOrigin> {
    let error = || InvalidOrigin(origin.into());
    let (scheme, host) = origin.split_once("://").ok_or_else(error)?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if scheme.is_empty()
        || host.is_empty()
        || !scheme.bytes().all(is_scheme)
        || !host.bytes().all(is_host)
    {
        return Err(error());
    }
    let origin = origin.to_ascii_lowercase();
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return Ok(origin),
    };
    Ok(origin.strip_suffix(usual).unwrap_or(&origin).into())
}

/// What no browser sends as an origin.
///
/// ```
/// use sse_proto::session::Cors;
///
/// let error = Cors::origins(["https://example.com/"]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"https://example.com/\" is not an origin: one is a scheme and a host, such as \
///      https://example.com, without a path"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOrigin(String);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an origin: one is a scheme and a host, such as https://example.com, without a path",
            self.0
        )
    }
}

impl Error for InvalidOrigin {}
