//! What straddles chunks: how a scan leaves its chunk, and how the next one goes on.

use core::mem;

use super::begun_line::BegunLine;
use super::field::{self, Field};
use super::scan::{Held, Other, Scan, Signal, retry};
use super::utf8;

impl Scan<'_, '_> {
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
    pub(super) fn pause(&mut self) -> Option<Signal> {
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
    pub(super) fn resume(&mut self) -> Option<Signal> {
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
}
