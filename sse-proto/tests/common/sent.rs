//! Events to send, and what a receiver should see of them.

use super::event;
use sse_proto::Event;
use sse_testkit::oracle::Dispatched;
use sse_testkit::strategies::EventParts;
use std::time::Duration;

/// An event made of the parts that the generators give.
pub(crate) fn event_of(parts: &EventParts) -> Event<'_> {
    let mut event = match &parts.data {
        Some(data) => Event::new(data.as_str()),
        None => Event::default(),
    };
    if let Some(event_type) = &parts.event_type {
        event = event
            .event_type(event_type.as_str())
            .expect("a type of one line is valid");
    }
    if let Some(id) = &parts.id {
        event = event.id(id.as_str()).expect("an id of one line is valid");
    }
    if let Some(milliseconds) = parts.retry {
        event = event.retry(Duration::from_millis(milliseconds));
    }
    if let Some(comment) = &parts.comment {
        event = event.comment(comment.as_str());
    }
    event
}

/// What a receiver should see of an event: its parts, and nothing more.
pub(crate) fn received(parts: &EventParts, last_event_id: &mut String) -> Parted {
    if let Some(id) = &parts.id {
        last_event_id.clone_from(id);
    }
    let event_type = parts
        .event_type
        .as_deref()
        .filter(|event_type| !event_type.is_empty());
    Parted {
        comments: parts.comment.iter().flat_map(|text| lines(text)).collect(),
        retries: parts.retry.into_iter().collect(),
        events: parts
            .data
            .iter()
            .map(|data| {
                event(
                    event_type.unwrap_or("message"),
                    &lines(data).join("\n"),
                    last_event_id,
                )
            })
            .collect(),
    }
}

/// Items by kind: the order of the fields inside a block means nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parted {
    pub(crate) comments: Vec<String>,
    pub(crate) retries: Vec<u64>,
    pub(crate) events: Vec<Dispatched>,
}

impl FromIterator<Dispatched> for Parted {
    fn from_iter<I: IntoIterator<Item = Dispatched>>(items: I) -> Self {
        let mut parted = Self::default();
        for item in items {
            match item {
                Dispatched::Comment(text) => parted.comments.push(text),
                Dispatched::Retry(milliseconds) => parted.retries.push(milliseconds),
                event => parted.events.push(event),
            }
        }
        parted
    }
}

/// The lines of a text, by all three line ends; what stands behind the last one is a line too.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .split(['\r', '\n'])
        .map(str::to_owned)
        .collect()
}
