//! The items of one chunk, lent as text or bytes, or owned.

use alloc::boxed::Box;
use alloc::string::String;
use core::iter::FusedIterator;
use core::time::Duration;

use super::decoder::Decoder;
use super::scan::{Held, Other, Scan, Signal};
use super::utf8::{self, Text};
use crate::error::TooLarge;
use crate::item::{EventRef, Item, ItemRef};
use crate::message_event::{MESSAGE, MessageEvent};

/// The items of one chunk, decoded as they are asked for.
///
/// As an iterator it gives owned [`Item`]s; [`next_ref`](Self::next_ref) and [`next_bytes`](Self::next_bytes)
/// lend them instead, without copying what lies in one piece in the chunk.
///
/// ```
/// use sse_proto::{Decoder, ItemRef};
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"data: one\n\ndata: two\n\n");
/// let mut bytes = 0;
/// while let Some(item) = feed.next_ref() {
///     if let ItemRef::Event(event) = item {
///         bytes += event.data.len();
///     }
/// }
/// assert_eq!(bytes, 6);
/// ```
///
/// Dropping a feed decodes what is left of the chunk and discards its items, so that the decoder is ready for
/// the next chunk; [`remaining`](Self::remaining) gives the rest back instead.
#[must_use = "a feed that is dropped discards its items"]
pub struct Feed<'d, 'c> {
    scan: Scan<'d, 'c>,
    text: Text<'c>,
}

impl<'d, 'c> Feed<'d, 'c> {
    #[inline(always)]
    pub(super) fn new(decoder: &'d mut Decoder, chunk: &'c [u8]) -> Self {
        let chunk = decoder.open(chunk);
        Self {
            scan: Scan::new(decoder, chunk),
            text: Text::new(chunk),
        }
    }

    /// Lends the next item as text; invalid UTF-8 in it is replaced by U+FFFD, as the standard says.
    ///
    /// `None` when the chunk is used up.
    // Worth it in the one place where a reader has its loop: the event then stays in registers.
    #[inline(always)]
    pub fn next_ref(&mut self) -> Option<ItemRef<'_, str>> {
        Some(match self.scan.next()? {
            Signal::Event { event_type, data } => ItemRef::Event(self.lend(event_type, data)),
            Signal::Other(other) => self.other_text(other),
        })
    }

    #[inline(always)]
    fn lend(&mut self, event_type: Option<Held>, data: Held) -> EventRef<'_> {
        let chunk = self.scan.chunk;
        let Decoder { block, lossy, .. } = &mut *self.scan.decoder;
        EventRef {
            event_type: match event_type {
                None => MESSAGE,
                Some(Held::Here(place)) => self.text.lend(chunk, place, &mut lossy.event_type),
                Some(Held::Kept) => utf8::lend(&block.event_type, &mut lossy.event_type),
            },
            data: match data {
                Held::Here(place) => self.text.lend(chunk, place, &mut lossy.data),
                Held::Kept => utf8::lend(block.joined_data(), &mut lossy.data),
            },
            last_event_id: match self.scan.here.last_event_id {
                None => &block.last_event_id,
                Some(place) => self.text.lend(chunk, place, &mut lossy.last_event_id),
            },
        }
    }

    /// The next item, where the data buffer may be huge: then it is moved out instead of copied.
    // In a box, since a second place that makes items would keep those of the first out of registers.
    #[cold]
    fn next_huge(&mut self) -> Option<Box<Item>> {
        Some(Box::new(match self.scan.next()? {
            Signal::Event { event_type, data } => Item::Event(match self.take_huge(data) {
                None => self.lend(event_type, data).into(),
                Some(data) => {
                    // The data buffer is empty now.
                    let rest = self.lend(event_type, Held::Kept);
                    MessageEvent::with_data(data, rest.event_type, rest.last_event_id)
                }
            }),
            Signal::Other(other) => self.other_text(other).to_item(),
        }))
    }

    fn take_huge(&mut self, data: Held) -> Option<String> {
        match data {
            Held::Kept => self.scan.decoder.block.take_huge_data(),
            Held::Here(..) => None,
        }
    }

    #[cold]
    fn other_text(&mut self, other: Other) -> ItemRef<'_, str> {
        match other {
            Other::Comment(Held::Here(place)) => {
                let scratch = &mut self.scan.decoder.lossy.data;
                ItemRef::Comment(self.text.lend(self.scan.chunk, place, scratch))
            }
            Other::Comment(Held::Kept) => ItemRef::Comment(utf8::lend(
                &self.scan.decoder.value,
                &mut self.scan.decoder.lossy.data,
            )),
            Other::Retry(milliseconds) => ItemRef::Retry(Duration::from_millis(milliseconds)),
            Other::TooLarge => ItemRef::TooLarge(self.too_large()),
        }
    }

    /// Lends the next item as the bytes that the stream has for it, UTF-8 or not.
    ///
    /// The fastest form, for data that is passed on or parsed by something that checks it anyway. The last
    /// event ID is valid UTF-8 even here. `None` when the chunk is used up.
    // As for `next_ref`.
    #[inline(always)]
    pub fn next_bytes(&mut self) -> Option<ItemRef<'_, [u8]>> {
        let (event_type, data) = match self.scan.next()? {
            Signal::Event { event_type, data } => (event_type, data),
            Signal::Other(other) => return Some(self.other_bytes(other)),
        };
        let block = &self.scan.decoder.block;
        Some(ItemRef::Event(EventRef {
            event_type: match event_type {
                None => MESSAGE.as_bytes(),
                Some(Held::Here(place)) => place.of(self.scan.chunk),
                Some(Held::Kept) => &block.event_type,
            },
            data: match data {
                Held::Here(place) => place.of(self.scan.chunk),
                Held::Kept => block.joined_data(),
            },
            last_event_id: match self.scan.here.last_event_id {
                None => block.last_event_id.as_bytes(),
                Some(place) => place.of(self.scan.chunk),
            },
        }))
    }

    #[cold]
    fn other_bytes(&mut self, other: Other) -> ItemRef<'_, [u8]> {
        match other {
            Other::Comment(Held::Here(place)) => ItemRef::Comment(place.of(self.scan.chunk)),
            Other::Comment(Held::Kept) => ItemRef::Comment(&self.scan.decoder.value),
            Other::Retry(milliseconds) => ItemRef::Retry(Duration::from_millis(milliseconds)),
            Other::TooLarge => ItemRef::TooLarge(self.too_large()),
        }
    }

    /// Stops here, and gives back the part of the chunk that was not decoded.
    ///
    /// Feed it again later, before anything else.
    #[must_use = "what is not fed again is lost"]
    pub fn remaining(mut self) -> &'c [u8] {
        self.scan.remaining()
    }

    /// There are no more items, and nothing of the chunk is needed any more.
    #[inline]
    pub(crate) fn is_used_up(&self) -> bool {
        self.scan.is_settled()
    }

    fn too_large(&self) -> TooLarge {
        TooLarge::new(self.scan.decoder.max_event_bytes())
    }
}

impl Iterator for Feed<'_, '_> {
    type Item = Item;

    #[inline]
    fn next(&mut self) -> Option<Item> {
        if !self.scan.chunk.is_empty() && self.scan.decoder.block.is_huge() {
            return self.next_huge().map(|item| *item);
        }
        self.next_ref().map(|item| item.to_item())
    }
}

impl FusedIterator for Feed<'_, '_> {}

impl Drop for Feed<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_used_up() {
            self.scan.discard();
        }
    }
}

impl core::fmt::Debug for Feed<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Feed")
            .field("bytes", &self.scan.chunk.len())
            .field("decoded", &self.scan.at)
            .finish_non_exhaustive()
    }
}
