//! Times as they are written on the command line.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A time such as 500ms, 5s or 1m: neither none at all, nor one that never passes.
pub(crate) fn parse_time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if !(SHORTEST..=LONGEST).contains(&time) {
        return Err("it must be from 1ms to 24h".to_owned());
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_a_unit() {
        assert_eq!(parse_time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_time("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_time("1m"), Ok(Duration::from_secs(60)));
    }

    #[test]
    fn a_time_that_would_spin_or_never_end_is_refused() {
        for text in ["0s", "1us", "25h", "9999999999y", "5", "-5s", "soon", ""] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}
