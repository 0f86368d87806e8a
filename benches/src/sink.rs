//! Where every contestant puts the events it decoded.

/// Takes the three fields of each event, in order.
pub trait Sink {
    /// Takes one event.
    fn event(&mut self, event_type: &[u8], data: &[u8], last_event_id: &[u8]);
}

/// The timed sink: it reads the length, the first and the last byte of every field, so that a field has to be
/// found and made, and costs next to nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LightSink(u64);

impl Sink for LightSink {
    #[inline(always)]
    fn event(&mut self, event_type: &[u8], data: &[u8], last_event_id: &[u8]) {
        // Fields are independent of each other, so only one addition and one rotation of an
        // event wait for the event before.
        let event =
            ends(event_type) ^ ends(data).rotate_left(21) ^ ends(last_event_id).rotate_left(42);
        self.0 = self.0.rotate_left(5).wrapping_add(event);
    }
}

#[inline(always)]
fn ends(field: &[u8]) -> u64 {
    match field {
        [] => 0,
        [first, .., last] => field.len() as u64 ^ u64::from(*first) << 32 ^ u64::from(*last) << 40,
        [only] => 1 ^ u64::from(*only) << 48,
    }
}

/// Adds up lengths only: it costs the same whether a field is empty or not, so that a difference
/// of two set-ups is the decoder's.
#[derive(Debug, Default, Clone, Copy)]
pub struct LengthSink(usize);

impl Sink for LengthSink {
    #[inline(always)]
    fn event(&mut self, event_type: &[u8], data: &[u8], last_event_id: &[u8]) {
        self.0 += event_type.len() + data.len() + last_event_id.len();
    }
}

/// The checking sink: a fingerprint of every byte of every field, and the number of events.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct FullSink {
    events: u64,
    fingerprint: u64,
}

impl FullSink {
    fn field(&mut self, field: &[u8]) {
        // FNV-1a, closed by the length, so that bytes can't move from a field to the next.
        for &byte in field {
            self.mix(u64::from(byte));
        }
        self.mix(field.len() as u64);
    }

    fn mix(&mut self, value: u64) {
        self.fingerprint = (self.fingerprint ^ value).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

impl Sink for FullSink {
    fn event(&mut self, event_type: &[u8], data: &[u8], last_event_id: &[u8]) {
        self.events += 1;
        // Else leading zeros would leave a zero fingerprint as it is.
        self.mix(self.events);
        self.field(event_type);
        self.field(data);
        self.field(last_event_id);
    }
}
