//! What comes in at `/publish`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sse_kit::session::Refusal;
use sse_kit::tokio::server::{Hub, PublishError, Request};
use sse_kit::{Event, InvalidField, Response, ResponseHead};

use super::access::parameter;

/// An event of many, a line of JSON: its data is a text, or a value that is sent as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    data: Value,
    event: Option<String>,
    id: Option<String>,
    retry: Option<u64>,
}

/// Publishes, and answers with the ids once all is stored.
pub(super) async fn publish(hub: Hub, request: Request) -> Result<Response, Refusal> {
    let topic = parameter(&request.head, "stream")
        .filter(|topic| !topic.is_empty())
        .ok_or_else(|| Refusal::bad_request("name a topic: ?stream=…\n"))?;
    let content_type = request.head.headers.get("content-type").unwrap_or_default();
    let events = if content_type.starts_with(b"application/x-ndjson") {
        lines(&request)?
    } else {
        vec![one(&request)?]
    };
    let mut ids = Vec::new();
    let mut published = hub.publish_many(&topic, &events).into_iter();
    for publish in published.by_ref() {
        match publish.await {
            Ok(published) => ids.push(published.id()),
            Err(error) => return Err(refusal(&error, ids.len())),
        }
    }
    let head = ResponseHead::new(200, [("Content-Type", "application/json")]);
    Ok(Response::new(
        head,
        json!({ "ids": ids }).to_string() + "\n",
    ))
}

fn one(request: &Request) -> Result<Event<'static>, Refusal> {
    let data = text(&request.body)?.to_owned();
    let retry = parameter(&request.head, "retry");
    let retry = retry.map(|text| text.parse::<u64>());
    let retry = retry
        .transpose()
        .map_err(|_| unprocessable("retry is milliseconds"))?;
    let (event, id) = (
        parameter(&request.head, "event"),
        parameter(&request.head, "id"),
    );
    event_of(data, event, id, retry).map_err(unprocessable)
}

fn lines(request: &Request) -> Result<Vec<Event<'static>>, Refusal> {
    let lines = text(&request.body)?.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let event = |(number, line): (usize, &str)| {
        let wrong =
            |error: &dyn std::fmt::Display| unprocessable(format!("line {}: {error}", number + 1));
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(&error))?;
        let data = match line.data {
            Value::String(text) => text,
            value => value.to_string(),
        };
        event_of(data, line.event, line.id, line.retry).map_err(|error| wrong(&error))
    };
    lines.map(event).collect()
}

fn event_of(
    data: String,
    event_type: Option<String>,
    id: Option<String>,
    retry: Option<u64>,
) -> Result<Event<'static>, InvalidField> {
    let mut event = Event::new(data);
    if let Some(event_type) = event_type {
        event = event.event_type(event_type)?;
    }
    if let Some(id) = id {
        event = event.id(id)?;
    }
    if let Some(retry) = retry {
        event = event.retry(Duration::from_millis(retry));
    }
    Ok(event)
}

fn text(body: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(body).map_err(|_| unprocessable("the body is no UTF-8"))
}

fn unprocessable(reason: impl std::fmt::Display) -> Refusal {
    Refusal::unprocessable(format!("{reason}\n"))
}

/// Why an event was not published, behind so many that were.
fn refusal(error: &PublishError, before: usize) -> Refusal {
    let behind = match before {
        0 => String::new(),
        before => format!(" (the {before} before it were)"),
    };
    let words = format!("{error}{behind}\n");
    match error {
        PublishError::Refused(_) => Refusal::unprocessable(words),
        PublishError::OutcomeUnknown(_) => Refusal::internal_error(words),
        _ => Refusal::unavailable(Duration::from_secs(1), words),
    }
}
