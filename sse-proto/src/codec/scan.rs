//! One chunk on its way through a decoder: lines to fields, fields to signals.

use super::begun_line::BegunLine;
use super::block::Has;
use super::decoder::Decoder;
use super::field::{self, Digits, Field};
use super::line::{CR, LF, LineEnds};
use super::place::Place;

/// Where a value stands: in the chunk, or in a buffer of the decoder.
#[derive(Clone, Copy)]
pub(super) enum Held {
    Here(Place),
    Kept,
}

/// What came of a line, before it is lent out as text or bytes.
pub(super) enum Signal {
    Event {
        event_type: Option<Held>,
        data: Held,
    },
    Other(Other),
}

/// What comes less often than an event.
pub(super) enum Other {
    Retry(u64),
    Comment(Held),
    TooLarge,
}

/// What needs no copy as long as the chunk is there: values that stand in it, and not in the decoder's buffers.
#[derive(Default)]
pub(super) struct Here {
    /// The only `data` value of the block so far.
    pub(super) data: Option<Place>,
    pub(super) event_type: Option<Place>,
    /// The last event ID buffer: ASCII without NUL.
    pub(super) id: Option<Place>,
    /// The last event ID, as of the last blank line.
    pub(super) last_event_id: Option<Place>,
}

pub(super) struct Scan<'d, 'c> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) chunk: &'c [u8],
    pub(super) here: Here,
    /// Where the line at hand begins.
    pub(super) at: usize,
    pub(super) ends: LineEnds<'c>,
    /// The limit may be reached in this chunk: each line is weighed.
    weigh: bool,
    /// Where the last event ended that was dispatched from the data buffer, 0 for none.
    pub(super) end_of_joined: usize,
}

impl<'d, 'c> Scan<'d, 'c> {
    #[inline(always)]
    pub(super) fn new(decoder: &'d mut Decoder, chunk: &'c [u8]) -> Self {
        Self {
            weigh: !chunk.is_empty() && !decoder.has_room_for(chunk.len()),
            decoder,
            chunk,
            here: Here::default(),
            at: 0,
            ends: LineEnds::new(chunk),
            end_of_joined: 0,
        }
    }

    /// Everything is decoded, and what must outlive the chunk is in the decoder's buffers.
    #[inline]
    pub(super) fn is_settled(&self) -> bool {
        let here = &self.here;
        // An empty chunk leaves nothing, and is common where chunks are small.
        self.chunk.is_empty()
            || self.at == self.chunk.len()
                && here.data.is_none()
                && here.event_type.is_none()
                && here.id.is_none()
                && here.last_event_id.is_none()
    }

    /// Decodes the rest, and lets go of it.
    #[cold]
    pub(super) fn discard(&mut self) {
        while self.next().is_some() {}
    }

    /// Gives back what is not decoded.
    pub(super) fn remaining(&mut self) -> &'c [u8] {
        let rest = &self.chunk[self.at..];
        self.keep();
        self.at = self.chunk.len();
        rest
    }

    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<Signal> {
        if self.chunk.is_empty() {
            return None;
        }
        if self.decoder.line != BegunLine::Start && self.at < self.chunk.len() {
            if let Some(signal) = self.resume() {
                return Some(signal);
            }
            if self.at == self.chunk.len() {
                return self.pause();
            }
        }
        loop {
            let start = self.at;
            let Some((end, byte)) = self.ends.next(start) else {
                return self.pause();
            };
            self.pass(end, byte);
            let signal = if start == end {
                self.blank_line()
            } else {
                let line = Place { start, end };
                let head = self.chunk[start..].first_chunk();
                match head.and_then(|head| field::of_head(*head)) {
                    Some((Field::Data, name)) => self.data_line(line.without(name)),
                    Some((Field::Event, name)) => self.event_line(line.without(name)),
                    Some((Field::Id, name)) => self.id_line(line.without(name)),
                    Some((field, name)) => self.other_line(field, line.without(name)),
                    None => self.odd_line(line),
                }
            };
            if signal.is_some() {
                return signal;
            }
        }
    }

    /// Moves behind a line end, and behind the LF of a CR LF.
    #[inline]
    pub(super) fn pass(&mut self, end: usize, byte: u8) {
        self.at = end + 1;
        if byte == CR {
            match self.chunk.get(self.at) {
                Some(&LF) => self.at += 1,
                Some(_) => {}
                None => self.decoder.skip_lf = true,
            }
        }
    }

    #[inline(always)]
    fn blank_line(&mut self) -> Option<Signal> {
        let has = self.end_block();
        let data = match self.here.data.take() {
            Some(place) => Held::Here(place),
            None if has.has(Has::DATA) => {
                self.end_of_joined = self.at;
                Held::Kept
            }
            None => {
                self.here.event_type = None;
                return None;
            }
        };
        Some(self.event(has, data))
    }

    /// The end of a block: the id is committed. Gives what the buffers had, and still have until they are used.
    #[inline(always)]
    fn end_block(&mut self) -> Has {
        let has = self.decoder.block.end();
        if self.here.id.is_some() {
            self.here.last_event_id = self.here.id.take();
        } else if has.has(Has::ID) {
            self.here.last_event_id = None;
        }
        has
    }

    #[inline(always)]
    fn event(&mut self, has: Has, data: Held) -> Signal {
        let event_type = match self.here.event_type.take() {
            Some(place) => Some(Held::Here(place)),
            None if has.has(Has::TYPE) => Some(Held::Kept),
            None => None,
        };
        Signal::Event { event_type, data }
    }

    /// A line that is not written in the usual way: a bare name, no space, another name.
    #[cold]
    fn odd_line(&mut self, line: Place) -> Option<Signal> {
        let (field, name) = field::of_line(line.of(self.chunk));
        self.other_line(field, line.without(name))
    }

    #[inline(never)]
    fn other_line(&mut self, field: Field, place: Place) -> Option<Signal> {
        match field {
            Field::Data => self.data_line(place),
            Field::Event => self.event_line(place),
            Field::Id => self.id_line(place),
            Field::Retry => retry(Digits::default().push(place.of(self.chunk))),
            Field::Comment if self.decoder.comments => self.comment(Held::Here(place)),
            Field::Comment | Field::Unknown => None,
        }
    }

    #[inline(always)]
    fn data_line(&mut self, place: Place) -> Option<Signal> {
        if self.weigh && place.len() >= self.block_room() {
            return self.overflow();
        }
        if self.here.data.is_some() || self.decoder.block.has.has(Has::DATA) {
            self.join_data();
            self.push_data_line(place);
            return None;
        }
        // Nearly always the blank line follows, and need not be looked for.
        if self.chunk.get(self.at) == Some(&LF) {
            self.at += 1;
            self.ends.pass();
            let has = self.end_block();
            return Some(self.event(has, Held::Here(place)));
        }
        self.here.data = Some(place);
        None
    }

    #[inline(always)]
    fn event_line(&mut self, place: Place) -> Option<Signal> {
        if self.weigh && place.len() > self.block_room() {
            return self.overflow();
        }
        self.decoder.block.has.set(Has::TYPE, false);
        self.here.event_type = (place.len() > 0).then_some(place);
        None
    }

    #[inline(always)]
    fn id_line(&mut self, place: Place) -> Option<Signal> {
        let value = place.of(self.chunk);
        if self.weigh || !field::is_plain(value) {
            return self.odd_id_line(value);
        }
        self.decoder.block.has.set(Has::ID, false);
        self.here.id = Some(place);
        None
    }

    #[inline(never)]
    fn odd_id_line(&mut self, value: &[u8]) -> Option<Signal> {
        self.keep();
        let too_large = self.decoder.set_id(value);
        self.report(too_large)
    }

    fn comment(&mut self, text: Held) -> Option<Signal> {
        match text {
            Held::Here(place) if self.weigh && place.len() > self.room() => {
                Some(Signal::Other(Other::TooLarge))
            }
            text => Some(Signal::Other(Other::Comment(text))),
        }
    }

    /// What the block may still take.
    fn room(&mut self) -> usize {
        self.keep();
        self.decoder.room()
    }

    /// What data and type of the block may still take: nothing once it has overflowed.
    #[cold]
    fn block_room(&mut self) -> usize {
        if self.decoder.block.has.has(Has::OVERFLOW) {
            return 0;
        }
        self.room()
    }

    #[cold]
    fn overflow(&mut self) -> Option<Signal> {
        self.keep();
        let news = self.decoder.block.overflow();
        self.report(news)
    }

    /// Moves a lone `data` value into the data buffer, since more of it follows.
    #[inline]
    pub(super) fn join_data(&mut self) {
        if let Some(place) = self.here.data.take() {
            self.push_data_line(place);
        }
    }

    #[inline]
    fn push_data_line(&mut self, place: Place) {
        let limit = self.decoder.max_event_bytes();
        self.decoder
            .block
            .push_data_line(place.of(self.chunk), limit);
    }

    /// After something that may have made the block too large.
    #[inline]
    pub(super) fn report(&mut self, too_large: bool) -> Option<Signal> {
        self.weigh |= too_large;
        too_large.then_some(Signal::Other(Other::TooLarge))
    }
}

pub(super) fn retry(digits: Digits) -> Option<Signal> {
    let milliseconds = digits.number()?;
    Some(Signal::Other(Other::Retry(milliseconds)))
}
