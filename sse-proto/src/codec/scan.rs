//! One chunk on its way through a decoder: lines to fields, fields to signals.

use core::mem;

use super::begun_line::BegunLine;
use super::block::Has;
use super::decoder::Decoder;
use super::field::{self, Digits, Field};
use super::line::{CR, LF, LineEnds};
use super::place::Place;
use super::utf8;

/// Where a value stands: in the chunk, or in a buffer of the decoder.
#[derive(Clone, Copy)]
pub(super) enum Held {
    Here(Place),
    Kept,
}

impl Held {
    pub(super) fn place(self) -> Option<Place> {
        match self {
            Self::Here(place) => Some(place),
            Self::Kept => None,
        }
    }
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
    data: Option<Place>,
    event_type: Option<Place>,
    /// The last event ID buffer: ASCII without NUL.
    id: Option<Place>,
    /// The last event ID, as of the last blank line.
    pub(super) last_event_id: Option<Place>,
}

pub(super) struct Scan<'d, 'c> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) chunk: &'c [u8],
    pub(super) here: Here,
    /// Where the line at hand begins.
    pub(super) at: usize,
    ends: LineEnds<'c>,
    /// The limit may be reached in this chunk: each line is weighed.
    weigh: bool,
    /// Where the last event ended that was dispatched from the data buffer, 0 for none.
    end_of_joined: usize,
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
    fn pass(&mut self, end: usize, byte: u8) {
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
    fn join_data(&mut self) {
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

    /// Moves what stands in this chunk into the decoder's buffers.
    pub(super) fn keep(&mut self) {
        self.join_data();
        let block = &mut self.decoder.block;
        if let Some(place) = self.here.event_type.take() {
            block.set_type(place.of(self.chunk));
        }
        if let Some(place) = self.here.id.take() {
            block.set_id(&utf8::text(place.of(self.chunk)));
        }
        if let Some(place) = self.here.last_event_id.take() {
            let id = utf8::text(place.of(self.chunk));
            block.last_event_id.clear();
            block.last_event_id.push_str(&id);
        }
    }

    /// The chunk's last line has no end: what is known of it is kept for the next chunk.
    #[inline(never)]
    fn pause(&mut self) -> Option<Signal> {
        self.keep();
        // A stream of huge events keeps its buffer from one to the next.
        let just_used = self.end_of_joined == self.at && self.decoder.block.is_huge();
        self.decoder.trim(just_used);
        let piece = &self.chunk[self.at..];
        self.at = self.chunk.len();
        if piece.is_empty() {
            return None;
        }
        let known = piece.first_chunk().and_then(|head| field::of_head(*head));
        let too_large = match known {
            Some((field, value)) => {
                self.decoder.begin_value(field);
                self.decoder.extend_line(&piece[value..])
            }
            None => self.decoder.extend_line(piece),
        };
        self.report(too_large)
    }

    /// Goes on with the line that an earlier chunk has begun.
    #[inline(never)]
    fn resume(&mut self) -> Option<Signal> {
        let Some((end, byte)) = self.ends.next(self.at) else {
            let piece = &self.chunk[self.at..];
            self.at = self.chunk.len();
            let too_large = self.decoder.extend_line(piece);
            return self.report(too_large);
        };
        let piece = &self.chunk[self.at..end];
        self.pass(end, byte);
        let is_data = self.decoder.line == BegunLine::Value(Field::Data);
        if is_data && self.decoder.end_data_line(piece) {
            return None;
        }
        let too_large = self.decoder.extend_line(piece);
        let signal = self.report(too_large);
        let ended = self.end_begun_line();
        signal.or(ended)
    }

    fn end_begun_line(&mut self) -> Option<Signal> {
        // A bare name is a field with an empty value.
        if let BegunLine::Name(field, seen) = self.decoder.line {
            let whole = seen + 1 >= field.name().len();
            self.decoder
                .begin_value(if whole { field } else { Field::Unknown });
        }
        if self.decoder.line == BegunLine::Value(Field::Data) {
            let too_large = !self.decoder.end_data_line(&[]) && self.decoder.block.overflow();
            self.decoder.line = BegunLine::Start;
            return self.report(too_large);
        }
        match mem::replace(&mut self.decoder.line, BegunLine::Start) {
            BegunLine::Value(Field::Event) => {
                self.decoder.block.set_type(&self.decoder.value);
                None
            }
            BegunLine::Value(Field::Id) => {
                let value = mem::take(&mut self.decoder.value);
                let too_large = self.decoder.set_id(&value);
                self.decoder.value = value;
                self.report(too_large)
            }
            BegunLine::Value(Field::Comment) => Some(Signal::Other(Other::Comment(Held::Kept))),
            BegunLine::Value(Field::Retry) => retry(self.decoder.digits),
            BegunLine::Value(Field::Data | Field::Unknown)
            | BegunLine::Name(..)
            | BegunLine::Start => None,
        }
    }

    /// After something that may have made the block too large.
    #[inline]
    fn report(&mut self, too_large: bool) -> Option<Signal> {
        self.weigh |= too_large;
        too_large.then_some(Signal::Other(Other::TooLarge))
    }
}

fn retry(digits: Digits) -> Option<Signal> {
    let milliseconds = digits.number()?;
    Some(Signal::Other(Other::Retry(milliseconds)))
}
