//! What a source has to say.

use alloc::string::String;

use super::error::SourceError;
use crate::error::TooLarge;
use crate::head::ResponseHead;
use crate::item::Item;
use crate::message_event::MessageEvent;

/// Something that happened to an event source, on every runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceItem {
    /// A connection is open, and this is the head of its response: the standard's `open` event.
    Open(ResponseHead),
    /// A message has come.
    Message(MessageEvent),
    /// A comment has come; only where [`Config::comments`](super::Config::comments) asks for them.
    Comment(String),
    /// A message was larger than [`Config::max_event_bytes`](super::Config::max_event_bytes), and is lost.
    TooLarge(TooLarge),
    /// Something went wrong; the error says whether the source connects again: the standard's `error` event.
    Error(SourceError),
    /// The source is closed, and will never say anything again. It comes exactly once.
    Closed,
}

impl SourceItem {
    /// What a program gets to see of what a stream said; reconnection times are the machine's own business.
    #[inline]
    pub(super) fn of_stream(item: Item) -> Option<Self> {
        match item {
            Item::Event(message) => Some(Self::Message(message)),
            Item::Comment(comment) => Some(Self::Comment(comment)),
            Item::TooLarge(error) => Some(Self::TooLarge(error)),
            Item::Retry(_) => None,
        }
    }
}
