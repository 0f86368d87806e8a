//! What a decoder finds in a stream: owned, or lent for as long as nothing more is asked.

use alloc::string::{String, ToString};
use core::time::Duration;

use bytes::Bytes;

use crate::error::TooLarge;
use crate::message_event::MessageEvent;

/// Something that a stream said.
///
/// Most readers want the events alone: `if let Item::Event(event) = item`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// An event is dispatched.
    Event(MessageEvent),
    /// The stream sets the reconnection time.
    Retry(Duration),
    /// A comment, without its colon and one space. Only reported when asked for.
    Comment(String),
    /// An event was larger than the limit, and is lost.
    TooLarge(TooLarge),
}

/// Something that a stream said, lent from the chunk or the decoder's buffers: `T` is `str` or `[u8]`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemRef<'a, T: ?Sized = str> {
    /// An event is dispatched.
    Event(EventRef<'a, T>),
    /// The stream sets the reconnection time.
    Retry(Duration),
    /// A comment, without its colon and one space. Only reported when asked for.
    Comment(&'a T),
    /// An event was larger than the limit, and is lost.
    TooLarge(TooLarge),
}

/// An event that was received, lent: `T` is `str` or `[u8]`. Its owned form is [`MessageEvent`].
#[derive(Debug, PartialEq, Eq)]
pub struct EventRef<'a, T: ?Sized = str> {
    /// The event's type: what the stream says in `event`, else "message".
    pub event_type: &'a T,
    /// The event's data: the values of its `data` lines, joined by line feeds.
    pub data: &'a T,
    /// The last event ID string of the stream at this event; empty if there was none.
    pub last_event_id: &'a T,
}

// Not derived: a derive would ask for `T: Copy`, though only references to it are copied.
impl<T: ?Sized> Copy for EventRef<'_, T> {}
impl<T: ?Sized> Clone for EventRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for ItemRef<'_, T> {}
impl<T: ?Sized> Clone for ItemRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// An event that is owned, lent.
impl<'a> From<&'a MessageEvent> for EventRef<'a> {
    fn from(event: &'a MessageEvent) -> Self {
        Self {
            event_type: event.event_type(),
            data: event.data(),
            last_event_id: event.last_event_id(),
        }
    }
}

impl<T: AsRef<[u8]> + ?Sized> EventRef<'_, T> {
    /// The data as `Bytes` that share the memory of `chunk`, the chunk that was fed.
    ///
    /// Data that does not lie in one piece in the chunk is copied. Sharing keeps the whole chunk in memory for
    /// as long as the data lives.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use sse_proto::{Decoder, ItemRef};
    ///
    /// let chunk = Bytes::from("data: no copy\n\n");
    /// let mut decoder = Decoder::new();
    /// let mut feed = decoder.feed(&chunk);
    /// let Some(ItemRef::Event(event)) = feed.next_bytes() else { panic!("an event is complete") };
    /// let data: Bytes = event.data_in(&chunk);
    /// assert_eq!(data, "no copy");
    /// ```
    #[must_use]
    pub fn data_in(&self, chunk: &Bytes) -> Bytes {
        let data = self.data.as_ref();
        let (outer, inner) = (chunk.as_ptr_range(), data.as_ptr_range());
        if outer.start <= inner.start && inner.end <= outer.end {
            chunk.slice_ref(data)
        } else {
            Bytes::copy_from_slice(data)
        }
    }
}

impl ItemRef<'_> {
    /// Makes the owned form.
    #[must_use]
    #[inline]
    pub fn to_item(&self) -> Item {
        match *self {
            Self::Event(event) => Item::Event(event.into()),
            Self::Retry(time) => Item::Retry(time),
            Self::Comment(text) => Item::Comment(text.to_string()),
            Self::TooLarge(error) => Item::TooLarge(error),
        }
    }
}
