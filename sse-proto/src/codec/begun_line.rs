//! The line that an earlier chunk has begun: what is known of it, and how it goes on.

use super::block::{Has, extend, push};
use super::decoder::{Decoder, MAX_ID_BYTES};
use super::field::{Digits, Field};
use super::line::{CR, LF, may_end_a_line};
use super::utf8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BegunLine {
    /// Nothing of it has come.
    Start,
    /// So many bytes of the field's name and its colon have come, and nothing else.
    Name(Field, usize),
    /// So much of the value as has come is in a buffer.
    Value(Field),
}

impl Decoder {
    /// Takes a chunk that gives no item and is nothing out of the ordinary; false if it may be another one.
    ///
    /// For chunks of a few bytes this is nearly all there is to do, and setting up a scan would cost more.
    #[inline(always)]
    pub(super) fn absorb(&mut self, chunk: &[u8]) -> bool {
        match (self.line, chunk) {
            (BegunLine::Value(Field::Data), [byte]) => self.absorb_data_byte(*byte),
            (BegunLine::Value(Field::Data), _) => {
                let fits = chunk.len() <= self.line_limit - self.block.data.len();
                let absorbed = fits && !may_end_a_line(chunk);
                if absorbed {
                    extend(&mut self.block.data, chunk, self.line_limit);
                }
                absorbed
            }
            (_, [byte]) => self.absorb_other_byte(*byte),
            _ => false,
        }
    }

    #[inline]
    fn absorb_data_byte(&mut self, byte: u8) -> bool {
        match byte {
            LF => self.end_data_line(&[]),
            CR => false,
            _ => {
                let fits = self.block.data.len() < self.line_limit;
                if fits {
                    push(&mut self.block.data, byte, self.line_limit);
                }
                fits
            }
        }
    }

    #[inline(always)]
    fn absorb_other_byte(&mut self, byte: u8) -> bool {
        if matches!(byte, CR | LF) {
            return false;
        }
        match self.line {
            BegunLine::Start => self.begin_name(Field::that_starts_with(byte), 1),
            BegunLine::Name(field, seen) if field.name().get(seen) == Some(&byte) => {
                self.begin_name(field, seen + 1);
            }
            BegunLine::Name(field, seen) if seen == field.name().len() && byte == b' ' => {
                self.begin_value(field);
            }
            BegunLine::Value(Field::Event | Field::Id | Field::Comment)
                if self.value.len() < self.line_limit =>
            {
                push(&mut self.value, byte, self.line_limit);
            }
            BegunLine::Value(Field::Unknown) => {}
            _ => return false,
        }
        true
    }

    /// More of the line has come, but not its end; true if it is too large, which is to be reported.
    pub(super) fn extend_line(&mut self, mut piece: &[u8]) -> bool {
        while let Some((&first, rest)) = piece.split_first() {
            match self.line {
                BegunLine::Value(field) => return self.extend_value(field, piece),
                BegunLine::Start => {
                    self.begin_name(Field::that_starts_with(first), 1);
                    piece = rest;
                }
                BegunLine::Name(field, seen) => match field.name().get(seen) {
                    Some(&byte) if byte == first => {
                        self.begin_name(field, seen + 1);
                        piece = rest;
                    }
                    Some(_) => self.line = BegunLine::Value(Field::Unknown),
                    None => {
                        self.begin_value(field);
                        if first == b' ' {
                            piece = rest;
                        }
                    }
                },
            }
        }
        false
    }

    fn begin_name(&mut self, field: Field, seen: usize) {
        self.line = match field {
            Field::Unknown => BegunLine::Value(Field::Unknown),
            field => BegunLine::Name(field, seen),
        };
    }

    /// The field of the line is known; its value is still to come.
    pub(super) fn begin_value(&mut self, field: Field) {
        let passed_over = match field {
            Field::Comment => !self.comments,
            Field::Data | Field::Event => self.block.has.has(Has::OVERFLOW),
            Field::Id | Field::Retry | Field::Unknown => false,
        };
        let field = if passed_over { Field::Unknown } else { field };
        self.line = BegunLine::Value(field);
        self.value.clear();
        self.digits = Digits::default();
        self.line_limit = self.room();
        match field {
            Field::Data => {
                self.block.begin_data();
                self.line_limit += self.block.data.len();
            }
            Field::Id => self.line_limit = self.line_limit.min(MAX_ID_BYTES),
            _ => {}
        }
    }

    /// More of the value has come; true if it is too large, which is to be reported.
    fn extend_value(&mut self, field: Field, piece: &[u8]) -> bool {
        match field {
            Field::Data if piece.len() <= self.line_limit - self.block.data.len() => {
                extend(&mut self.block.data, piece, self.line_limit);
                false
            }
            Field::Event | Field::Id | Field::Comment
                if piece.len() <= self.line_limit - self.value.len() =>
            {
                extend(&mut self.value, piece, self.line_limit);
                false
            }
            Field::Data | Field::Event | Field::Id | Field::Comment => self.no_room(field, piece),
            Field::Retry => {
                self.digits = self.digits.push(piece);
                false
            }
            Field::Unknown => false,
        }
    }

    #[cold]
    fn no_room(&mut self, field: Field, piece: &[u8]) -> bool {
        let news = field == Field::Comment || self.block.overflow();
        // Without the data there may be room for an id.
        let len = self.value.len() + piece.len();
        if field == Field::Id && piece.len() <= self.room() && len <= MAX_ID_BYTES {
            self.value.extend_from_slice(piece);
            self.line_limit = (len + self.room()).min(MAX_ID_BYTES);
        } else {
            self.line = BegunLine::Value(Field::Unknown);
            self.value.clear();
        }
        news
    }

    /// The rest of a `data` line, and its end; false if there is no room for it.
    #[inline]
    pub(super) fn end_data_line(&mut self, rest: &[u8]) -> bool {
        let fits = rest.len() < self.line_limit - self.block.data.len();
        if fits {
            extend(&mut self.block.data, rest, self.line_limit);
            self.block.data.push(LF);
            self.line = BegunLine::Start;
        }
        fits
    }

    /// A whole `id` line; true if the block is too large, which is to be reported.
    ///
    /// A value with NUL is ignored, and the earlier one stays.
    pub(super) fn set_id(&mut self, value: &[u8]) -> bool {
        let id = utf8::text(value);
        let ignored = value.contains(&0);
        let len = if ignored { value.len() } else { id.len() };
        let fits = |this: &Self| len <= this.room().min(MAX_ID_BYTES);
        let news = !fits(self) && self.block.overflow();
        // Without the data there may be room for it.
        if !ignored && fits(self) {
            self.block.set_id(&id);
        }
        news
    }
}
