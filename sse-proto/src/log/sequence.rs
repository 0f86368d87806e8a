//! Where an event stands in the log: the number that orders it, and the id that clients send back.

use core::error::Error;
use core::fmt;
use core::str::FromStr;

/// The place of an event in the order of a hub: an epoch, and a number within it.
///
/// A log that counts by itself puts its own [epoch](super::Ids::Automatic) in front, so that an id of an earlier
/// process is known to be one. A log of record outside, such as a Redis stream, gives both: there they are
/// milliseconds and a number within one of them. Either way the later event is the greater, and its text,
/// `epoch-number`, is the id that clients see.
///
/// ```
/// use sse_proto::log::Sequence;
///
/// let sequence: Sequence = "1700000000000-7".parse()?;
/// assert_eq!(sequence, Sequence::new(1_700_000_000_000, 7));
/// assert!(sequence < Sequence::new(1_700_000_000_001, 0));
/// assert!("1700000000000-07".parse::<Sequence>().is_err(), "it has one way to be written");
/// # Ok::<(), sse_proto::log::InvalidSequence>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence {
    epoch: u64,
    number: u64,
}

impl Sequence {
    /// Before every event.
    pub const MIN: Self = Self::new(0, 0);

    /// How long the longest text is, in bytes.
    pub(super) const MAX_TEXT: usize = 41;

    /// The place with this number in this epoch.
    #[must_use]
    pub const fn new(epoch: u64, number: u64) -> Self {
        Self { epoch, number }
    }

    /// The epoch: what comes first in the order.
    #[must_use]
    pub const fn epoch(self) -> u64 {
        self.epoch
    }

    /// The number within the epoch.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }

    /// The next place in the same epoch. An epoch of 2⁶⁴ events does not end in anybody's lifetime.
    pub(super) fn next(self) -> Self {
        Self::new(self.epoch, self.number.saturating_add(1))
    }

    /// Writes the text so that it ends where `buffer` ends, and says where it starts.
    pub(super) fn write_at_end(self, buffer: &mut [u8]) -> usize {
        let start = write_decimal_at_end(self.number, buffer);
        let start = start - 1;
        buffer[start] = b'-';
        write_decimal_at_end(self.epoch, &mut buffer[..start])
    }
}

fn write_decimal_at_end(mut number: u64, buffer: &mut [u8]) -> usize {
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return start;
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.number)
    }
}

impl FromStr for Sequence {
    type Err = InvalidSequence;

    fn from_str(text: &str) -> Result<Self, InvalidSequence> {
        let (epoch, number) = text.split_once('-').ok_or(InvalidSequence)?;
        Ok(Self::new(canonical(epoch)?, canonical(number)?))
    }
}

/// A number without a sign and without zeros in front.
fn canonical(digits: &str) -> Result<u64, InvalidSequence> {
    let starts_well = match digits.as_bytes() {
        [b'0'] => true,
        [first, ..] => matches!(first, b'1'..=b'9'),
        [] => false,
    };
    if !starts_well {
        return Err(InvalidSequence);
    }
    digits.parse().map_err(|_| InvalidSequence)
}

/// Text that is not a [`Sequence`]: two numbers of 64 bits, written as `epoch-number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSequence;

impl fmt::Display for InvalidSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not two numbers written as `epoch-number`")
    }
}

impl Error for InvalidSequence {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn the_text_at_the_end_of_a_buffer_is_the_displayed_one() {
        for (epoch, number) in [
            (0, 0),
            (1, 10),
            (9, u64::MAX),
            (u64::MAX, u64::MAX),
            (u64::MAX, 0),
        ] {
            let sequence = Sequence::new(epoch, number);
            let mut buffer = [b'x'; Sequence::MAX_TEXT + 2];
            let start = sequence.write_at_end(&mut buffer);
            let text = core::str::from_utf8(&buffer[start..]).expect("digits");
            assert_eq!(text, sequence.to_string());
            assert_eq!(text.parse(), Ok(sequence));
        }
    }

    #[test]
    fn only_what_it_would_write_itself_is_parsed() {
        for text in [
            "",
            "-",
            "1",
            "1-",
            "-1",
            "1-2-3",
            "+1-2",
            "1-+2",
            "01-2",
            "1-02",
            "1-00",
            " 1-2",
            "1-2 ",
            "1 -2",
            "a-2",
            "1-18446744073709551616",
            "18446744073709551616-1",
            "1-\u{0662}",
        ] {
            assert_eq!(text.parse::<Sequence>(), Err(InvalidSequence), "{text:?}");
        }
    }
}
