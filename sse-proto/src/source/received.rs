//! What a chunk of the response's body says.

use core::fmt;
use core::iter::FusedIterator;

use super::item::SourceItem;
use super::retry::Reconnection;
use crate::codec::Feed;
use crate::item::{Item, ItemRef};

/// What a chunk of the stream says, decoded as it is asked for.
///
/// As an iterator it gives [`SourceItem`]s. [`next_ref`](Self::next_ref) and [`next_bytes`](Self::next_bytes) lend
/// what the stream says, without copying what lies in one piece in the chunk; reconnection times are among it, and have
/// been acted on.
///
/// Dropping it decodes what is left, acts on it, and discards it; [`remaining`](Self::remaining) gives the rest back
/// instead. A chunk that is not for the open stream says nothing.
#[must_use = "what is not asked for is discarded"]
pub struct Received<'m, 'c> {
    open: Option<(Feed<'m, 'c>, &'m mut Reconnection)>,
}

impl<'m, 'c> Received<'m, 'c> {
    pub(super) fn nothing() -> Self {
        Self { open: None }
    }

    #[inline]
    pub(super) fn new(feed: Feed<'m, 'c>, reconnection: &'m mut Reconnection) -> Self {
        let open = Some((feed, reconnection));
        Self { open }
    }

    /// Lends the next item as text. `None` when the chunk is used up.
    #[inline]
    pub fn next_ref(&mut self) -> Option<ItemRef<'_>> {
        let (feed, reconnection) = self.open.as_mut()?;
        let item = feed.next_ref()?;
        reconnection.note(&item);
        Some(item)
    }

    /// Lends the next item as the bytes that the stream has for it. `None` when the chunk is used up.
    #[inline]
    pub fn next_bytes(&mut self) -> Option<ItemRef<'_, [u8]>> {
        let (feed, reconnection) = self.open.as_mut()?;
        let item = feed.next_bytes()?;
        reconnection.note(&item);
        Some(item)
    }

    /// Stops here, and gives back the part of the chunk that was not decoded.
    ///
    /// Hand it to [`handle_data`](super::EventSource::handle_data) again, before anything else of the same attempt.
    #[must_use = "what is not handled again is lost"]
    pub fn remaining(mut self) -> &'c [u8] {
        self.open.take().map_or(&[], |(feed, _)| feed.remaining())
    }
}

impl Iterator for Received<'_, '_> {
    type Item = SourceItem;

    #[inline]
    fn next(&mut self) -> Option<SourceItem> {
        let (feed, reconnection) = self.open.as_mut()?;
        feed.find_map(|item| {
            match &item {
                Item::Event(_) => reconnection.event_seen(),
                Item::Retry(time) => {
                    reconnection.set_time(*time);
                    if !reconnection.is_reported {
                        return None;
                    }
                }
                _ => {}
            }
            Some(SourceItem::of_stream(item))
        })
    }
}

impl FusedIterator for Received<'_, '_> {}

impl Drop for Received<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        let open = self.open.as_ref();
        if open.is_some_and(|(feed, _)| !feed.is_used_up()) {
            while self.next_bytes().is_some() {}
        }
    }
}

impl fmt::Debug for Received<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feed = self.open.as_ref().map(|(feed, _)| feed);
        f.debug_tuple("Received").field(&feed).finish()
    }
}
