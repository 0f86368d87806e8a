//! What a session says by itself, beside the events.

use alloc::string::ToString;
use core::time::Duration;

use bytes::Bytes;

use super::config::Config;
use super::transmit::End;
use crate::event::Event;
use crate::framing::Framing;
use crate::log::{Sequence, Stale};

/// The comment that breaks a silence.
pub(super) fn heartbeat(framing: Framing) -> Bytes {
    match framing {
        Framing::Raw => Bytes::from_static(b":\n\n"),
        // Ready made, since thousands of them are sent at once.
        Framing::Chunked => Bytes::from_static(b"3\r\n:\n\n\r\n"),
    }
}

/// An event that carries a cursor and nothing else. It has data, if empty: without, Firefox takes no notice of the id.
pub(super) fn cursor(config: &Config, id: Sequence, retry: Option<Duration>) -> Bytes {
    let id = id.to_string();
    let event = with_id(named(&config.cursor_event_type, ""), &id);
    Event { retry, ..event }.to_bytes()
}

/// The reconnection time, where there is no cursor to go with it.
pub(super) fn retry(time: Duration) -> Bytes {
    Event::default().retry(time).to_bytes()
}

/// What tells a client that it cannot resume. Where there are no ids, it makes the client forget the one it has.
pub(super) fn reset(config: &Config, stale: Stale, id: Option<Sequence>) -> Bytes {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let event = with_id(named(&config.reset_event_type, stale.as_str()), &id);
    let retry = config.retry.filter(|_| config.priming);
    Event { retry, ..event }.to_bytes()
}

/// What tells a client that it has missed events.
pub(super) fn lagged(config: &Config, missed: u64) -> Bytes {
    let missed = missed.to_string();
    named(&config.lagged_event_type, &missed).to_bytes()
}

/// What a stream ends with.
pub(super) fn farewell(config: &Config, end: End) -> Bytes {
    let event = match &config.farewell_event_type {
        Some(event_type) => named(event_type, end.as_str()),
        None => Event::default().comment(end.as_str()),
    };
    let retry = config.retry;
    Event { retry, ..event }.to_bytes()
}

/// The configuration took only types that an event takes, and what the log calls an id is one.
fn named<'e>(event_type: &'e str, data: &'e str) -> Event<'e> {
    Event {
        event_type: Some(event_type.into()),
        ..Event::new(data)
    }
}

fn with_id<'e>(event: Event<'e>, id: &'e str) -> Event<'e> {
    Event {
        id: Some(id.into()),
        ..event
    }
}
