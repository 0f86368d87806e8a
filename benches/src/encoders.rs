//! Everyone who encodes, each in its fastest idiomatic form.

use std::convert::Infallible;
use std::io::Write as _;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::body::HttpBody;
use axum::response::IntoResponse;
use bytes::BytesMut;
use sse_proto::Event;

use crate::contestants::Role;
use crate::expected::Expected;
use crate::workloads::Workload;

/// The workloads that are encoded: data of one line, and of twenty.
pub const WORKLOADS: [&str; 2] = ["openai", "multi-line"];

/// Room for the largest event, so that a reused buffer never grows while it is timed.
const BUFFER: usize = 64 << 10;

/// The data of the events that are encoded, and the bytes they come to.
#[derive(Debug, Clone)]
pub struct Messages {
    data: Arc<[String]>,
    encoded: Vec<u8>,
}

impl Messages {
    /// The events of a workload that has data only, written with LF.
    pub fn of(workload: &Workload, size: usize) -> Self {
        let encoded = workload.generate(size);
        let data: Vec<_> = Expected::of(&encoded)
            .events()
            .map(|[_, data, _]| data.to_owned())
            .collect();
        Self {
            data: data.into(),
            encoded,
        }
    }

    /// How many events there are.
    pub fn count(&self) -> usize {
        self.data.len()
    }

    /// The size of all events, encoded, in bytes.
    pub fn size(&self) -> usize {
        self.encoded.len()
    }

    /// Whether the encoder comes to the very bytes of the workload.
    pub fn hold_for(&self, encoder: &Encoder) -> bool {
        let mut blocks = Blocks {
            kept: Some(Vec::new()),
            ..Blocks::default()
        };
        (encoder.prepare)(self)(&mut blocks);
        blocks.kept.as_ref() == Some(&self.encoded)
    }
}

/// Where every encoder puts each event's bytes.
#[derive(Debug, Default)]
pub struct Blocks {
    length: usize,
    last: u8,
    kept: Option<Vec<u8>>,
}

impl Blocks {
    #[inline(always)]
    fn take(&mut self, block: &[u8]) {
        self.length += block.len();
        self.last ^= block.last().copied().unwrap_or(0);
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(block);
        }
    }
}

/// Encodes all messages, one block at a time; good for one time.
///
/// It outlives its call: whoever encodes by reference does not have to drop the events then.
pub type Pass = Box<dyn FnMut(&mut Blocks)>;

/// One encoder, in one of its forms.
#[derive(Debug, Clone, Copy)]
pub struct Encoder {
    /// The name, as tables print it.
    pub name: &'static str,
    /// Its part in the comparison.
    pub role: Role,
    /// Makes the events that are encoded later, which is not timed: whoever has data has it owned
    /// already, so a peer that wants to own it pays for no copy.
    pub prepare: fn(&Messages) -> Pass,
}

/// Ours first, then the peers, then the floor.
pub const ENCODERS: [Encoder; 6] = [
    Encoder {
        name: "ours-buffer",
        role: Role::Ours,
        prepare: ours_buffer,
    },
    Encoder {
        name: "ours-bytes",
        role: Role::Ours,
        prepare: ours_bytes,
    },
    Encoder {
        name: "sse-stream",
        role: Role::Peer,
        prepare: sse_stream,
    },
    Encoder {
        name: "sse-codec",
        role: Role::Peer,
        prepare: sse_codec,
    },
    Encoder {
        name: "axum",
        role: Role::Peer,
        prepare: axum,
    },
    Encoder {
        name: "write!",
        role: Role::Floor,
        prepare: written,
    },
];

/// Into a reused buffer.
fn ours_buffer(messages: &Messages) -> Pass {
    let events = ours(messages);
    let mut buffer = Vec::with_capacity(BUFFER);
    Box::new(move |blocks| {
        for event in &events {
            buffer.clear();
            event.encode(&mut buffer);
            blocks.take(&buffer);
        }
    })
}

/// To one `Bytes` an event.
fn ours_bytes(messages: &Messages) -> Pass {
    let events = ours(messages);
    Box::new(move |blocks| {
        for event in &events {
            blocks.take(&event.to_bytes());
        }
    })
}

fn ours(messages: &Messages) -> Vec<Event<'static>> {
    messages
        .data
        .iter()
        .map(|data| Event::new(data.clone()))
        .collect()
}

/// It takes events by value, and makes one `Bytes` of each.
fn sse_stream(messages: &Messages) -> Pass {
    let event = |data: &String| sse_stream::Sse::default().data(data.clone());
    let mut events: Vec<_> = messages.data.iter().map(event).collect();
    Box::new(move |blocks| {
        for event in mem::take(&mut events) {
            blocks.take(&event.encode().expect("data alone is always valid"));
        }
    })
}

/// It takes events by value, and its encoder writes into a buffer that is reused here.
fn sse_codec(messages: &Messages) -> Pass {
    use futures_codec::Encoder as _;

    let event = |data: &String| sse_codec::Event::message("message", data, None);
    let mut events: Vec<_> = messages.data.iter().map(event).collect();
    let mut buffer = BytesMut::with_capacity(BUFFER);
    let mut codec = sse_codec::SSECodec::default();
    Box::new(move |blocks| {
        for event in mem::take(&mut events) {
            buffer.clear();
            codec
                .encode(event, &mut buffer)
                .expect("a buffer takes everything");
            blocks.take(&buffer);
        }
    })
}

/// It encodes while an event is built, so that is timed; the bytes come out of a response's body only.
fn axum(messages: &Messages) -> Pass {
    let data = Arc::clone(&messages.data);
    let events = (0..data.len()).map(move |index| {
        Ok::<_, Infallible>(axum::response::sse::Event::default().data(&data[index]))
    });
    let mut body = axum::response::Sse::new(futures_util::stream::iter(events))
        .into_response()
        .into_body();
    Box::new(move |blocks| {
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut context) {
            blocks.take(frame.data_ref().map_or(&[], |data| data));
        }
    })
}

/// What one writes by hand: no check, and one `write!` a line.
fn written(messages: &Messages) -> Pass {
    let data = Arc::clone(&messages.data);
    let mut buffer = Vec::with_capacity(BUFFER);
    Box::new(move |blocks| {
        for data in data.iter() {
            buffer.clear();
            for line in data.split('\n') {
                writeln!(buffer, "data: {line}").expect("a buffer takes everything");
            }
            buffer.push(b'\n');
            blocks.take(&buffer);
        }
    })
}
