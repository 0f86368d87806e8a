//! Redirects: where they lead, and what goes along.

use alloc::string::String;
use core::error::Error;
use core::fmt;

use super::exchange::Request;
use super::url::Url;
use crate::head::ResponseHead;
use crate::headers::is_credential;

pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Turns a request into the one that a redirect asks for.
///
/// As the Fetch standard says: 303, and 301 and 302 after a POST, make it a GET without a body. Credentials do not
/// go to another origin, and neither does `Host`; `Last-Event-ID` does, since it is the source's own and no secret.
pub(super) fn follow(
    request: &mut Request,
    from: &Url,
    head: &ResponseHead,
) -> Result<Url, RedirectError> {
    let location = head
        .headers
        .get("location")
        .ok_or(RedirectError::NoLocation)?;
    let location = String::from_utf8_lossy(location);
    let to = from.join(&location).map_err(|error| {
        let location = error.url().into();
        if error.has_other_scheme() {
            RedirectError::OtherScheme(location)
        } else {
            RedirectError::InvalidLocation(location)
        }
    })?;
    let becomes_get = match head.status {
        303 => request.method != "GET",
        301 | 302 => request.method == "POST",
        _ => false,
    };
    if becomes_get {
        request.method = "GET".into();
        request.body = None;
        request.headers.retain(|name| !describes_body(name));
    }
    if to.origin() != from.origin() {
        request
            .headers
            .retain(|name| !is_credential(name) && !name.eq_ignore_ascii_case("host"));
    }
    request.url = to.as_str().into();
    Ok(to)
}

fn describes_body(name: &str) -> bool {
    name.get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("content-"))
}

/// A redirect that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectError {
    /// It does not say where to.
    NoLocation,
    /// What it says is not a URL that can be requested, or has a user name in it.
    InvalidLocation(String),
    /// It leads out of `http` and `https`.
    OtherScheme(String),
    /// There were more in a row than this; see [`Config::redirect_limit`](super::Config::redirect_limit).
    TooMany(u8),
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLocation => f.write_str("the server redirects without a Location"),
            Self::InvalidLocation(location) => {
                let shown = super::url::shown(location);
                write!(
                    f,
                    "the server redirects to {shown:?}, which cannot be requested"
                )
            }
            Self::OtherScheme(location) => {
                let shown = super::url::shown(location);
                write!(
                    f,
                    "the server redirects to {shown:?}, which is neither http nor https"
                )
            }
            Self::TooMany(limit) => write!(f, "the server redirects more than {limit} times"),
        }
    }
}

impl Error for RedirectError {}
