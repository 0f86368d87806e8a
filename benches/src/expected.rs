//! What every contestant has to come to.

use bytes::Bytes;

use crate::chunks::Chunks;
use crate::contestants::Contestant;
use crate::sink::{FullSink, LightSink, Sink};
use sse_testkit::oracle::{Dispatched, Options, interpret};

/// The events that the oracle reads in an input.
///
/// All their text is in one piece: many small ones would break up the heap that the contestants are
/// measured on.
#[derive(Debug, Clone)]
pub struct Expected {
    text: String,
    /// The lengths of type, data and last event ID of each event.
    lengths: Vec<[usize; 3]>,
    full: FullSink,
}

impl Expected {
    /// Asks the oracle.
    pub fn of(input: &[u8]) -> Self {
        let mut expected = Self {
            text: String::new(),
            lengths: Vec::new(),
            full: FullSink::default(),
        };
        for item in interpret(input, &Options::default()).dispatched {
            if let Dispatched::Event {
                event_type,
                data,
                last_event_id,
            } = item
            {
                let fields = [event_type, data, last_event_id];
                fields
                    .iter()
                    .for_each(|field| expected.text.push_str(field));
                expected.lengths.push(fields.map(|field| field.len()));
            }
        }
        expected.full = expected.fold(1);
        expected
    }

    /// How many events the input holds.
    pub fn count(&self) -> usize {
        self.lengths.len()
    }

    /// The type, the data and the last event ID of each event.
    pub fn events(&self) -> impl Iterator<Item = [&str; 3]> {
        let mut rest = self.text.as_str();
        self.lengths.iter().map(move |lengths| {
            lengths.map(|length| {
                let (field, behind) = rest.split_at(length);
                rest = behind;
                field
            })
        })
    }

    /// Whether the contestant yields the oracle's events, byte for byte.
    ///
    /// A floor that yields no events is never wrong.
    pub fn holds_for(&self, contestant: &Contestant, input: &Bytes, chunk_size: usize) -> bool {
        let Some(check) = contestant.check else {
            return true;
        };
        let mut full = FullSink::default();
        check(Chunks::new(input, chunk_size, 1), &mut full);
        full == self.full
    }

    /// Whether a timed run came to the oracle's result, over as many passes.
    pub fn timed(&self, contestant: &Contestant, passes: u32, sink: LightSink) -> bool {
        contestant.check.is_none() || sink == self.fold(passes)
    }

    fn fold<S: Sink + Default>(&self, passes: u32) -> S {
        let mut sink = S::default();
        for _ in 0..passes {
            for [event_type, data, last_event_id] in self.events() {
                sink.event(
                    event_type.as_bytes(),
                    data.as_bytes(),
                    last_event_id.as_bytes(),
                );
            }
        }
        sink
    }
}
