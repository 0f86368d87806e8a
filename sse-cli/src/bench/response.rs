//! A response that comes in pieces: its head, and then its body without the framing.

use std::fmt;

/// A head may take this many bytes.
const MAX_HEAD: usize = 16 << 10;
/// The trailer of a chunked body may take this many bytes.
const MAX_TRAILER: usize = 16 << 10;
const MAX_HEADERS: usize = 64;

/// A response of HTTP/1, as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Response {
    at: At,
    /// Its status and `Content-Type`, once the head is there.
    head: Option<Box<Head>>,
}

/// What a subscriber has to know of a response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Empty if there is none.
    pub(crate) content_type: Vec<u8>,
}

/// Where reading stands.
#[derive(Debug)]
enum At {
    Head(Vec<u8>),
    /// In the line with a chunk's size; `in_size` until its first byte that is no digit.
    Size {
        size: u64,
        digits: u8,
        in_size: bool,
    },
    Chunk(u64),
    /// Behind a chunk, before its line feed.
    ChunkEnd,
    /// Behind the last chunk: how much was read, and how much of it since the line's beginning.
    Trailer {
        seen: usize,
        line: usize,
    },
    Length(u64),
    UntilClosed,
    Ended,
}

impl Default for At {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

/// What makes bytes no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malformed {
    Head,
    HeadTooLarge,
    Chunk,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "the server does not answer in HTTP/1",
            Self::HeadTooLarge => "the head of the server's response is larger than 16 KiB",
            Self::Chunk => "the chunked framing of the server's response is broken",
        })
    }
}

impl Response {
    /// Reads the next bytes, and hands the parts of the body in them to `body`.
    ///
    /// Gives how many bytes belong to this response: fewer than there are if it ends in them.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        mut body: impl FnMut(&[u8]),
    ) -> Result<usize, Malformed> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.has_ended() {
            rest = self.step(rest, &mut body)?;
        }
        Ok(bytes.len() - rest.len())
    }

    /// The head, `None` until it is there.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_deref()
    }

    /// The body is complete; one that lasts until the connection is closed never is.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.at, At::Ended)
    }

    fn step<'b>(
        &mut self,
        bytes: &'b [u8],
        body: &mut impl FnMut(&[u8]),
    ) -> Result<&'b [u8], Malformed> {
        match &mut self.at {
            At::Head(buffer) => {
                let begun = buffer.len();
                buffer.extend_from_slice(bytes);
                let Some(head) = parse(buffer)? else {
                    return Ok(&[]);
                };
                self.at = head.body;
                // An interim response is followed by the real one.
                if head.head.status >= 200 {
                    self.head = Some(Box::new(head.head));
                }
                return Ok(&bytes[head.len - begun..]);
            }
            At::Chunk(left) => {
                let (data, rest) = split(bytes, *left);
                body(data);
                *left -= data.len() as u64;
                if *left == 0 {
                    self.at = At::ChunkEnd;
                }
                return Ok(rest);
            }
            At::Length(left) => {
                let (data, rest) = split(bytes, *left);
                body(data);
                *left -= data.len() as u64;
                if *left == 0 {
                    self.at = At::Ended;
                }
                return Ok(rest);
            }
            At::UntilClosed => {
                body(bytes);
                return Ok(&[]);
            }
            At::Size { .. } | At::ChunkEnd | At::Trailer { .. } => self.byte(bytes[0])?,
            At::Ended => {}
        }
        Ok(&bytes[1..])
    }

    /// Reads a byte of the framing between chunks.
    fn byte(&mut self, byte: u8) -> Result<(), Malformed> {
        match (&mut self.at, byte) {
            (At::Size { size, digits, .. }, b'\n') if *digits > 0 => {
                self.at = match *size {
                    0 => At::Trailer { seen: 0, line: 0 },
                    size => At::Chunk(size),
                };
            }
            (
                At::Size {
                    size,
                    digits,
                    in_size: true,
                },
                byte,
            ) if byte.is_ascii_hexdigit() && *digits < 15 => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                *size = *size << 4 | u64::from(digit);
                *digits += 1;
            }
            (
                At::Size {
                    in_size, digits, ..
                },
                b';' | b' ' | b'\t' | b'\r',
            ) if *digits > 0 => *in_size = false,
            // An extension.
            (At::Size { in_size: false, .. }, _) => {}
            (At::ChunkEnd, b'\n') => self.at = chunk_size(),
            (At::ChunkEnd, b'\r') => {}
            (At::Trailer { line: 0, .. }, b'\n') => self.at = At::Ended,
            (At::Trailer { line, .. }, b'\n') => *line = 0,
            (At::Trailer { .. }, b'\r') => {}
            (At::Trailer { seen, line }, _) if *seen < MAX_TRAILER => {
                *seen += 1;
                *line += 1;
            }
            _ => return Err(Malformed::Chunk),
        }
        Ok(())
    }
}

fn chunk_size() -> At {
    At::Size {
        size: 0,
        digits: 0,
        in_size: true,
    }
}

fn split(bytes: &[u8], left: u64) -> (&[u8], &[u8]) {
    let here = usize::try_from(left).unwrap_or(usize::MAX);
    bytes.split_at(here.min(bytes.len()))
}

struct Parsed {
    head: Head,
    body: At,
    len: usize,
}

/// The head at the beginning of `bytes`, `None` if it is not complete.
fn parse(bytes: &[u8]) -> Result<Option<Parsed>, Malformed> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let len = match response.parse(bytes) {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) if bytes.len() < MAX_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) => return Err(Malformed::HeadTooLarge),
        Err(_) => return Err(Malformed::Head),
    };
    let status = response.code.unwrap_or_default();
    let value = |name: &str| {
        let mut named = response.headers.iter();
        Some(
            named
                .find(|header| header.name.eq_ignore_ascii_case(name))?
                .value,
        )
    };
    let chunked = value("transfer-encoding")
        .is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"));
    let body = if status < 200 {
        At::default()
    } else if matches!(status, 204 | 304) {
        At::Ended
    } else if chunked {
        chunk_size()
    } else if let Some(length) = value("content-length") {
        let length = str::from_utf8(length).ok();
        match length.and_then(|length| length.trim().parse().ok()) {
            Some(0) => At::Ended,
            Some(length) => At::Length(length),
            None => return Err(Malformed::Head),
        }
    } else {
        At::UntilClosed
    };
    let content_type = value("content-type").unwrap_or_default().to_vec();
    Ok(Some(Parsed {
        head: Head {
            status,
            content_type,
        },
        body,
        len,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

    /// The body, and how many bytes belonged to the response, however it is cut.
    fn read(bytes: &str) -> Result<(String, usize, bool), Malformed> {
        let mut outcomes = Vec::new();
        for size in [1, 2, 3, 7, bytes.len()] {
            let (mut response, mut text, mut used) = (Response::default(), Vec::new(), 0);
            let mut broken = None;
            for piece in bytes.as_bytes().chunks(size) {
                match response.read(piece, |part| text.extend_from_slice(part)) {
                    Ok(read) => used += read,
                    Err(error) => {
                        broken = Some(error);
                        break;
                    }
                }
            }
            let text = String::from_utf8(text).unwrap();
            outcomes.push(broken.map_or(Ok((text, used, response.has_ended())), Err));
        }
        outcomes.dedup();
        assert_eq!(outcomes.len(), 1, "{bytes:?}: {outcomes:?}");
        outcomes.remove(0)
    }

    #[test]
    fn a_chunked_body_comes_without_its_framing() {
        let stream = format!(
            "{HEAD}Transfer-Encoding: Chunked\r\n\r\n\
             5\r\nhello\r\n1;name=value\r\n \r\nA\r\nto\nthe\r\nwo\r\n0000\r\nSome: trailer\r\n\r\n"
        );
        let whole = ("hello to\nthe\r\nwo".to_owned(), stream.len(), true);
        assert_eq!(read(&stream), Ok(whole.clone()));
        assert_eq!(read(&format!("{stream}HTTP/1.1 200")), Ok(whole));
    }

    #[test]
    fn a_body_without_framing_lasts_until_the_connection_is_closed() {
        let stream = format!("{HEAD}\r\ndata: 1\n\n");
        assert_eq!(
            read(&stream),
            Ok(("data: 1\n\n".to_owned(), stream.len(), false))
        );
    }

    #[test]
    fn a_body_of_a_known_length_ends_there() {
        let stream = format!("{HEAD}Content-Length: 3\r\n\r\n");
        let used = stream.len() + 3;
        assert_eq!(
            read(&format!("{stream}onetwo")),
            Ok(("one".to_owned(), used, true))
        );
        let none = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
        assert_eq!(
            read(&format!("{none}x")),
            Ok((String::new(), none.len(), true))
        );
    }

    #[test]
    fn an_interim_response_is_passed_over() {
        let mut response = Response::default();
        let stream = format!("HTTP/1.1 100 Continue\r\n\r\n{HEAD}\r\nx");
        response.read(stream.as_bytes(), |_| {}).unwrap();
        let head = response.head().unwrap();
        assert_eq!(head.status, 200);
        assert_eq!(head.content_type, b"text/event-stream");
    }

    #[test]
    fn what_is_no_response_is_refused() {
        assert_eq!(read("SSH-2.0-OpenSSH\r\n"), Err(Malformed::Head));
        let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        for broken in [
            "\r\n",
            "x\r\n",
            "1\r\nab\r\n",
            "1234567890abcdef0\r\n",
            "-1\r\n",
        ] {
            let stream = format!("{chunked}{broken}");
            assert_eq!(read(&stream), Err(Malformed::Chunk), "{broken:?}");
        }
        let endless = "x: y\r\n".repeat(4000);
        let endless = format!("HTTP/1.1 200 OK\r\n{endless}");
        assert!(read(&endless).is_err());
        let trailer = "x".repeat(MAX_TRAILER + 1);
        assert_eq!(
            read(&format!("{chunked}0\r\n{trailer}")),
            Err(Malformed::Chunk)
        );
        assert_eq!(
            read(&format!("{HEAD}Content-Length: many\r\n\r\n")),
            Err(Malformed::Head)
        );
    }
}
