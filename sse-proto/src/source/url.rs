//! The URLs of event streams: absolute, `http` or `https`, and ASCII whatever was written.

use alloc::string::{String, ToString};
use core::error::Error;
use core::fmt::{self, Write};

use iri_string::types::{UriReferenceStr, UriStr};

/// A URL that can be requested: checked, ASCII, without a fragment.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Url(String);

impl Url {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let url = escape(text);
        match UriStr::new(&url) {
            Ok(uri) => Self::checked(uri).map_err(|reason| InvalidUrl::new(text, reason)),
            Err(_) if !text.contains("://") => Err(InvalidUrl::new(text, Reason::Scheme)),
            Err(_) => Err(InvalidUrl::new(text, Reason::Syntax)),
        }
    }

    /// The URL that a reference means here, as in a `Location`.
    pub(super) fn join(&self, reference: &str) -> Result<Self, InvalidUrl> {
        let invalid = |reason| InvalidUrl::new(reference, reason);
        let escaped = escape(reference);
        let (Ok(relative), Ok(base)) = (UriReferenceStr::new(&escaped), UriStr::new(&self.0))
        else {
            return Err(invalid(Reason::Syntax));
        };
        let resolved = relative.resolve_against(base.to_absolute()).to_string();
        let resolved = UriStr::new(&resolved).map_err(|_| invalid(Reason::Syntax))?;
        Self::checked(resolved).map_err(invalid)
    }

    fn checked(uri: &UriStr) -> Result<Self, Reason> {
        let scheme = uri.scheme_str();
        if !["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
        {
            return Err(Reason::Scheme);
        }
        let authority = uri.authority_components().ok_or(Reason::Host)?;
        if authority.userinfo().is_some() {
            return Err(Reason::Credentials);
        }
        // A host that is not ASCII has been escaped, and a name server knows no escapes.
        if authority.host().is_empty() || authority.host().contains('%') {
            return Err(Reason::Host);
        }
        if authority
            .port()
            .is_some_and(|port| !port.is_empty() && port.parse::<u16>().is_err())
        {
            return Err(Reason::Port);
        }
        Ok(Self(uri.to_absolute().to_string()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, the port only where it is not the scheme's own.
    pub(super) fn origin(&self) -> String {
        let parsed = UriStr::new(&self.0).ok();
        let authority =
            parsed.and_then(|uri| Some((uri.scheme_str(), uri.authority_components()?)));
        let Some((scheme, authority)) = authority else {
            return String::new();
        };
        let mut origin = alloc::format!("{scheme}://{}", authority.host());
        origin.make_ascii_lowercase();
        let usual = if origin.starts_with("https:") {
            443
        } else {
            80
        };
        match authority.port().and_then(|port| port.parse::<u16>().ok()) {
            Some(port) if port != usual => alloc::format!("{origin}:{port}"),
            _ => origin,
        }
    }
}

/// Queries often have secrets in them, and logs are read by many.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&without_query(&self.0), f)
    }
}

/// The URL as it may be shown: `?…` stands for its query.
pub(super) fn without_query(url: &str) -> String {
    match url.split_once('?') {
        None => url.into(),
        Some((shown, _)) => alloc::format!("{shown}?…"),
    }
}

/// A URL that need not be one, as it may be shown: `…` stands for who asks, with their password, and for the query.
pub(super) fn shown(url: &str) -> String {
    let shown = without_query(url);
    let Some((scheme, rest)) = shown.split_once("//") else {
        return shown;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => alloc::format!("{scheme}//…{}", &rest[at..]),
        None => shown,
    }
}

/// Writes what a URL cannot have as it is in escapes, as browsers do.
fn escape(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'\t' | b'\n' | b'\r' => {}
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                hex(&mut escaped, byte)
            }
            b'!'..=b'~' => escaped.push(char::from(byte)),
            _ => hex(&mut escaped, byte),
        }
    }
    escaped
}

fn hex(escaped: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(escaped, "%{byte:02X}");
}

/// A URL that no event stream can be requested from.
///
/// ```
/// use sse_proto::source::Config;
///
/// let error = Config::new("localhost:8080/events").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "\"localhost:8080/events\" does not start with http:// or https://; is \
///      \"http://localhost:8080/events\" meant?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUrl {
    url: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Scheme,
    Host,
    Port,
    Credentials,
    Syntax,
}

impl InvalidUrl {
    fn new(url: &str, reason: Reason) -> Self {
        let url = url.into();
        Self { url, reason }
    }

    /// The URL, as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn has_other_scheme(&self) -> bool {
        self.reason == Reason::Scheme
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self.reason {
            // It has a password in it.
            Reason::Credentials => {
                return f.write_str(
                    "the URL has a user name in it; send an Authorization header instead",
                );
            }
            _ => &self.url,
        };
        match self.reason {
            Reason::Scheme if url.contains("://") => {
                write!(f, "{url:?} does not start with http:// or https://")
            }
            Reason::Scheme => write!(
                f,
                "{url:?} does not start with http:// or https://; is {:?} meant?",
                alloc::format!("http://{}", url.trim_start_matches('/'))
            ),
            Reason::Host => write!(
                f,
                "{url:?} has no host that can be looked up; a name beyond ASCII is written in its xn-- form"
            ),
            Reason::Port => write!(f, "{url:?} has a port above 65535"),
            Reason::Credentials | Reason::Syntax => write!(f, "{url:?} is not a URL"),
        }
    }
}

impl Error for InvalidUrl {}
