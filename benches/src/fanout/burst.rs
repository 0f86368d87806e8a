//! What is published at once.

use bytes::{BufMut, Bytes, BytesMut};
use sse_proto::Event;

use super::stamp::Stamp;

/// Some events that are published at once.
#[derive(Debug, Clone)]
pub struct Burst {
    data: Vec<String>,
}

impl Burst {
    /// Events of `size` bytes of data, numbered from `first`, all due at that time.
    pub(super) fn new(first: u64, count: u64, at: u64, size: usize) -> Self {
        let stamps = (first..first + count).map(|number| Stamp { number, at });
        let data = stamps.map(|stamp| stamp.to_data(size)).collect();
        Self { data }
    }

    /// The data of each event.
    pub fn data(&self) -> impl ExactSizeIterator<Item = &str> {
        self.data.iter().map(String::as_str)
    }

    /// Each event as it goes over the wire, encoded by the core.
    pub fn encoded(&self) -> impl ExactSizeIterator<Item = Bytes> {
        self.data().map(|data| Event::new(data).to_bytes())
    }

    /// All events as they go over the wire, as one run of bytes.
    pub fn joined(&self) -> Bytes {
        let mut joined = Vec::new();
        for data in self.data() {
            Event::new(data).encode(&mut joined);
        }
        joined.into()
    }
}

/// These bytes as one chunk of HTTP/1.1.
pub fn chunk(bytes: &[u8]) -> Bytes {
    let mut chunk = BytesMut::with_capacity(bytes.len() + 16);
    chunk.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
    chunk.put_slice(bytes);
    chunk.put_slice(b"\r\n");
    chunk.freeze()
}
