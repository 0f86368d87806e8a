//! What you receive: a `MessageEvent`, as the standard calls the event that is dispatched.

use alloc::string::String;
use core::fmt;

use crate::item::EventRef;

/// The event type of an event that sets none.
pub(crate) const MESSAGE: &str = "message";

/// An event that was received: its type, its data, and the last event ID at the time.
///
/// All three lie in one allocation. The last event ID is inherited: an event without an `id` of its own carries
/// that of an earlier one.
///
/// Data that is not text has ways out of its own: `json` and `base64` behind the features of these names, and for
/// numbers and everything else that is parsed, `event.data().parse()`.
///
/// ```
/// use sse_proto::MessageEvent;
///
/// let event = MessageEvent::new("price", "12.5", "7");
/// assert_eq!(event.event_type(), "price");
/// assert_eq!(event.data().parse(), Ok(12.5));
/// assert_eq!(event.last_event_id(), "7");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageEvent {
    /// The data, the event type and the last event ID, one after the other.
    text: String,
    data_len: usize,
    /// 0 where it is [`MESSAGE`].
    event_type_len: usize,
}

impl MessageEvent {
    /// Makes an event as if it had been received, for tests and for sources that are no event stream.
    ///
    /// An empty `event_type` means "message", as it does in the standard.
    #[must_use]
    #[inline]
    pub fn new(event_type: &str, data: &str, last_event_id: &str) -> Self {
        let event_type = stored(event_type);
        let len = data.len() + event_type.len() + last_event_id.len();
        let mut text = String::with_capacity(len);
        text.push_str(data);
        text.push_str(event_type);
        text.push_str(last_event_id);
        Self {
            text,
            data_len: data.len(),
            event_type_len: event_type.len(),
        }
    }

    /// The same, around data that needs no copy.
    pub(crate) fn with_data(data: String, event_type: &str, last_event_id: &str) -> Self {
        let event_type = stored(event_type);
        let data_len = data.len();
        let mut text = data;
        text.reserve_exact(event_type.len() + last_event_id.len());
        text.push_str(event_type);
        text.push_str(last_event_id);
        Self {
            text,
            data_len,
            event_type_len: event_type.len(),
        }
    }

    /// The event's type: what the stream says in `event`, else "message".
    #[must_use]
    pub fn event_type(&self) -> &str {
        match self.event_type_len {
            0 => MESSAGE,
            len => &self.text[self.data_len..self.data_len + len],
        }
    }

    /// The event's data: the values of its `data` lines, joined by line feeds.
    #[must_use]
    pub fn data(&self) -> &str {
        &self.text[..self.data_len]
    }

    /// The last event ID string of the stream at this event; empty if there was none.
    ///
    /// As a number, with 0 for what is none: `event.last_event_id().parse().unwrap_or(0)`.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.text[self.data_len + self.event_type_len..]
    }

    /// Takes the data out, without copying it.
    #[must_use]
    pub fn into_data(mut self) -> String {
        self.text.truncate(self.data_len);
        self.text
    }
}

/// An event type as it is kept: nothing for the usual one.
#[inline]
fn stored(event_type: &str) -> &str {
    if event_type == MESSAGE {
        ""
    } else {
        event_type
    }
}

impl From<EventRef<'_>> for MessageEvent {
    #[inline]
    fn from(event: EventRef<'_>) -> Self {
        Self::new(event.event_type, event.data, event.last_event_id)
    }
}

impl fmt::Debug for MessageEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageEvent")
            .field("event_type", &self.event_type())
            .field("data", &self.data())
            .field("last_event_id", &self.last_event_id())
            .finish()
    }
}
