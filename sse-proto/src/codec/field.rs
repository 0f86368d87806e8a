//! What a line says: which field, and where its value begins.

/// The fields that mean something, and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Data,
    Event,
    Id,
    Retry,
    Comment,
    /// A field name the standard does not know: the line is ignored.
    Unknown,
}

impl Field {
    const KNOWN: [Self; 5] = [
        Self::Data,
        Self::Event,
        Self::Id,
        Self::Retry,
        Self::Comment,
    ];

    /// The name with its colon, since a line may also be a bare name.
    pub(crate) fn name(self) -> &'static [u8] {
        match self {
            Self::Data => b"data:",
            Self::Event => b"event:",
            Self::Id => b"id:",
            Self::Retry => b"retry:",
            Self::Comment => b":",
            Self::Unknown => b"",
        }
    }

    /// The only field that a line with this first byte can be.
    #[inline]
    pub(crate) fn that_starts_with(byte: u8) -> Self {
        match byte {
            b'd' => Self::Data,
            b'e' => Self::Event,
            b'i' => Self::Id,
            b'r' => Self::Retry,
            b':' => Self::Comment,
            _ => Self::Unknown,
        }
    }
}

/// The field of a line by its first eight bytes, if it is written in the way that nearly all are; and where its
/// value begins. No name contains a line end, so what matches lies in one line.
#[inline]
pub(crate) fn of_head(head: [u8; 8]) -> Option<(Field, usize)> {
    let head = u64::from_le_bytes(head);
    let starts_with = |name: &[u8; 8], len: usize| {
        let mask = u64::MAX >> (64 - 8 * len);
        head & mask == u64::from_le_bytes(*name)
    };
    if starts_with(b"data: \0\0", 6) {
        Some((Field::Data, 6))
    } else if starts_with(b"event: \0", 7) {
        Some((Field::Event, 7))
    } else if starts_with(b"id: \0\0\0\0", 4) {
        Some((Field::Id, 4))
    } else if starts_with(b"retry: \0", 7) {
        Some((Field::Retry, 7))
    } else if starts_with(b": \0\0\0\0\0\0", 2) {
        Some((Field::Comment, 2))
    } else {
        None
    }
}

/// The field of a whole line that is not empty, and where its value begins.
pub(crate) fn of_line(line: &[u8]) -> (Field, usize) {
    for field in Field::KNOWN {
        let name = field.name();
        if let Some(value) = line.strip_prefix(name) {
            let space = usize::from(value.first() == Some(&b' '));
            return (field, name.len() + space);
        }
        if line == &name[..name.len() - 1] {
            return (field, line.len());
        }
    }
    (Field::Unknown, line.len())
}

/// An id that can be left in the chunk: ASCII without NUL, and short, since it may be validated anew for each event.
#[inline]
pub(crate) fn is_plain(id: &[u8]) -> bool {
    const SHORT: usize = 64;
    let seen = id
        .iter()
        .fold(0, |seen, byte| seen | byte | byte.wrapping_sub(1));
    id.len() <= SHORT && seen < 0x80
}

/// The value of a `retry` line, digit by digit: milliseconds, saturating.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Digits {
    #[default]
    None,
    Number(u64),
    /// Something that is not an ASCII digit was among them.
    Invalid,
}

impl Digits {
    pub(crate) fn push(self, text: &[u8]) -> Self {
        let mut number = match self {
            Self::None => 0u64,
            Self::Number(number) => number,
            Self::Invalid => return self,
        };
        for byte in text {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return Self::Invalid;
            }
            number = number.saturating_mul(10).saturating_add(digit.into());
        }
        if text.is_empty() {
            self
        } else {
            Self::Number(number)
        }
    }

    pub(crate) fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::None | Self::Invalid => None,
        }
    }
}
