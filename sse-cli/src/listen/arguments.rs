//! What `sse listen` is asked for.

use std::fmt::Display;
use std::fs;
use std::io::{self, Read};
use std::net::IpAddr;
use std::time::Duration;

use http::Uri;
use sse_kit::DEFAULT_MAX_EVENT_BYTES;
use sse_kit::session::CURSOR_EVENT_TYPE;
use sse_kit::source::{Config, StatusRetry};
use sse_kit::tokio::{EventSource, HyperTransport};

use crate::error::{Error, cause};
use crate::time::parse_time;

const USER_AGENT: &str = concat!("sse-cli/", env!("CARGO_PKG_VERSION"));

const EXIT_STATUSES: &str = "\
Exit status:
  0  done, or nobody reads the output any more
  1  failed: no connection, a response that is no event stream, or too few
     events for --count
  2  wrong arguments

Ctrl-C ends it.";

/// Print the events of a live stream as they come
///
/// When the connection is lost it is made again, and resumed behind the last event. That is said on standard error.
/// The first connection has to succeed.
#[derive(clap::Args)]
#[command(after_help = EXIT_STATUSES)]
pub(crate) struct Arguments {
    /// The stream, as http://… or https://…
    #[arg(value_parser = parse_url)]
    url: String,

    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,

    /// Print only the events of this type; may be given several times
    #[arg(long = "event", value_name = "NAME")]
    pub(super) events: Vec<String>,

    /// Stop after this many printed events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,

    /// Discard events of more bytes than this, and say so
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_EVENT_BYTES)]
    max_event_bytes: usize,

    /// Send a header with the request; may be given several times
    #[arg(
        short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = parse_header,
        help_heading = "Request",
    )]
    headers: Vec<(String, String)>,

    /// The method: by default GET, and POST with --data
    #[arg(
        short = 'X', long = "request", value_name = "METHOD", value_parser = parse_method,
        help_heading = "Request",
    )]
    method: Option<String>,

    /// Send this with the request, or with @FILE what is in the file, with @- standard input
    ///
    /// It is sent byte for byte, as application/json where it is a JSON object or array, else as
    /// application/x-www-form-urlencoded; -H 'Content-Type: …' says otherwise. A request with a body is not sent again
    /// once an event has come.
    #[arg(
        short = 'd',
        long,
        value_name = "BODY",
        allow_hyphen_values = true,
        help_heading = "Request"
    )]
    data: Option<String>,

    /// Resume behind the event with this id
    #[arg(
        long, value_name = "ID", allow_hyphen_values = true, value_parser = parse_id,
        help_heading = "Request",
    )]
    last_event_id: Option<String>,

    /// End when the connection does, in place of connecting again
    #[arg(long, help_heading = "Connection")]
    no_reconnect: bool,

    /// Connect again after a status that tends to pass too: 408, 425, 429, 500, 502, 503, 504
    ///
    /// It does so at the first connection as well, and not before the server's Retry-After.
    #[arg(long, help_heading = "Connection")]
    pub(super) retry_statuses: bool,

    /// Take the connection for lost when nothing arrives for this time, as in 45s; comments count
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Connection")]
    idle_timeout: Option<Duration>,

    /// Give up a request that is not answered within this time
    #[arg(
        long, value_name = "TIME", default_value = "30s", value_parser = parse_time,
        help_heading = "Connection",
    )]
    connect_timeout: Duration,

    /// DANGEROUS: accept invalid certificates, an attacker's too; for tests alone
    #[arg(short = 'k', long, help_heading = "Connection")]
    insecure: bool,
}

impl Arguments {
    /// Whether an event of this type is to be printed. Where all are, those that only say where the stream stands are
    /// not.
    pub(super) fn wants(&self, event_type: &str) -> bool {
        match self.events.as_slice() {
            [] => event_type != CURSOR_EVENT_TYPE,
            wanted => wanted.iter().any(|wanted| wanted == event_type),
        }
    }

    pub(super) fn reconnects(&self) -> bool {
        !self.no_reconnect
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.has_header("Authorization")
    }

    fn has_header(&self, name: &str) -> bool {
        let mut names = self.headers.iter().map(|(name, _)| name);
        names.any(|given| given.eq_ignore_ascii_case(name))
    }

    /// The stream; it connects when it is asked for its first item.
    pub(super) fn source(&self) -> Result<EventSource, Error> {
        // Each value was looked at when the arguments were parsed.
        let mut builder = EventSource::builder(&*self.url)
            .map_err(unusable)?
            .reconnect(self.reconnects())
            .idle_timeout(self.idle_timeout)
            .connect_timeout(Some(self.connect_timeout))
            .max_event_bytes(self.max_event_bytes)
            .retry_fields(true);
        for (name, value) in &self.headers {
            builder = builder.header(name, &**value).map_err(unusable)?;
        }
        if !self.has_header("User-Agent") {
            builder = builder.header("User-Agent", USER_AGENT).map_err(unusable)?;
        }
        if let Some(method) = &self.method {
            builder = builder.method(method).map_err(unusable)?;
        }
        if let Some(data) = &self.data {
            let body = body(data)?;
            if !self.has_header("Content-Type") {
                let content_type = content_type(&body);
                builder = builder
                    .header("Content-Type", content_type)
                    .map_err(unusable)?;
            }
            builder = builder.body(body);
        }
        if let Some(id) = &self.last_event_id {
            builder = builder.last_event_id(id).map_err(unusable)?;
        }
        if self.retry_statuses {
            builder = builder.retry_statuses(StatusRetry::transient());
        }
        if self.insecure {
            let transport = HyperTransport::new().danger_accept_invalid_certificates();
            builder = builder.transport(transport);
        }
        Ok(builder.build())
    }
}

fn unusable(error: impl Display) -> Error {
    Error::Failed(error.to_string())
}

/// What `-d` stands for.
fn body(data: &str) -> Result<Vec<u8>, Error> {
    let (read, name) = match data.strip_prefix('@') {
        None => return Ok(data.into()),
        Some("-") => {
            let mut body = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut body);
            (read.map(|_| body), "standard input")
        }
        Some(file) => (fs::read(file), file),
    };
    read.map_err(|error| {
        Error::Failed(format!(
            "cannot read the body from {name}: {}",
            cause(&error)
        ))
    })
}

/// What a body most likely is: what the services ask for that answer with a stream, or else what curl takes it for.
fn content_type(body: &[u8]) -> &'static str {
    let is_composed = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    if is_composed && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    if !text.contains("://") {
        let hint = guess(text).map_or_else(String::new, |url| format!(": did you mean {url}?"));
        return Err(format!("a URL starts with http:// or https://{hint}"));
    }
    match Config::new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The URL that was probably meant by one without a scheme.
fn guess(text: &str) -> Option<Uri> {
    let url: Uri = parse_url(&format!("http://{text}")).ok()?.parse().ok()?;
    let host = url.host().filter(|host| !host.is_empty())?;
    // As in `http:/events`: what stands before the colon was not meant as a host.
    if url.port().is_none() && url.authority()?.as_str().ends_with(':') {
        return None;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || bare.parse::<IpAddr>().is_ok();
    if local || url.port_u16().is_some_and(|port| port != 443) {
        return Some(url);
    }
    format!("https://{text}").parse().ok()
}

/// What the value of an option is tried on: what a request can have is the source's to say.
fn trial() -> Config {
    Config::new("http://localhost/").expect("it is a URL")
}

fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header is written as 'Name: value'")?;
    let (name, value) = (name.trim(), value.trim());
    if name.eq_ignore_ascii_case("Last-Event-ID") {
        return Err("use --last-event-id, which goes on with the stream".to_owned());
    }
    match trial().header(name, value) {
        Ok(_) => Ok((name.to_owned(), value.to_owned())),
        Err(error) => Err(error.to_string()),
    }
}

fn parse_method(text: &str) -> Result<String, String> {
    match trial().method(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn parse_id(text: &str) -> Result<String, String> {
    match trial().last_event_id(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        parse_url(text).unwrap_err()
    }

    #[test]
    fn a_url_without_a_scheme_is_answered_with_what_was_meant() {
        for (given, meant) in [
            ("localhost:8000/events", "http://localhost:8000/events"),
            ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
            ("[::1]/events", "http://[::1]/events"),
            ("example.com/events", "https://example.com/events"),
            ("example.com:8080/events", "http://example.com:8080/events"),
        ] {
            let meant = format!("did you mean {meant}?");
            assert!(complaint(given).ends_with(&meant), "{}", complaint(given));
        }
        for given in ["/events", "http:/events", ""] {
            assert!(!complaint(given).contains("did you mean"), "{given}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_listened_to_is_refused_with_the_reason() {
        assert!(complaint("ftp://example.com/").contains("http:// or https://"));
        assert!(complaint("http://me:secret@example.com/").contains("Authorization"));
        assert!(complaint("http://example.com:99999/").contains("port"));
        assert!(parse_url("http://[::1]/").is_ok());
        assert!(parse_url("http://").is_err());
        assert!(parse_url("http://two words/").is_err());
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_refused() {
        for text in [
            "no colon",
            "two words: x",
            ": x",
            "X: a\nY: b",
            "Content-Length: 1",
        ] {
            assert!(parse_header(text).is_err(), "{text:?}");
        }
        let hint = parse_header("last-event-id: 7").unwrap_err();
        assert!(hint.contains("--last-event-id"), "{hint}");
    }

    #[test]
    fn a_body_is_json_where_it_is_and_else_a_form() {
        for json in ["{}", " [1]\n", r#"{"stream":true}"#] {
            assert_eq!(content_type(json.as_bytes()), "application/json", "{json}");
        }
        for form in ["", "a=b", "{a}", "7", "[1"] {
            let expected = "application/x-www-form-urlencoded";
            assert_eq!(content_type(form.as_bytes()), expected, "{form}");
        }
    }
}
