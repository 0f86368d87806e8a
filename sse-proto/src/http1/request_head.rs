//! The head of a request: where it ends, what it says, and whether it may say so.

use alloc::string::String;
use alloc::vec;

use httparse::Status;
use memchr::memchr;

use super::body::{Body, Chunked};
use super::config::Config;
use super::exchange::{BodyLength, Request, Version};
use super::fault::Fault;
use crate::head::RequestHead;
use crate::headers::Headers;

/// How far a head that is not complete has been looked at, so that no byte is looked at twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// Where the line at hand begins.
    line: usize,
    /// Up to where it has no line end.
    looked: usize,
    /// Where the headers begin; zero while the request line is at hand.
    headers_start: usize,
    headers: usize,
}

impl Scan {
    /// The length of the head with its blank line; `None` while that has not come.
    ///
    /// What is wrong is found at the same byte whatever the cuts.
    pub(super) fn advance(
        &mut self,
        input: &[u8],
        config: &Config,
    ) -> Result<Option<usize>, Fault> {
        while let Some(at) = memchr(b'\n', &input[self.looked..]) {
            let end = self.looked + at + 1;
            let line = &input[self.line..end];
            if self.headers_start == 0 {
                self.request_line(line, self.looked - self.line, config)?;
                self.headers_start = end;
            } else {
                self.within(end, config)?;
                if is_blank(line) {
                    return Ok(Some(end));
                }
                self.header(line, config)?;
            }
            self.line = end;
            self.looked = end;
        }
        if self.headers_start == 0 {
            let seen = self.looked - self.line;
            begun_request_line(&input[self.line..], seen, config)?;
        } else {
            self.within(input.len(), config)?;
        }
        self.looked = input.len();
        Ok(None)
    }

    fn within(&self, end: usize, config: &Config) -> Result<(), Fault> {
        if end - self.headers_start > config.max_header_bytes {
            return Err(Fault::HeadersTooLarge);
        }
        Ok(())
    }

    fn request_line(&self, line: &[u8], seen: usize, config: &Config) -> Result<(), Fault> {
        let content = without_line_end(line);
        begun_request_line(&line[..line.len() - 1], seen, config)?;
        if content.len() > config.max_request_line_bytes {
            return Err(Fault::RequestLineTooLong);
        }
        let mut request = httparse::Request::new(&mut []);
        match request.parse(line) {
            Ok(_) if request.version.is_some() => Ok(()),
            Err(httparse::Error::Version) if names_a_version(content) => Err(Fault::Version),
            _ => Err(Fault::Syntax),
        }
    }

    fn header(&mut self, line: &[u8], config: &Config) -> Result<(), Fault> {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(Fault::FoldedHeader);
        }
        self.headers += 1;
        if self.headers > config.max_headers {
            return Err(Fault::TooManyHeaders);
        }
        Ok(())
    }

    /// What a complete head says.
    pub(super) fn parse(&self, head: &[u8], config: &Config) -> Result<Parsed, Fault> {
        let mut headers = vec![httparse::EMPTY_HEADER; self.headers];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(head) {
            Ok(Status::Complete(length)) if length == head.len() => {}
            _ => return Err(Fault::Syntax),
        }
        let (Some(method), Some(target), Some(minor)) =
            (request.method, request.path, request.version)
        else {
            return Err(Fault::Syntax);
        };
        let version = if minor == 0 {
            Version::Http10
        } else {
            Version::Http11
        };
        let headers: Headers = request.headers.iter().map(|h| (h.name, h.value)).collect();
        Parsed::checked(method, target, headers, version, config)
    }
}

/// Refuses at once what can become no request line, so that a client that speaks something else is not waited for.
///
/// The first bytes of the line are known to be good.
fn begun_request_line(line: &[u8], seen: usize, config: &Config) -> Result<(), Fault> {
    // A CR may stand behind the longest line. What lies further back is never looked at, whatever the cuts.
    let longest = config.max_request_line_bytes.saturating_add(1);
    let judged = line.len().min(longest);
    // A CR is judged with what follows it.
    let from = seen.saturating_sub(1).min(judged);
    for (at, byte) in line[from..judged].iter().enumerate() {
        let last = from + at + 1 == line.len();
        if byte.is_ascii_control() && !(*byte == b'\r' && last) {
            return Err(Fault::Syntax);
        }
    }
    if line.len() > longest {
        return Err(Fault::RequestLineTooLong);
    }
    Ok(())
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_blank(line: &[u8]) -> bool {
    without_line_end(line).is_empty()
}

/// Whether the last word is a version of HTTP, known or not.
fn names_a_version(line: &[u8]) -> bool {
    let word = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    matches!(
        word,
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9']
    )
}

/// A request, and what its head says about the exchange.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) request: Request,
    pub(super) keep_alive: bool,
    /// The client waits to be told to send the body.
    pub(super) expects_continue: bool,
}

impl Parsed {
    fn checked(
        method: &str,
        target: &str,
        mut headers: Headers,
        version: Version,
        config: &Config,
    ) -> Result<Self, Fault> {
        check_host(&headers, version)?;
        let target = origin_form(method, target, &mut headers)?;
        let body = body_length(&headers, version, config)?;
        let expects_continue = expects_continue(&headers, version)?;
        let keep_alive = match version {
            Version::Http11 => !lists(&headers, "connection", b"close"),
            Version::Http10 => {
                lists(&headers, "connection", b"keep-alive")
                    && !lists(&headers, "connection", b"close")
            }
        };
        let head = RequestHead {
            method: method.into(),
            target,
            headers,
        };
        Ok(Self {
            request: Request {
                head,
                version,
                body,
            },
            keep_alive,
            expects_continue,
        })
    }
}

impl BodyLength {
    /// What has to be read; `None` if there is nothing.
    pub(super) fn body(self) -> Option<Body> {
        match self {
            Self::Empty => None,
            Self::Known(left) => Some(Body::Length { left }),
            Self::Unknown => Some(Body::Chunked(Chunked::default())),
        }
    }
}

/// Whether a header that is a list has a word in it.
fn lists(headers: &Headers, name: &str, word: &[u8]) -> bool {
    headers
        .all(name)
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|part| part.trim_ascii().eq_ignore_ascii_case(word))
}

fn check_host(headers: &Headers, version: Version) -> Result<(), Fault> {
    let mut hosts = headers.all("host");
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::Http10 => Ok(()),
        (Some(host), None) if is_host(host) => Ok(()),
        _ => Err(Fault::Host),
    }
}

/// Whether it can be a host with its port; an empty one is for those who have none.
fn is_host(host: &[u8]) -> bool {
    let is_host_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(byte);
    host.iter().all(is_host_byte)
}

/// The path with its query, also where the client sent a whole URL, whose authority then is the host.
fn origin_form(method: &str, target: &str, headers: &mut Headers) -> Result<String, Fault> {
    if method == "CONNECT" {
        return Err(Fault::Connect);
    }
    if target.contains('#') {
        return Err(Fault::Target);
    }
    if target.starts_with('/') || (target == "*" && method == "OPTIONS") {
        return Ok(target.into());
    }
    let rest = without_scheme(target).ok_or(Fault::Target)?;
    let path_start = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_start);
    if authority.is_empty() || !is_host(authority.as_bytes()) {
        return Err(Fault::Target);
    }
    headers.set("Host", authority);
    if path.starts_with('/') {
        return Ok(path.into());
    }
    Ok(alloc::format!("/{path}"))
}

fn without_scheme(target: &str) -> Option<&str> {
    ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

fn body_length(headers: &Headers, version: Version, config: &Config) -> Result<BodyLength, Fault> {
    let mut lengths = headers.all("content-length");
    let length = lengths.next();
    if headers.get("transfer-encoding").is_some() {
        if length.is_some() || version == Version::Http10 {
            return Err(Fault::AmbiguousLength);
        }
        return chunked(headers);
    }
    let Some(length) = length else {
        return Ok(BodyLength::Empty);
    };
    if lengths.next().is_some() || length.is_empty() || !length.iter().all(u8::is_ascii_digit) {
        return Err(Fault::ContentLength);
    }
    let length = length.iter().fold(0_usize, |length, digit| {
        length
            .saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'))
    });
    match length {
        0 => Ok(BodyLength::Empty),
        _ if length > config.max_body_bytes => Err(Fault::BodyTooLarge),
        _ => Ok(BodyLength::Known(length)),
    }
}

/// The one coding that is understood, once.
fn chunked(headers: &Headers) -> Result<BodyLength, Fault> {
    let mut codings = 0;
    for value in headers.all("transfer-encoding") {
        for coding in value.split(|byte| *byte == b',') {
            match coding.trim_ascii() {
                b"" => return Err(Fault::AmbiguousLength),
                coding if coding.eq_ignore_ascii_case(b"chunked") => codings += 1,
                _ => return Err(Fault::TransferCoding),
            }
        }
    }
    if codings == 1 {
        Ok(BodyLength::Unknown)
    } else {
        Err(Fault::AmbiguousLength)
    }
}

fn expects_continue(headers: &Headers, version: Version) -> Result<bool, Fault> {
    match headers.get("expect") {
        // HTTP/1.0 does not know it.
        _ if version == Version::Http10 => Ok(false),
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case(b"100-continue") => Ok(true),
        Some(_) => Err(Fault::Expectation),
    }
}
