//! The events that are sent, and what has to arrive of them.

use std::fmt::Write;

/// The size of an event with its blank line, in bytes.
pub const EVENT_BYTES: usize = 55;

/// How many events there are before they begin again.
const DIFFERENT: u64 = 1 << 14;

/// Writes the data of the event of this number, counted from zero.
fn write_data(number: u64, to: &mut String) {
    let number = number % DIFFERENT;
    write!(to, r#"{{"n":"{number:09}","text":"of forty-seven bytes"}}"#)
        .expect("a string takes everything");
}

/// The different events one after the other, each the body of one HTTP chunk.
pub fn chunks() -> impl Iterator<Item = String> {
    (0..DIFFERENT).map(|number| {
        let mut event = "data: ".to_owned();
        write_data(number, &mut event);
        event.push_str("\n\n");
        assert_eq!(event.len(), EVENT_BYTES, "{event}");
        event
    })
}

/// What a client has received: how much, and a fingerprint of every byte of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    received: u64,
    fingerprint: u64,
}

impl Tally {
    /// That of the first so many events.
    pub(super) fn of_events(count: u64) -> Self {
        let mut tally = Self::default();
        let mut data = String::new();
        for number in 0..count {
            data.clear();
            write_data(number, &mut data);
            tally.event(&data);
        }
        tally
    }

    /// That of a floor, which counts the bytes of as many events.
    pub(super) fn of_bytes(count: u64) -> Self {
        Self {
            received: count * EVENT_BYTES as u64,
            fingerprint: 0,
        }
    }

    /// Takes an event; its words are multiplied and added, which costs next to nothing beside its arrival.
    pub(super) fn event(&mut self, data: &str) {
        self.received += 1;
        let (words, rest) = data.as_bytes().as_chunks();
        let mut event = data.len() as u64;
        for word in words {
            event = mixed(event, u64::from_le_bytes(*word));
        }
        for byte in rest {
            event = mixed(event, u64::from(*byte));
        }
        self.fingerprint = self.fingerprint.rotate_left(5).wrapping_add(event);
    }

    /// Takes a part of the stream as it is.
    pub(super) fn bytes(&mut self, part: &[u8]) {
        self.received += part.len() as u64;
    }

    /// How many events, or bytes, there are.
    pub(super) fn received(&self) -> u64 {
        self.received
    }
}

/// One step of FNV-1a, by words.
fn mixed(fingerprint: u64, word: u64) -> u64 {
    (fingerprint ^ word).wrapping_mul(0x0000_0100_0000_01b3)
}

/// How many bytes of the stream that many events are.
pub(super) fn bytes_of(count: u64) -> u64 {
    count * EVENT_BYTES as u64
}
