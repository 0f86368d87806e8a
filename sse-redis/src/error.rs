//! Why there is no connection.

use std::error::Error;
use std::fmt;

use redis::{ErrorKind, RedisError};

/// Why Redis cannot be the log of record.
#[derive(Clone, Debug)]
pub struct ConnectError {
    kind: ConnectErrorKind,
    source: RedisError,
}

/// What is wrong, in kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// The URL is none, or asks for what is not compiled in, such as TLS.
    Url,
    /// Nobody answers there, or the name is not known.
    Unreachable,
    /// The user or the password is wrong, or missing.
    Authentication,
    /// The key has a value that is not a stream.
    WrongType,
    /// Redis says no for another reason.
    Refused,
}

impl ConnectError {
    pub(crate) fn url(source: RedisError) -> Self {
        let kind = ConnectErrorKind::Url;
        Self { kind, source }
    }

    /// What is wrong, in kind.
    #[must_use]
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }
}

impl From<RedisError> for ConnectError {
    fn from(source: RedisError) -> Self {
        let kind = match source.kind() {
            ErrorKind::AuthenticationFailed => ConnectErrorKind::Authentication,
            ErrorKind::InvalidClientConfig => ConnectErrorKind::Url,
            ErrorKind::Io => ConnectErrorKind::Unreachable,
            _ => match source.code() {
                Some("NOAUTH" | "WRONGPASS" | "NOPERM") => ConnectErrorKind::Authentication,
                Some("WRONGTYPE") => ConnectErrorKind::WrongType,
                _ => ConnectErrorKind::Refused,
            },
        };
        Self { kind, source }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.kind {
            ConnectErrorKind::Url => "this is no URL of a Redis that can be used",
            ConnectErrorKind::Unreachable => "Redis cannot be reached",
            ConnectErrorKind::Authentication => "Redis does not let this user in",
            ConnectErrorKind::WrongType => "the key is in use for something that is no stream",
            ConnectErrorKind::Refused => "Redis refuses",
        };
        write!(f, "{words}: {}", self.source)
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
