//! Where requests go, and how they are written.

use std::fmt::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};

use http::Uri;
use http::uri::Scheme;
use sse_kit::EVENT_STREAM;

use crate::error::{Error, cause};

const USER_AGENT: &str = concat!("sse-cli/", env!("CARGO_PKG_VERSION"));

/// An `http` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target(Uri);

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.contains("://") {
            return Err("a URL starts with http://".to_owned());
        }
        let url: Uri = text
            .parse()
            .map_err(|error: http::uri::InvalidUri| error.to_string())?;
        if url.scheme() == Some(&Scheme::HTTPS) {
            return Err("TLS is not spoken here: measure the server behind it".to_owned());
        }
        let Some(authority) = url
            .authority()
            .filter(|_| url.scheme() == Some(&Scheme::HTTP))
        else {
            return Err("a URL starts with http://".to_owned());
        };
        if authority.as_str().contains('@') {
            let hint = "use -H 'Authorization: …' instead";
            return Err(format!("a user name in the URL is not sent: {hint}"));
        }
        // A port that is no number would be taken for the default one.
        let whole = url.host().is_some_and(|host| host == authority.as_str());
        if url.host().is_none_or(str::is_empty) || (!whole && url.port().is_none()) {
            return Err("the URL names no host, or a port that is no number".to_owned());
        }
        Ok(Self(url))
    }

    /// The address to connect to.
    pub(super) fn resolve(&self) -> Result<SocketAddr, Error> {
        let host = self.0.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = self.0.port_u16().unwrap_or(80);
        let failed = |reason: String| Error::Failed(format!("cannot find {host}: {reason}"));
        let mut addresses = (host, port)
            .to_socket_addrs()
            .map_err(|error| failed(cause(&error)))?;
        addresses
            .next()
            .ok_or_else(|| failed("it has no address".to_owned()))
    }

    /// The request of a subscriber but for its end: the `Last-Event-ID` and the blank line.
    pub(super) fn get(&self, topic: Option<&str>, headers: &[String]) -> String {
        let mut head = self.head("GET", topic, headers);
        let _ = write!(
            head,
            "Accept: {EVENT_STREAM}\r\nCache-Control: no-cache\r\n"
        );
        head
    }

    /// The request that publishes an event but for its end: the `Content-Length`, the blank line and
    /// the body.
    pub(super) fn post(&self, topic: Option<&str>, headers: &[String]) -> String {
        let mut head = self.head("POST", topic, headers);
        head.push_str("Content-Type: text/plain; charset=utf-8\r\n");
        head
    }

    fn head(&self, method: &str, topic: Option<&str>, headers: &[String]) -> String {
        let path = self.0.path_and_query().map_or("/", |path| path.as_str());
        let host = self
            .0
            .authority()
            .map_or("", |authority| authority.as_str());
        let mut target = path.to_owned();
        if let Some(topic) = topic {
            let mark = if path.contains('?') { '&' } else { '?' };
            let _ = write!(target, "{mark}stream={topic}");
        }
        let headers = headers.concat();
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n{headers}"
        )
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_one_more_part_of_the_query() {
        let first_line = |url: &str, topic| {
            let head = Target::parse(url).unwrap().get(topic, &[]);
            head.lines().next().unwrap().to_owned()
        };
        assert_eq!(first_line("http://a", None), "GET / HTTP/1.1");
        assert_eq!(
            first_line("http://a/b", Some("c")),
            "GET /b?stream=c HTTP/1.1"
        );
        assert_eq!(
            first_line("http://a/b?d", Some("c")),
            "GET /b?d&stream=c HTTP/1.1"
        );
    }

    #[test]
    fn the_headers_of_the_user_are_sent() {
        let target = Target::parse("http://[::1]:81/").unwrap();
        let head = target.post(None, &["X-A: b\r\n".to_owned()]);
        assert!(head.contains("\r\nHost: [::1]:81\r\n"), "{head}");
        assert!(head.contains("\r\nX-A: b\r\n"), "{head}");
        assert_eq!(target.resolve().unwrap(), "[::1]:81".parse().unwrap());
    }

    #[test]
    fn what_is_no_http_url_is_refused_with_the_reason() {
        for (url, reason) in [
            ("https://a/", "TLS"),
            ("localhost:8000/events", "http://"),
            ("/events", "http://"),
            ("http://me:secret@a/", "Authorization"),
            ("http://a:99999/", "port"),
            ("http://a:/", "port"),
        ] {
            let complaint = Target::parse(url).unwrap_err();
            assert!(complaint.contains(reason), "{url}: {complaint}");
        }
    }
}
