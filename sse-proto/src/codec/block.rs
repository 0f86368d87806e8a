//! The block at hand: the buffers of the standard, and what they hold.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::line::LF;

/// What all buffers together may keep of their capacity after a huge event: 64 KiB.
pub(super) const KEPT: usize = 64 << 10;

/// What a buffer holds stays in it until it is used again, since it may be lent: `has` says what counts.
#[derive(Clone, Default)]
pub(super) struct Block {
    pub(super) has: Has,
    /// The data buffer: each line with a LF behind it.
    pub(super) data: Vec<u8>,
    /// The event type buffer.
    pub(super) event_type: Vec<u8>,
    /// The last event ID buffer, where it differs from the last event ID.
    pub(super) id: String,
    pub(super) last_event_id: String,
}

/// What a block has in its buffers, a bit each: one comparison tells that it is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Has(u8);

impl Has {
    pub(super) const DATA: Self = Self(1);
    pub(super) const TYPE: Self = Self(2);
    pub(super) const ID: Self = Self(4);
    /// The block was over the limit, and was reported; its data and type are passed over.
    pub(super) const OVERFLOW: Self = Self(8);

    #[inline]
    pub(super) fn has(self, what: Self) -> bool {
        self.0 & what.0 != 0
    }

    #[inline]
    pub(super) fn set(&mut self, what: Self, on: bool) {
        self.0 = if on {
            self.0 | what.0
        } else {
            self.0 & !what.0
        };
    }
}

impl Block {
    /// Makes the data buffer ready for a line, unless it has some already.
    #[inline]
    pub(super) fn begin_data(&mut self) {
        if !self.has.has(Has::DATA) {
            self.has.set(Has::DATA, true);
            self.data.clear();
        }
    }

    /// Appends a whole line to the data buffer, which may get as long as `limit`.
    #[inline]
    pub(super) fn push_data_line(&mut self, line: &[u8], limit: usize) {
        self.begin_data();
        extend(&mut self.data, line, limit);
        self.data.push(LF);
    }

    /// What is dispatched of the data buffer: without its last LF.
    #[inline]
    pub(super) fn joined_data(&self) -> &[u8] {
        self.data.split_last().map_or(&[], |(_, data)| data)
    }

    #[inline]
    pub(super) fn is_huge(&self) -> bool {
        self.data.len() > KEPT
    }

    /// Takes a huge data buffer as text: it would be given back soon, and a copy costs more than a new one.
    pub(super) fn take_huge_data(&mut self) -> Option<String> {
        // What is not ASCII is validated so much faster where it is lent that it makes up for the copy.
        if !self.is_huge() || !self.data[..KEPT / 16].is_ascii() {
            return None;
        }
        self.data.pop();
        match String::from_utf8(mem::take(&mut self.data)) {
            Ok(text) => Some(text),
            Err(error) => {
                self.data = error.into_bytes();
                self.data.push(LF);
                None
            }
        }
    }

    pub(super) fn set_type(&mut self, value: &[u8]) {
        self.has.set(Has::TYPE, !value.is_empty());
        self.event_type.clear();
        self.event_type.extend_from_slice(value);
    }

    pub(super) fn set_id(&mut self, id: &str) {
        self.has.set(Has::ID, true);
        self.id.clear();
        self.id.push_str(id);
    }

    /// The end of the block: the id is committed. Gives what the block had.
    #[inline]
    pub(super) fn end(&mut self) -> Has {
        if self.has.has(Has::ID) {
            mem::swap(&mut self.id, &mut self.last_event_id);
        }
        mem::take(&mut self.has)
    }

    /// The block is over the limit: all but its id is dropped. True if that is news.
    pub(super) fn overflow(&mut self) -> bool {
        let known = self.has.has(Has::OVERFLOW);
        self.has.set(Has::DATA, false);
        self.has.set(Has::TYPE, false);
        self.has.set(Has::OVERFLOW, true);
        !known
    }

    /// How many bytes it holds, the last event ID not counted.
    pub(super) fn held(&self) -> usize {
        let held = |what, len| if self.has.has(what) { len } else { 0 };
        held(Has::DATA, self.data.len())
            + held(Has::TYPE, self.event_type.len())
            + held(Has::ID, self.id.len())
    }

    #[inline]
    pub(super) fn capacity(&self) -> usize {
        let ids = self.id.capacity() + self.last_event_id.capacity();
        self.data.capacity() + self.event_type.capacity() + ids
    }

    /// Gives back what a huge event has left in the buffers that hold nothing now.
    ///
    /// The data buffer is spared where the next event is likely to be as huge.
    pub(super) fn shrink(&mut self, spare_data: bool) {
        if !self.has.has(Has::DATA) && !spare_data {
            self.data.clear();
            self.data.shrink_to(KEPT / 4);
        }
        if !self.has.has(Has::TYPE) {
            self.event_type.clear();
            self.event_type.shrink_to(KEPT / 8);
        }
        if !self.has.has(Has::ID) {
            self.id.clear();
            self.id.shrink_to(KEPT / 8);
        }
        self.last_event_id.shrink_to(KEPT / 8);
    }
}

/// Appends to a buffer that may get as long as `limit`, and whose capacity stays within it too.
#[inline]
pub(super) fn extend(buffer: &mut Vec<u8>, piece: &[u8], limit: usize) {
    if piece.len() >= buffer.capacity() - buffer.len() {
        grow(buffer, piece.len(), limit);
    }
    buffer.extend_from_slice(piece);
}

/// The same with one byte.
#[inline]
pub(super) fn push(buffer: &mut Vec<u8>, byte: u8, limit: usize) {
    if buffer.len() == buffer.capacity() {
        grow(buffer, 1, limit);
    }
    buffer.push(byte);
}

#[cold]
fn grow(buffer: &mut Vec<u8>, additional: usize, limit: usize) {
    let doubled = buffer.capacity().saturating_mul(2).min(limit);
    // One byte more, for the line's end.
    let needed = buffer.len() + additional + 1;
    buffer.reserve_exact(doubled.max(needed) - buffer.len());
}
