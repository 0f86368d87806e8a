//! How the bytes of a stream are laid on a connection.

use alloc::vec::Vec;

use bytes::Bytes;

/// How a stream, whose length nobody knows, is framed, so that the client can tell its end.
///
/// A run of bytes, however many events it has joined, is one frame:
///
/// ```
/// use sse_proto::Framing;
///
/// let mut out = Vec::new();
/// Framing::Chunked.frame(b"data: 1\n\ndata: 2\n\n", &mut out);
/// out.extend_from_slice(Framing::Chunked.end());
/// assert_eq!(out, b"12\r\ndata: 1\n\ndata: 2\n\n\r\n0\r\n\r\n");
/// ```
///
/// There may be more, such as a compressed one: whoever writes runs passes this on, and does not look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// The bytes as they are: for HTTP/1.0, where the end of the connection is the end of the stream, for HTTP/2, and for
    /// the bodies of HTTP libraries, which frame them themselves.
    #[default]
    Raw,
    /// As a chunk of HTTP/1.1.
    Chunked,
}

impl Framing {
    /// Appends a run of bytes as one frame. An empty run is no frame: an empty chunk would be the end.
    pub fn frame(self, run: &[u8], out: &mut Vec<u8>) {
        self.frame_parts(&[run], out);
    }

    /// A run of bytes as one frame. Where nothing is to be added, it is the run itself.
    #[must_use]
    pub fn wrap(self, run: Bytes) -> Bytes {
        match self {
            Self::Raw => run,
            Self::Chunked => self.join(&[&run]),
        }
    }

    /// What ends the stream in good order.
    #[must_use]
    pub const fn end(self) -> &'static [u8] {
        match self {
            Self::Raw => b"",
            Self::Chunked => b"0\r\n\r\n",
        }
    }

    /// Several pieces as one frame. Where nothing is to be added to a single one, it is that one.
    pub(crate) fn join(self, parts: &[&Bytes]) -> Bytes {
        if let (Self::Raw, [part]) = (self, parts) {
            return Bytes::clone(part);
        }
        let mut out = Vec::new();
        self.frame_parts(parts, &mut out);
        out.into()
    }

    fn frame_parts(self, parts: &[impl AsRef<[u8]>], out: &mut Vec<u8>) {
        let len = parts.iter().map(|part| part.as_ref().len()).sum();
        if len == 0 {
            return;
        }
        out.reserve(len + AROUND_A_CHUNK);
        if self == Self::Chunked {
            push_hexadecimal(len, out);
            out.extend_from_slice(b"\r\n");
        }
        for part in parts {
            out.extend_from_slice(part.as_ref());
        }
        if self == Self::Chunked {
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Sixteen digits and two line ends, at most.
const AROUND_A_CHUNK: usize = 20;

fn push_hexadecimal(number: usize, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = (usize::BITS - number.leading_zeros()).div_ceil(4);
    out.extend(
        (0..digits)
            .rev()
            .map(|digit| DIGITS[number >> (4 * digit) & 15]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_begins_with_its_length_in_hexadecimal() {
        for length in [1, 9, 10, 15, 16, 255, 4096, 65_535, usize::MAX] {
            let mut out = Vec::new();
            push_hexadecimal(length, &mut out);
            assert_eq!(out, alloc::format!("{length:x}").as_bytes());
        }
    }

    #[test]
    fn an_empty_run_is_not_the_end() {
        let mut out = Vec::new();
        Framing::Chunked.frame(b"", &mut out);
        assert!(out.is_empty());
        assert!(Framing::Chunked.wrap(Bytes::new()).is_empty());
    }

    #[test]
    fn raw_bytes_have_nothing_around_them() {
        let mut out = Vec::new();
        Framing::Raw.frame(b"data\n\n", &mut out);
        out.extend_from_slice(Framing::Raw.end());
        assert_eq!(out, b"data\n\n");
    }

    #[test]
    fn parts_are_one_frame() {
        let (one, two) = (Bytes::from_static(b"data: 1\n"), Bytes::from_static(b"\n"));
        assert_eq!(Framing::Raw.join(&[&one, &two]), "data: 1\n\n");
        assert_eq!(Framing::Chunked.join(&[&one, &two]), "9\r\ndata: 1\n\n\r\n");
    }

    #[test]
    fn a_run_to_which_nothing_is_added_is_not_copied() {
        let run = Bytes::from(alloc::vec![b'x'; 64]);
        assert_eq!(Framing::Raw.join(&[&run]).as_ptr(), run.as_ptr());
        assert_eq!(Framing::Raw.wrap(run.clone()).as_ptr(), run.as_ptr());
    }
}
