//! The body of a request: so many bytes, or chunks.

use bytes::{Buf, BytesMut};

use super::config::Config;
use super::fault::Fault;

/// How many digits the length of a chunk may have: as many as fit the type.
const MAX_DIGITS: u8 = 16;

/// What is left to be read of a body.
#[derive(Debug)]
pub(super) enum Body {
    Length { left: usize },
    Chunked(Chunked),
}

impl Body {
    /// Moves what of the body stands in the input to the output; says whether the body has ended.
    pub(super) fn decode(
        &mut self,
        input: &mut BytesMut,
        output: &mut BytesMut,
        config: &Config,
    ) -> Result<bool, Fault> {
        match self {
            Self::Length { left } => {
                let there = input.len().min(*left);
                output.extend_from_slice(&input.split_to(there));
                *left -= there;
                Ok(*left == 0)
            }
            Self::Chunked(chunked) => chunked.decode(input, output, config),
        }
    }
}

/// A chunked body, which may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    place: Place,
    /// Of the chunk that is being read.
    size: u64,
    /// Of the data of all chunks.
    received: usize,
    /// Of extensions and trailers.
    overhead: usize,
}

/// What is expected next. Only CR LF ends a line: what else might would be read differently by somebody.
#[derive(Clone, Copy, Debug)]
enum Place {
    Size { digits: u8 },
    Padding,
    Extension,
    SizeLineFeed,
    Data { left: usize },
    DataReturn,
    DataLineFeed,
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    LastLineFeed,
    End,
}

impl Default for Place {
    fn default() -> Self {
        Self::Size { digits: 0 }
    }
}

impl Chunked {
    fn decode(
        &mut self,
        input: &mut BytesMut,
        output: &mut BytesMut,
        config: &Config,
    ) -> Result<bool, Fault> {
        loop {
            if let Place::End = self.place {
                return Ok(true);
            }
            if input.is_empty() {
                return Ok(false);
            }
            if let Place::Data { left } = self.place {
                let there = input.len().min(left);
                output.extend_from_slice(&input.split_to(there));
                self.place = match left - there {
                    0 => Place::DataReturn,
                    left => Place::Data { left },
                };
            } else {
                self.place = self.step(input[0], config)?;
                input.advance(1);
            }
        }
    }

    /// What one byte that is no data leads to.
    fn step(&mut self, byte: u8, config: &Config) -> Result<Place, Fault> {
        let next = match (self.place, byte) {
            (Place::Size { digits }, _) if byte.is_ascii_hexdigit() => {
                if digits == MAX_DIGITS {
                    return Err(Fault::Chunk);
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                self.size = self.size << 4 | u64::from(digit);
                Place::Size { digits: digits + 1 }
            }
            (Place::Size { digits: 1.. } | Place::Padding, b' ' | b'\t') => {
                self.spend(config)?;
                Place::Padding
            }
            (Place::Size { digits: 1.. } | Place::Padding, b';') => {
                self.spend(config)?;
                Place::Extension
            }
            (Place::Size { digits: 1.. } | Place::Extension, b'\r') => Place::SizeLineFeed,
            (Place::SizeLineFeed, b'\n') => self.chunk_begins(config)?,
            (Place::DataReturn, b'\r') => Place::DataLineFeed,
            (Place::DataLineFeed, b'\n') => Place::Size { digits: 0 },
            (Place::TrailerStart, b'\r') => Place::LastLineFeed,
            (Place::LastLineFeed, b'\n') => Place::End,
            (Place::Trailer, b'\r') => Place::TrailerLineFeed,
            (Place::TrailerLineFeed, b'\n') => Place::TrailerStart,
            (Place::Extension, _) if is_text(byte) => {
                self.spend(config)?;
                Place::Extension
            }
            (Place::TrailerStart | Place::Trailer, _) if is_text(byte) => {
                self.spend(config)?;
                Place::Trailer
            }
            _ => return Err(Fault::Chunk),
        };
        Ok(next)
    }

    fn chunk_begins(&mut self, config: &Config) -> Result<Place, Fault> {
        let size = usize::try_from(core::mem::take(&mut self.size)).unwrap_or(usize::MAX);
        if size == 0 {
            return Ok(Place::TrailerStart);
        }
        if size > config.max_body_bytes - self.received {
            return Err(Fault::BodyTooLarge);
        }
        self.received += size;
        Ok(Place::Data { left: size })
    }

    fn spend(&mut self, config: &Config) -> Result<(), Fault> {
        self.overhead += 1;
        if self.overhead > config.max_header_bytes {
            return Err(Fault::ChunkOverhead);
        }
        Ok(())
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}
