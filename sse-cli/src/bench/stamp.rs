//! What an event says about itself: its number, and when it was sent.

use std::time::{SystemTime, UNIX_EPOCH};

/// The number of an event and the time of its sending, at the beginning of its data:
/// `{"n":123,"at":1767225600000000,"pad":"…"}`.
///
/// `n` counts the events of one stream without a gap, and `at` is in microseconds since 1970. What
/// follows them is only weight. They are read where they stand literally so, without spaces; other
/// data carries no stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) number: u64,
    pub(crate) at: u64,
}

impl Stamp {
    /// The stamp that the data begins with, `None` if it carries none.
    pub(crate) fn of(data: &[u8]) -> Option<Self> {
        let (number, rest) = digits(data.strip_prefix(b"{\"n\":")?)?;
        let (at, rest) = digits(rest.strip_prefix(b",\"at\":")?)?;
        matches!(rest.first(), Some(b',' | b'}')).then_some(Self { number, at })
    }

    /// Data of that many bytes with this stamp; of a few more where the stamp itself takes more.
    pub(crate) fn to_data(self, size: usize) -> String {
        let Self { number, at } = self;
        let mut data = format!("{{\"n\":{number},\"at\":{at},\"pad\":\"");
        let room = size.saturating_sub(data.len() + "\"}".len());
        data.extend(std::iter::repeat_n('x', room));
        data.push_str("\"}");
        data
    }
}

/// Microseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros() as u64)
}

/// The number at the beginning, and what is behind it.
fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let mut len = 0;
    while let Some(digit) = text.get(len).filter(|byte| byte.is_ascii_digit()) {
        number = number
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
        len += 1;
    }
    (len > 0).then_some((number, &text[len..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        for number in [0, 9, u64::MAX] {
            let stamp = Stamp {
                number,
                at: 1_767_225_600_000_000,
            };
            assert_eq!(Stamp::of(stamp.to_data(100).as_bytes()), Some(stamp));
        }
        let stamp = Stamp { number: 1, at: 2 };
        assert_eq!(stamp.to_data(100).len(), 100);
        assert_eq!(stamp.to_data(0), r#"{"n":1,"at":2,"pad":""}"#);
        assert_eq!(Stamp::of(br#"{"n":1,"at":2}"#), Some(stamp));
    }

    #[test]
    fn other_data_carries_no_stamp() {
        for data in [
            "",
            "{}",
            "hello",
            r#"{"n":1}"#,
            r#"{"n":,"at":2}"#,
            r#"{"n":-1,"at":2}"#,
            r#"{"n":1,"at":2"#,
            r#"{"n":99999999999999999999,"at":2}"#,
            r#"{ "n":1,"at":2}"#,
        ] {
            assert_eq!(Stamp::of(data.as_bytes()), None, "{data}");
        }
    }
}
