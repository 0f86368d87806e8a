//! Where something stands in a chunk.

/// A range of bytes in a chunk; unlike a `Range` it can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Place {
    #[inline(always)]
    pub(super) fn of(self, chunk: &[u8]) -> &[u8] {
        &chunk[self.start..self.end]
    }

    /// The same without its first bytes.
    #[inline(always)]
    pub(super) fn without(self, first: usize) -> Self {
        Self {
            start: self.start + first,
            ..self
        }
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}
