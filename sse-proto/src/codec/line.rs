//! Where lines end: at every CR and every LF of a chunk, in order.
//!
//! One interface, three implementations: [`masked`] searches 64 bytes at a time and remembers all line ends
//! it saw as the bits of a word (feature `simd`), [`searched`] asks `memchr2` for one line end after the other,
//! and [`naive`], the slow twin of both, looks at each byte. A CR LF pair is two line ends here; the caller
//! asks from behind the pair.

#[cfg(feature = "simd")]
pub(crate) use masked::{LineEnds, may_end_a_line};
#[cfg(not(feature = "simd"))]
pub(crate) use searched::{LineEnds, may_end_a_line};

pub(crate) const CR: u8 = b'\r';
pub(crate) const LF: u8 = b'\n';

#[cfg(any(not(feature = "simd"), test))]
mod searched {
    use super::{CR, LF};

    /// Whether a short text may have a line end in it: no is certain.
    pub(crate) fn may_end_a_line(text: &[u8]) -> bool {
        memchr::memchr2(CR, LF, text).is_some()
    }

    pub(crate) struct LineEnds<'c> {
        chunk: &'c [u8],
    }

    impl<'c> LineEnds<'c> {
        #[inline]
        pub(crate) fn new(chunk: &'c [u8]) -> Self {
            Self { chunk }
        }

        /// The next line end at or after `from`, which never goes back: where, and which.
        #[inline]
        pub(crate) fn next(&mut self, from: usize) -> Option<(usize, u8)> {
            let rest = self.chunk.get(from..)?;
            // Blank lines are every second or third line of most streams, and a search costs more than a look.
            let at = match rest.first() {
                Some(&(CR | LF)) => from,
                _ => from + memchr::memchr2(CR, LF, rest)?,
            };
            Some((at, self.chunk[at]))
        }

        /// Tells that the caller has seen the line end right behind the last one.
        #[inline(always)]
        pub(crate) fn pass(&mut self) {}
    }
}

#[cfg(feature = "simd")]
mod masked {
    use super::{CR, LF};
    use wide::{u8x16, u8x64};

    const BLOCK: usize = 64;

    /// So many blocks without a line end make a long line.
    const LONG: usize = 8;

    pub(crate) struct LineEnds<'c> {
        chunk: &'c [u8],
        /// Where the block of `mask` begins.
        block: usize,
        /// Where the next block begins.
        next_block: usize,
        /// What may be a line end in the block and was not looked at yet, a bit each.
        mask: u64,
    }

    impl<'c> LineEnds<'c> {
        #[inline]
        pub(crate) fn new(chunk: &'c [u8]) -> Self {
            Self {
                chunk,
                block: 0,
                next_block: 0,
                mask: 0,
            }
        }

        /// The next line end at or after `from`, which never goes back: where, and which.
        #[inline(always)]
        pub(crate) fn next(&mut self, from: usize) -> Option<(usize, u8)> {
            loop {
                if self.mask == 0 {
                    self.advance()?;
                }
                let at = self.block + self.mask.trailing_zeros() as usize;
                self.mask &= self.mask - 1;
                match self.chunk.get(at) {
                    Some(&LF) if at >= from => return Some((at, LF)),
                    Some(&CR) if at >= from => return Some((at, CR)),
                    _ => {}
                }
            }
        }

        /// Tells that the caller has seen the line end right behind the last one.
        #[inline(always)]
        pub(crate) fn pass(&mut self) {
            // If it lies in the next block, `next` passes over it.
            self.mask &= self.mask.wrapping_sub(1);
        }

        /// Goes to the next block that has a bit in its mask.
        #[inline(always)]
        fn advance(&mut self) -> Option<()> {
            for _ in 0..LONG {
                self.block = self.next_block;
                let Some((block, _)) = self.chunk[self.block..].split_first_chunk() else {
                    return self.advance_to_the_last();
                };
                self.next_block += BLOCK;
                self.mask = control_characters(block);
                if self.mask != 0 {
                    return Some(());
                }
            }
            self.leap()
        }

        /// In a long line, `memchr2` with the widest registers of the machine is faster.
        #[inline(never)]
        fn leap(&mut self) -> Option<()> {
            let rest = &self.chunk[self.next_block..];
            let end = memchr::memchr2(CR, LF, rest);
            self.block = self.next_block + end.unwrap_or(rest.len());
            self.next_block = (self.block + 1).min(self.chunk.len());
            self.mask = u64::from(end.is_some());
            end.map(|_| ())
        }

        /// The last block is short: it is read as the end of a whole one where the chunk has one.
        #[inline(never)]
        fn advance_to_the_last(&mut self) -> Option<()> {
            let len = self.chunk.len() - self.block;
            self.mask = match self.chunk.last_chunk() {
                _ if len == 0 => 0,
                Some(block) => control_characters(block) >> (BLOCK - len),
                // So it begins where the chunk does.
                None => control_characters_of_few(self.chunk),
            };
            self.next_block = self.chunk.len();
            (self.mask != 0).then_some(())
        }
    }

    const LANE: usize = 16;

    /// Whether a short text may have a line end in it: no is certain.
    #[inline]
    pub(crate) fn may_end_a_line(text: &[u8]) -> bool {
        let Some(mut found) = text.last_chunk().map(lane) else {
            return text.iter().any(|byte| *byte <= CR);
        };
        let mut rest = text;
        while let Some((bytes, more)) = rest.split_first_chunk() {
            found |= lane(bytes);
            rest = more;
        }
        found.to_bitmask() != 0
    }

    /// All bits of a byte up to CR, and none of another.
    #[inline(always)]
    fn lane(bytes: &[u8; LANE]) -> u8x16 {
        let above = u8x16::new(*bytes).saturating_sub(u8x16::splat(CR));
        above.simd_eq(u8x16::splat(0))
    }

    /// The bytes up to CR, a bit each. In text nearly all of them are line ends, and this takes two operations
    /// a register, where CR and LF take three.
    #[inline(always)]
    fn control_characters(block: &[u8; BLOCK]) -> u64 {
        let above = u8x64::new(*block).saturating_sub(u8x64::splat(CR));
        above.simd_eq(u8x64::splat(0)).to_bitmask()
    }

    /// The same of less than a block, by lanes; the last may overlap with the one before.
    #[inline]
    fn control_characters_of_few(bytes: &[u8]) -> u64 {
        let mask_of = |bytes| u64::from(lane(bytes).to_bitmask());
        let Some(last) = bytes.last_chunk() else {
            let bits = bytes.iter().rev().map(|byte| u64::from(*byte <= CR));
            return bits.fold(0, |mask, bit| mask << 1 | bit);
        };
        let mut mask = mask_of(last) << (bytes.len() - LANE);
        let mut rest = bytes;
        while let Some((lane, more)) = rest.split_first_chunk() {
            mask |= mask_of(lane) << (bytes.len() - rest.len());
            rest = more;
        }
        mask
    }
}

#[cfg(test)]
mod naive {
    pub(super) struct LineEnds<'c>(pub(super) &'c [u8]);

    impl LineEnds<'_> {
        pub(super) fn next(&mut self, from: usize) -> Option<(usize, u8)> {
            let ends = self.0.iter().copied().enumerate().skip(from);
            ends.into_iter()
                .find(|(_, byte)| matches!(byte, b'\r' | b'\n'))
        }

        pub(super) fn pass(&mut self) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Asks for all line ends as a decoder does, which skips the LF of some CR LF pairs, and passes over others.
    macro_rules! walk {
        ($ends:expr, $chunk:expr, $choices:expr) => {{
            let (mut ends, chunk, choices) = ($ends, $chunk, $choices);
            let mut found = Vec::new();
            let mut from = 0;
            while let Some((at, byte)) = ends.next(from) {
                found.push((at, byte));
                from = at + 1;
                match (choices[at % choices.len()], chunk.get(from)) {
                    (0, _) => from += 1,
                    (1, Some(&LF | &CR)) => {
                        ends.pass();
                        from += 1;
                    }
                    _ => {}
                }
            }
            found
        }};
    }

    fn chunks() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            6 => Just(b'x'), 1 => Just(b'\r'), 1 => Just(b'\n'), 1 => any::<u8>(),
        ];
        let sparse = prop_oneof![200 => Just(b'x'), 1 => Just(b'\r'), 1 => Just(b'\n')];
        prop_oneof![
            proptest::collection::vec(byte, 0..300),
            proptest::collection::vec(sparse, 0..2000),
        ]
    }

    proptest! {
        #[test]
        fn every_scanner_finds_what_the_naive_one_finds(
            chunk in chunks(),
            choices in proptest::collection::vec(0..3, 1..8),
        ) {
            let expected = walk!(naive::LineEnds(&chunk), &chunk, &choices);
            let found = walk!(searched::LineEnds::new(&chunk), &chunk, &choices);
            prop_assert_eq!(&found, &expected);
            #[cfg(feature = "simd")]
            {
                let found = walk!(masked::LineEnds::new(&chunk), &chunk, &choices);
                prop_assert_eq!(&found, &expected);
            }
        }

        #[test]
        fn a_text_that_may_not_end_a_line_has_no_line_end(text in chunks()) {
            let ends = naive::LineEnds(&text).next(0).is_some();
            prop_assert_eq!(searched::may_end_a_line(&text), ends);
            #[cfg(feature = "simd")]
            prop_assert!(masked::may_end_a_line(&text) || !ends);
        }
    }
}
