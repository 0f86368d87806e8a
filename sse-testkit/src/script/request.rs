//! What the peer was asked.

use std::io::{self, Read};

/// The largest request that is recorded; a client that sends more is hung up on.
const MAX_REQUEST_BYTES: usize = 16 << 20;

/// A request as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, as in `GET`.
    pub method: String,
    /// The request target, as in `/stream?a=b`.
    pub target: String,
    /// The headers in their order: names as they were written, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The head's bytes, with the empty line at its end.
    pub head: Vec<u8>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// On which connection it came; the first is 0.
    pub connection: usize,
}

impl Request {
    /// The value of a header, in any case of letters; None if it is absent.
    ///
    /// # Panics
    ///
    /// If the header is there more than once.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut values = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there more than once");
        value
    }

    /// The same as text.
    ///
    /// # Panics
    ///
    /// If the header is there more than once, or its value is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header(name)
            .map(|value| str::from_utf8(value).expect("the header is UTF-8"))
    }

    /// Reads the next request of a connection; None where the client has no more, or sends what is no request.
    pub(super) fn read(wire: &mut impl Read, connection: usize) -> Option<Self> {
        let mut limited = wire.take(MAX_REQUEST_BYTES as u64);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(byte(&mut limited).ok()?);
        }
        let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let start = String::from_utf8(lines.next()?.to_vec()).ok()?;
        let mut words = start.split(' ');
        let method = words.next()?.to_owned();
        let target = words.next()?.to_owned();
        let mut headers = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = String::from_utf8(line[..colon].to_vec()).ok()?;
            headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let mut request = Self {
            method,
            target,
            headers,
            head,
            body: Vec::new(),
            connection,
        };
        request.body = request.read_body(&mut limited).ok()?;
        Some(request)
    }

    fn read_body(&self, wire: &mut impl Read) -> io::Result<Vec<u8>> {
        if let Some(length) = self.header_text("Content-Length") {
            let length = length.parse().map_err(io::Error::other)?;
            return exactly(wire, length);
        }
        let mut body = Vec::new();
        if self.header("Transfer-Encoding").is_some() {
            loop {
                let size = line(wire)?;
                let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
                body.extend(exactly(wire, size)?);
                line(wire)?;
                if size == 0 {
                    break;
                }
            }
        }
        Ok(body)
    }
}

fn byte(wire: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    wire.read_exact(&mut byte)?;
    Ok(byte[0])
}

fn line(wire: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(byte(wire)?);
    }
    String::from_utf8(line.trim_ascii().to_vec()).map_err(io::Error::other)
}

fn exactly(wire: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    wire.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
