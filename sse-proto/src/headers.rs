//! Headers, of requests and of responses.

use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

/// Header names and values, in order; a name may occur more than once.
///
/// ```
/// use sse_proto::Headers;
///
/// let headers: Headers = [("Retry-After", "5"), ("Authorization", "Bearer 123")].into_iter().collect();
/// assert_eq!(headers.get("retry-after"), Some(&b"5"[..]));
/// assert!(!format!("{headers:?}").contains("123"), "secrets are not shown");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The first value of a name, in any case; `None` if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter()
            .find(|(present, _)| present.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Adds a header behind the others, also if there is one of its name.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets a header in place of all of its name.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.retain(|present| !present.eq_ignore_ascii_case(name));
        self.append(name, value);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All values of a name, in any case.
    pub(crate) fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.iter()
            .filter(move |(present, _)| present.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    pub(crate) fn set_default(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.append(name, value);
        }
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(headers: T) -> Self {
        let headers = headers.into_iter();
        Self(
            headers
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> Extend<(N, V)> for Headers {
    fn extend<T: IntoIterator<Item = (N, V)>>(&mut self, headers: T) {
        for (name, value) in headers {
            self.append(name, value);
        }
    }
}

impl IntoIterator for Headers {
    type Item = (String, Vec<u8>);
    type IntoIter = alloc::vec::IntoIter<(String, Vec<u8>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The values of what looks like a credential are left out.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            if is_credential(name) {
                map.entry(&name, &format_args!("(hidden)"));
            } else {
                map.entry(&name, &String::from_utf8_lossy(value));
            }
        }
        map.finish()
    }
}

/// What the names of credentials have in them.
const CREDENTIALS: [&str; 9] = [
    "auth",
    "cookie",
    "token",
    "secret",
    "key",
    "password",
    "credential",
    "session",
    "signature",
];

/// Whether a header is a credential as far as its name tells; in doubt it is.
pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CREDENTIALS.iter().any(|part| name.contains(part))
}

/// A header that cannot be sent.
///
/// ```
/// use sse_proto::session::StreamHead;
///
/// let error = StreamHead::new().header("X-Server", "a\r\nSet-Cookie: b").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the header \"X-Server\" cannot be sent: no header can carry the control character at byte 1 of its value"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHeader {
    name: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Name,
    Value { at: usize },
    Reserved(&'static str),
}

impl InvalidHeader {
    /// The name of the header, as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One that somebody else sets, and why it is not to be given.
    pub(crate) fn reserved(name: &str, why: &'static str) -> Self {
        Self::new(name, Reason::Reserved(why))
    }

    fn new(name: &str, reason: Reason) -> Self {
        let name = name.into();
        Self { name, reason }
    }
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header {:?} cannot be sent: ", self.name)?;
        match self.reason {
            Reason::Name => f.write_str("its name has a character that no header name can have"),
            Reason::Reserved(why) => f.write_str(why),
            Reason::Value { at } => write!(
                f,
                "no header can carry the control character at byte {at} of its value"
            ),
        }
    }
}

impl Error for InvalidHeader {}

/// Whether a header can be sent as it is, so that nothing is injected behind it.
pub(crate) fn check_header(name: &str, value: &[u8]) -> Result<(), InvalidHeader> {
    if !is_token(name) {
        return Err(InvalidHeader::new(name, Reason::Name));
    }
    match value.iter().position(|byte| !is_sendable(*byte)) {
        None => Ok(()),
        Some(at) => Err(InvalidHeader::new(name, Reason::Value { at })),
    }
}

/// Whether a header's value can have this byte.
pub(crate) fn is_sendable(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

/// Whether it is one word, as HTTP's names and methods are.
pub(crate) fn is_token(text: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}
