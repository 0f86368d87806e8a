//! `Retry-After`: seconds, or a date beside the response's own `Date`, so that no clock is needed.

use core::time::Duration;

use crate::headers::Headers;

/// How long the server asks to wait; `None` if it does not say, or not in a way that can be understood.
pub(super) fn of(headers: &Headers) -> Option<Duration> {
    let value = headers.get("retry-after")?.trim_ascii();
    if let Some(seconds) = number(value) {
        return Some(Duration::from_secs(seconds));
    }
    let then = http_date(value)?;
    let now = http_date(headers.get("date")?.trim_ascii())?;
    Some(Duration::from_secs(then.saturating_sub(now)))
}

/// Digits alone; what is too large for the type is its largest value.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0_u64, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    }))
}

/// The seconds from 1 March of the year 0 to a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that
/// servers send.
fn http_date(text: &[u8]) -> Option<u64> {
    const MONTHS: [&[u8]; 12] = [
        b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec", b"Jan",
        b"Feb",
    ];
    let (_weekday, rest) = text.split_at_checked(5)?;
    let shape = rest.len() == 24 && rest.ends_with(b" GMT") && rest[14] == b':' && rest[17] == b':';
    if !shape {
        return None;
    }
    let day = number(&rest[..2])?;
    // Years begin in March, so that a leap day is the last of its year.
    let month = MONTHS.iter().position(|month| *month == &rest[3..6])?;
    let month = u64::try_from(month).ok()?;
    let year = number(&rest[7..11])?.checked_sub(u64::from(month >= 10))?;
    let (hour, minute, second) = (
        number(&rest[12..14])?,
        number(&rest[15..17])?,
        number(&rest[18..20])?,
    );
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let headers = headers.iter().copied().collect();
        of(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_taken_as_they_are() {
        assert_eq!(wait(&[("Retry-After", " 120 ")]), Some(120));
        assert_eq!(
            wait(&[("Retry-After", "99999999999999999999")]),
            Some(u64::MAX)
        );
    }

    #[test]
    fn a_date_is_measured_from_the_date_of_the_response() {
        for (date, later, seconds) in [
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:50:00 GMT",
                23,
            ),
            (
                "Sat, 31 Dec 1994 23:59:59 GMT",
                "Sun, 01 Jan 1995 00:00:00 GMT",
                1,
            ),
            (
                "Wed, 28 Feb 2024 00:00:00 GMT",
                "Fri, 01 Mar 2024 00:00:00 GMT",
                2 * 86_400,
            ),
            (
                "Tue, 28 Feb 2023 00:00:00 GMT",
                "Wed, 01 Mar 2023 00:00:00 GMT",
                86_400,
            ),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:00 GMT",
                0,
            ),
        ] {
            assert_eq!(
                wait(&[("Date", date), ("Retry-After", later)]),
                Some(seconds),
                "{later}"
            );
        }
    }

    #[test]
    fn what_is_neither_is_ignored() {
        for value in [
            "",
            "-1",
            "1.5",
            "soon",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 94 08:49:37 GMT",
        ] {
            let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
            assert_eq!(wait(&[date, ("Retry-After", value)]), None, "{value:?}");
        }
        assert_eq!(
            wait(&[("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")]),
            None
        );
        assert_eq!(wait(&[]), None);
    }
}
