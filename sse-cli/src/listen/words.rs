//! What happened to a stream, in words for the person who listens to it.

use http::{StatusCode, Uri};
use sse_kit::EVENT_STREAM;
use sse_kit::source::{
    Cause, Refusal, SourceError, StatusRetry, TransportError, TransportErrorKind,
};

use crate::error::plain;

/// How much of a response's body is quoted, in characters.
const QUOTED: usize = 200;
/// How much of an id is.
const QUOTED_OF_ID: usize = 40;

/// What the words depend on beside what happened.
pub(super) struct Situation<'a> {
    /// The URL after redirects.
    pub(super) url: &'a str,
    /// The stream was open when it happened.
    pub(super) is_open: bool,
    /// It was open at any time.
    pub(super) was_open: bool,
    /// How much of an event it ended in.
    pub(super) discarded_bytes: usize,
    pub(super) has_credentials: bool,
    pub(super) retries_statuses: bool,
}

/// What happened, and what can be done about it.
pub(super) fn of(cause: &Cause, situation: &Situation<'_>) -> String {
    match cause {
        Cause::Transport(error) => transport(error, situation),
        Cause::ConnectTimeout(time) => format!(
            "no response from {} within {time:?} (see --connect-timeout)",
            server(situation.url)
        ),
        Cause::Status(refusal) => status(refusal, situation),
        Cause::NoContent if !situation.was_open => {
            format!("{} (there is no stream)", answered(204))
        }
        Cause::ContentType(refusal) => content_type(refusal),
        Cause::Ended if situation.discarded_bytes > 0 => {
            "the stream ended inside an event, which is discarded".to_owned()
        }
        _ => cause.to_string(),
    }
}

/// Whether the source goes on, and when: what is said behind the cause.
pub(super) fn outlook(error: &SourceError) -> String {
    let all = error.to_string();
    let outlook = all.strip_prefix(&error.cause.to_string());
    outlook.unwrap_or_default().to_owned()
}

pub(super) fn connected_again(last_event_id: &str) -> String {
    match last_event_id {
        "" => "connected again".to_owned(),
        id => format!("connected again, behind id {}", beginning(id, QUOTED_OF_ID)),
    }
}

fn transport(error: &TransportError, situation: &Situation<'_>) -> String {
    let server = server(situation.url);
    let message = plain(&error.message);
    match error.kind {
        TransportErrorKind::Connect => format!("cannot connect to {server}: {message}"),
        TransportErrorKind::Tls => {
            let hint = match message.contains("certificate") {
                true => " (-k accepts any, for tests)",
                false => "",
            };
            format!("cannot connect to {server}: TLS failed: {message}{hint}")
        }
        TransportErrorKind::Broken if situation.is_open => {
            format!("the connection broke: {message}")
        }
        TransportErrorKind::Broken => format!("no valid response from {server}: {message}"),
        _ => error.to_string(),
    }
}

fn status(refusal: &Refusal, situation: &Situation<'_>) -> String {
    let is_transient = StatusRetry::transient().contains(refusal.status);
    let hint = match refusal.status {
        401 | 403 if !situation.has_credentials => " (-H 'Authorization: …' sends credentials)",
        405 => " (-X sends another method)",
        _ if is_transient && !situation.retries_statuses => " (--retry-statuses keeps trying)",
        _ => "",
    };
    let status = answered(refusal.status);
    format!("{status}{}{hint}", quoted(refusal))
}

fn answered(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    let reason = reason.map_or_else(String::new, |reason| format!(" {reason}"));
    format!("the server answered with status {status}{reason} instead of 200")
}

fn content_type(refusal: &Refusal) -> String {
    let what = match refusal.headers.get("content-type") {
        None => "no Content-Type, so this is not".to_owned(),
        Some(found) => format!("{:?}, which is not", String::from_utf8_lossy(found)),
    };
    let quoted = quoted(refusal);
    format!("the server sent {what} an event stream ({EVENT_STREAM}){quoted}")
}

/// The beginning of a body that is written for people, behind a colon; of any other, nothing.
fn quoted(refusal: &Refusal) -> String {
    let content_type = refusal.headers.get("content-type").unwrap_or_default();
    let is_page = content_type.to_ascii_lowercase().starts_with(b"text/html");
    let Some(chunk) = refusal.body.utf8_chunks().next() else {
        return String::new();
    };
    // What is kept of it may end inside of a character.
    let is_text = refusal.body.len() - chunk.valid().len() < 4 && !chunk.valid().contains('\0');
    if is_page || !is_text {
        return String::new();
    }
    let words: Vec<_> = chunk.valid().split_whitespace().collect();
    match words.join(" ") {
        text if text.is_empty() => text,
        text => format!(": {}", beginning(&text, QUOTED)),
    }
}

fn beginning(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Whom the URL leads to: a host, and a port if it says so.
fn server(url: &str) -> String {
    let parsed = url.parse::<Uri>().ok();
    let authority = parsed.as_ref().and_then(Uri::authority);
    authority.map_or_else(|| url.to_owned(), ToString::to_string)
}
