//! How the bytes of a stream are laid on a connection.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// How a stream without a known length is framed, so that the client can tell its end.
///
/// [`Connection::begin_stream`](super::Connection::begin_stream) says which one a client understands. A run of
/// bytes, however many events it has joined, is one frame:
///
/// ```
/// use sse_proto::http1::Framing;
///
/// let mut out = Vec::new();
/// Framing::Chunked.frame(b"data: 1\n\ndata: 2\n\n", &mut out);
/// out.extend_from_slice(Framing::Chunked.end());
/// assert_eq!(out, b"12\r\ndata: 1\n\ndata: 2\n\n\r\n0\r\n\r\n");
/// ```
///
/// Or, without copying the run, as slices for a vectored write: [`head`](Self::head), the run, [`tail`](Self::tail).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// HTTP/1.1: each frame is a chunk.
    Chunked,
    /// HTTP/1.0: the bytes as they are, and the end of the connection is the end of the stream.
    Raw,
}

impl Framing {
    /// Appends a run of bytes as one frame. An empty run is no frame: an empty chunk would be the end.
    pub fn frame(self, run: &[u8], out: &mut Vec<u8>) {
        if run.is_empty() {
            return;
        }
        let head = self.head(run.len());
        out.reserve(head.len() + run.len() + self.tail().len());
        out.extend_from_slice(&head);
        out.extend_from_slice(run);
        out.extend_from_slice(self.tail());
    }

    /// What stands before a run of so many bytes; nothing before an empty one, which must have no tail either.
    #[must_use]
    pub fn head(self, run_bytes: usize) -> FrameHead {
        match self {
            Self::Chunked if run_bytes > 0 => FrameHead::chunk(run_bytes),
            _ => FrameHead::nothing(),
        }
    }

    /// What stands behind a run that is not empty.
    #[must_use]
    pub const fn tail(self) -> &'static [u8] {
        match self {
            Self::Chunked => b"\r\n",
            Self::Raw => b"",
        }
    }

    /// What ends the stream in good order.
    #[must_use]
    pub const fn end(self) -> &'static [u8] {
        match self {
            Self::Chunked => b"0\r\n\r\n",
            Self::Raw => b"",
        }
    }
}

/// Sixteen digits and a line end.
const LONGEST: usize = 18;

/// What stands before a run of bytes: a few bytes, held in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FrameHead {
    /// The last ones count.
    bytes: [u8; LONGEST],
    start: u8,
}

impl FrameHead {
    const fn nothing() -> Self {
        Self {
            bytes: [0; LONGEST],
            start: LONGEST as u8,
        }
    }

    fn chunk(run_bytes: usize) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut head = Self::nothing();
        let mut push = |byte| {
            head.start -= 1;
            head.bytes[usize::from(head.start)] = byte;
        };
        push(b'\n');
        push(b'\r');
        let mut left = run_bytes;
        while left > 0 {
            push(DIGITS[left % 16]);
            left /= 16;
        }
        head
    }
}

impl Deref for FrameHead {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[usize::from(self.start)..]
    }
}

impl fmt::Debug for FrameHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_chunk_is_its_length_in_hexadecimal() {
        for length in [1, 9, 10, 15, 16, 255, 4096, 65_535, usize::MAX] {
            let head = Framing::Chunked.head(length);
            assert_eq!(&*head, alloc::format!("{length:x}\r\n").as_bytes());
        }
    }

    #[test]
    fn an_empty_run_is_not_the_end() {
        let mut out = Vec::new();
        Framing::Chunked.frame(b"", &mut out);
        assert!(out.is_empty());
        assert!(Framing::Chunked.head(0).is_empty());
    }

    #[test]
    fn raw_bytes_have_nothing_around_them() {
        let mut out = Vec::new();
        Framing::Raw.frame(b"data\n\n", &mut out);
        out.extend_from_slice(Framing::Raw.end());
        assert_eq!(out, b"data\n\n");
        assert!(Framing::Raw.head(5).is_empty());
    }
}
