//! What a source has to say.

use alloc::string::String;
use core::time::Duration;

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
    /// The stream has set the reconnection time to this; the source keeps to it within
    /// [its bounds](super::Config::reconnection_bounds). Only where [`Config::retry_fields`](super::Config::retry_fields)
    /// asks for it.
    Retry(Duration),
    /// A message was larger than [`Config::max_event_bytes`](super::Config::max_event_bytes), and is lost.
    TooLarge(TooLarge),
    /// Something went wrong; the error says whether the source connects again: the standard's `error` event.
    Error(SourceError),
    /// The source is closed, and will never say anything again. It comes exactly once.
    Closed,
}

impl SourceItem {
    #[inline]
    pub(super) fn of_stream(item: Item) -> Self {
        match item {
            Item::Event(message) => Self::Message(message),
            Item::Comment(comment) => Self::Comment(comment),
            Item::Retry(time) => Self::Retry(time),
            Item::TooLarge(error) => Self::TooLarge(error),
        }
    }
}
