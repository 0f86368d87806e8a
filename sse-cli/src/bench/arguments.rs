//! What the command is given.

use std::time::Duration;

use super::ground::Ground;
use super::publisher::Plan;
use super::target::Target;
use crate::error::Error;

/// Subscribe many times to a server, and measure what it delivers
///
/// An event is checked if its data begins with {"n":123,"at":1767225600000000 — a number that counts
/// the events of a stream without a gap, and the time of its sending in microseconds since 1970.
/// Events without them are counted. With --publish it sends such events itself.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The stream, as http://…
    #[arg(value_parser = Target::parse)]
    pub(super) url: Target,

    /// How many subscribers
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1000,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub(super) subscribers: usize,

    /// How long, as in 30s
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub(super) duration: Duration,

    /// How many stop reading when they are connected, as in 10% or 25
    #[arg(long, value_name = "SHARE", value_parser = Share::parse)]
    slow: Option<Share>,

    /// Deal the subscribers out over these topics, as ?stream=…
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_topic)]
    pub(super) topics: Vec<String>,

    /// How many times each subscriber drops its connection and resumes
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(super) reconnects: u32,

    /// POST an event to this URL again and again; its body is the data
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    publish: Option<Target>,

    /// How many events a second are published, all topics together
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "publish",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,

    /// How many of them are published at once
    #[arg(long, value_name = "N", default_value_t = 1, requires = "publish",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    burst: u32,

    /// How many bytes of data each has
    #[arg(long, value_name = "BYTES", default_value_t = 100, requires = "publish",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(..=16 << 20))]
    size: usize,

    /// The server's process, to measure its CPU time and memory (on Linux)
    #[arg(long, value_name = "PID")]
    pub(super) pid: Option<u32>,

    /// Send a header with each request; may be given several times
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    pub(super) headers: Vec<String>,

    /// Print the figures as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

impl Arguments {
    /// How many subscribers stop reading.
    pub(super) fn slow(&self) -> usize {
        self.slow.map_or(0, |share| share.of(self.subscribers))
    }

    /// What is published, `None` if nothing is.
    pub(super) fn publisher(&self, ground: &Ground) -> Result<Option<Plan>, Error> {
        let Some(target) = &self.publish else {
            return Ok(None);
        };
        Ok(Some(Plan {
            address: target.resolve()?,
            heads: ground
                .topics()
                .map(|topic| target.post(topic, &self.headers))
                .collect(),
            duration: self.duration,
            rate: self.rate,
            burst: self.burst,
            size: self.size,
        }))
    }

    pub(super) fn publishes(&self) -> bool {
        self.publish.is_some()
    }
}

/// A part of the subscribers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Share {
    Percent(f64),
    Count(usize),
}

impl Share {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is neither a number of subscribers nor a share, as in 10%");
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Count).map_err(|_| wrong()),
            Some(percent) => match percent.trim().parse() {
                Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Self::Percent(percent)),
                _ => Err(wrong()),
            },
        }
    }

    fn of(self, all: usize) -> usize {
        match self {
            Self::Percent(percent) => (all as f64 * percent / 100.0).round() as usize,
            Self::Count(count) => count.min(all),
        }
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    match humantime::parse_duration(text) {
        Ok(time) if time.is_zero() => Err("it has to last a while".to_owned()),
        Ok(time) if time > LONGEST => Err("that is longer than a day".to_owned()),
        Ok(time) => Ok(time),
        Err(error) => Err(error.to_string()),
    }
}

fn parse_topic(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    match !text.is_empty() && text.bytes().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("a topic is made of letters, digits and -._~:/ here".to_owned()),
    }
}

fn parse_header(text: &str) -> Result<String, String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header is written as 'Name: value'")?;
    let (name, value) = (name.trim(), value.trim());
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("{name:?} cannot be the name of a header"));
    }
    if value.chars().any(|char| char.is_control() && char != '\t') {
        return Err("a header's value cannot contain control characters".to_owned());
    }
    Ok(format!("{name}: {value}\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_or_a_part_of_all() {
        let of_200 = |text| Share::parse(text).map(|share| share.of(200));
        assert_eq!(of_200("10%"), Ok(20));
        assert_eq!(of_200("0.5%"), Ok(1));
        assert_eq!(of_200("100 %"), Ok(200));
        assert_eq!(of_200("7"), Ok(7));
        assert_eq!(of_200("700"), Ok(200));
        for text in ["", "%", "-1", "101%", "NaN%", "ten"] {
            assert!(of_200(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_could_forge_a_request_is_refused() {
        assert_eq!(parse_header("X-A:b "), Ok("X-A: b\r\n".to_owned()));
        for text in ["no colon", ": x", "a b: c", "a: b\r\nc: d"] {
            assert!(parse_header(text).is_err(), "{text}");
        }
        for text in ["", "a b", "a&b", "a\r\n"] {
            assert!(parse_topic(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_lasts_a_while_and_not_for_ever() {
        assert_eq!(parse_duration("1m"), Ok(Duration::from_secs(60)));
        for text in ["0s", "2days", "soon"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
