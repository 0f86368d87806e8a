//! What an event source has to say.

use sse_proto::source::{ResponseHead, SourceError, SourceEvent};
use sse_proto::{Item, MessageEvent, TooLarge};

/// Something that happened to an [`EventSource`](crate::EventSource).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceItem {
    /// A connection is open, and this is the head of its response.
    Open(ResponseHead),
    /// A message has arrived.
    Message(MessageEvent),
    /// A comment has arrived; only where [`Config::comments`](sse_proto::source::Config::comments) asks for them.
    Comment(String),
    /// An event was larger than the limit, and is lost.
    TooLarge(TooLarge),
    /// Something went wrong. The error says whether and when the source connects again.
    Error(SourceError),
    /// The source is closed for good: the last item.
    Closed,
}

impl SourceItem {
    /// None for what is the machine's own business.
    pub(super) fn of_stream(item: Item) -> Option<Self> {
        match item {
            Item::Event(event) => Some(Self::Message(event)),
            Item::Comment(text) => Some(Self::Comment(text)),
            Item::TooLarge(error) => Some(Self::TooLarge(error)),
            _ => None,
        }
    }

    pub(super) fn of_source(event: SourceEvent) -> Option<Self> {
        match event {
            SourceEvent::Open(head) => Some(Self::Open(head)),
            SourceEvent::Error(error) => Some(Self::Error(error)),
            SourceEvent::Closed => Some(Self::Closed),
            _ => None,
        }
    }
}
