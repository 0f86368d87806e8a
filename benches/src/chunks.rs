//! How an input reaches a contestant.

use bytes::Bytes;

/// An event stream in chunks: an input that is cut, and repeated for as long as a measurement takes.
///
/// The input ends with a whole event, so repeating it makes one long stream, as one connection gives
/// it, over memory that stays in the cache. A decoder is set up once for all of it.
#[derive(Debug, Clone)]
pub struct Chunks<'a> {
    input: &'a Bytes,
    chunk_size: usize,
    passes: u32,
    rest: &'a [u8],
    passes_left: u32,
}

impl<'a> Chunks<'a> {
    /// The input, cut into chunks of a size, as many times as there are passes.
    pub fn new(input: &'a Bytes, chunk_size: usize, passes: u32) -> Self {
        Self {
            input,
            chunk_size,
            passes,
            rest: &[],
            passes_left: passes,
        }
    }

    /// The whole input, for those who need not see it in chunks.
    pub fn input(&self) -> &'a Bytes {
        self.input
    }

    /// How many times the input is repeated.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// The size of the largest chunk in bytes.
    pub fn largest(&self) -> usize {
        self.chunk_size.min(self.input.len())
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            self.passes_left = self.passes_left.checked_sub(1)?;
            self.rest = self.input;
        }
        let (chunk, rest) = self.rest.split_at(self.chunk_size.min(self.rest.len()));
        self.rest = rest;
        Some(chunk)
    }
}
