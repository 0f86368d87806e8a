//! Streams, cuts and events to try a codec on.
//!
//! Streams come in two families. [`byte_soup`] knows bytes and words but no order: it finds what no one
//! thought of. [`shaped_lines`] writes lines that a server might send, and their near misses: it
//! gets far into blocks that soup hardly ever completes.

use std::fmt;
use std::ops::Deref;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

/// The settings of a property: 512 cases, the same ones at each run.
///
/// `PROPTEST_CASES` and `PROPTEST_RNG_SEED` in the environment ask for more, and for others.
pub fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 512;
    }
    if let RngSeed::Random = config.rng_seed {
        config.rng_seed = RngSeed::Fixed(0x5EED);
    }
    config
}

/// A stream, or a piece of one; a test that fails shows it as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Stream(pub Vec<u8>);

impl Deref for Stream {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// UTF-8 that is broken off, too long, out of range, or no UTF-8 at all.
const INVALID: [&[u8]; 13] = [
    b"\x80",
    b"\xC0\x80",
    b"\xC3",
    b"\xE2\x82",
    b"\xE0\x9F\xBF",
    b"\xED\xA0\x80",
    b"\xEF\xBB",
    b"\xEF",
    b"\xF0\x9F\x98",
    b"\xF0\x80\x80\x80",
    b"\xF4\x90\x80\x80",
    b"\xF8\x88\x80\x80\x80",
    b"\xFF",
];

/// Words that mean something somewhere in a stream.
const WORDS: [&[u8]; 12] = [
    b"data", b"data:", b"data: ", b"event", b"event: ", b"id", b"id:", b"id: ", b"retry:",
    b"retry: ", b"\n\n", b"\r\n",
];

/// Characters of several bytes, among them all that some other format takes for a line end.
const FOREIGN: [&str; 8] = [
    "é",
    "漢字",
    "😀",
    "\u{85}\u{B}",
    "\u{2028}",
    "\u{FEFF}",
    "\u{FFFD}",
    "\u{10FFFF}",
];

/// Any bytes, with a leaning towards those that a decoder looks at.
pub fn byte_soup() -> impl Strategy<Value = Stream> {
    let byte = select(b"\r\n\r\n:: \0\xEF\xBB\xBF\xC0\x80dataeventidretry0159+-".as_slice());
    let piece = prop_oneof![
        6 => byte.prop_map(|byte| vec![byte]),
        5 => select(&[b"\n", b"\r"][..]).prop_map(|line_end| line_end.to_vec()),
        6 => select(&WORDS[..]).prop_map(<[u8]>::to_vec),
        2 => select(&INVALID[..]).prop_map(<[u8]>::to_vec),
        1 => Just(BYTE_ORDER_MARK.to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    (byte_order_mark(), vec(piece, 0..60))
        .prop_map(|(mark, pieces)| Stream([mark, pieces.concat()].concat()))
}

/// Lines that a server might send, and lines that it only just would not.
pub fn shaped_lines() -> impl Strategy<Value = Stream> {
    let line = prop_oneof![
        70 => field_line(),
        10 => retry_line(),
        40 => Just(Vec::new()),
        1 => long_line(),
    ];
    let line_end = prop_oneof![3 => Just("\n"), 2 => Just("\r\n"), 2 => Just("\r")];
    let terminated = (line, line_end).prop_map(|(line, line_end)| [line, line_end.into()].concat());
    let cut_off = option::of(field_line()).prop_map(Option::unwrap_or_default);
    (byte_order_mark(), vec(terminated, 0..24), cut_off)
        .prop_map(|(mark, lines, cut_off)| Stream([mark, lines.concat(), cut_off].concat()))
}

/// Both families.
pub fn streams() -> impl Strategy<Value = Stream> {
    prop_oneof![byte_soup(), shaped_lines()]
}

fn byte_order_mark() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => Just(Vec::new()),
        2 => Just(BYTE_ORDER_MARK.to_vec()),
        1 => Just(BYTE_ORDER_MARK.repeat(2)),
        1 => Just(BYTE_ORDER_MARK[..2].to_vec()),
    ]
}

fn field_line() -> impl Strategy<Value = Vec<u8>> {
    let near_miss = select(
        &[
            "Data",
            "dataa",
            "dat",
            "data ",
            " data",
            "\u{FEFF}data",
            "EVENT",
            "event\0",
            "idd",
            "i",
            "Retry",
            "retr",
        ][..],
    );
    let field = prop_oneof![
        8 => Just("data"),
        4 => Just("event"),
        5 => Just("id"),
        5 => Just("retry"),
        3 => Just(""),
        3 => near_miss,
    ];
    let separator = prop_oneof![
        6 => Just(": "),
        4 => Just(":"),
        2 => Just(""),
        1 => Just(":  "),
        1 => Just(" :"),
        1 => Just(":\t"),
        1 => Just("::"),
    ];
    (field, separator, value()).prop_map(|(field, separator, value)| {
        [field.as_bytes(), separator.as_bytes(), &value].concat()
    })
}

/// Long enough that a decoder takes the ways it has for large chunks.
fn long_line() -> impl Strategy<Value = Vec<u8>> {
    (select(&["data: ", "id:", ": "][..]), 1000..1500_usize).prop_map(|(head, length)| {
        let text = "0123456789 abc: é 漢字 😀 ".as_bytes();
        let value = text.iter().copied().cycle().take(length);
        head.bytes().chain(value).collect()
    })
}

fn retry_line() -> impl Strategy<Value = Vec<u8>> {
    let head = select(&["retry: ", "retry:"][..]);
    (head, number()).prop_map(|(head, number)| [head, &number].concat().into_bytes())
}

/// Numbers, and what only just is none.
fn number() -> impl Strategy<Value = String> {
    let near_misses = ["+1", "-1", "1.5", "1e3", "1 ", "0x1", "\u{661}", "1\0"];
    let too_great = ["18446744073709551616", "184467440737095516150"];
    prop_oneof![
        4 => any::<u16>().prop_map(|number| number.to_string()),
        3 => select(near_misses.map(str::to_owned).to_vec()),
        1 => select(too_great.map(str::to_owned).to_vec()),
        1 => Just(u64::MAX.to_string()),
        1 => Just("007".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let long = (1..150_usize).prop_map(|length| "0123456789abcdef".repeat(10)[..length].to_owned());
    let text = prop_oneof![
        6 => "[a-c: ]{0,5}",
        3 => number(),
        2 => select(FOREIGN.map(str::to_owned).to_vec()),
        1 => Just("\0".to_owned()),
        1 => Just("data: ".to_owned()),
        1 => long,
    ];
    let piece = prop_oneof![
        14 => text.prop_map(String::into_bytes),
        2 => select(&INVALID[..]).prop_map(<[u8]>::to_vec),
    ];
    prop_oneof![
        2 => Just(Vec::new()),
        5 => piece.clone(),
        2 => vec(piece, 2..5).prop_map(|pieces| pieces.concat()),
    ]
}

/// Where a stream of any length is cut into chunks.
#[derive(Debug, Clone)]
pub enum Cuts {
    /// The stream in one chunk.
    Nowhere,
    /// A chunk for each byte.
    Everywhere,
    /// At these places; a place that comes twice makes an empty chunk.
    At(Vec<Index>),
}

impl Cuts {
    /// Cuts a stream; the chunks put together are the stream.
    pub fn chunks<'a>(&self, stream: &'a [u8]) -> Vec<&'a [u8]> {
        match self {
            Self::Nowhere => vec![stream],
            Self::Everywhere => stream.chunks(1).collect(),
            Self::At(places) => {
                let mut places: Vec<usize> = places
                    .iter()
                    .map(|place| place.index(stream.len() + 1))
                    .collect();
                places.sort_unstable();
                let ends = places.iter().copied().chain([stream.len()]);
                let starts = [0].into_iter().chain(places.iter().copied());
                starts
                    .zip(ends)
                    .map(|(start, end)| &stream[start..end])
                    .collect()
            }
        }
    }
}

/// Few cuts and many, and now and then none or all.
pub fn cuts() -> impl Strategy<Value = Cuts> {
    prop_oneof![
        1 => Just(Cuts::Nowhere),
        2 => Just(Cuts::Everywhere),
        4 => vec(any::<Index>(), 1..4).prop_map(Cuts::At),
        3 => vec(any::<Index>(), 4..30).prop_map(Cuts::At),
    ]
}

/// The parts of an event to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventParts {
    /// Of one line, without NUL; may be empty.
    pub event_type: Option<String>,
    /// Of one line, without NUL; may be empty.
    pub id: Option<String>,
    /// Milliseconds.
    pub retry: Option<u64>,
    /// Any text.
    pub comment: Option<String>,
    /// Any text.
    pub data: Option<String>,
}

/// Events with any of their parts, of the texts that an encoder could stumble on.
pub fn events() -> impl Strategy<Value = EventParts> {
    let retry = prop_oneof![3 => 0..100_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)];
    (
        option::of(one_line()),
        option::of(one_line()),
        option::of(retry),
        option::of(any_text()),
        option::weighted(0.8, any_text()),
    )
        .prop_map(|(event_type, id, retry, comment, data)| EventParts {
            event_type,
            id,
            retry,
            comment,
            data,
        })
}

/// Text with line ends of all kinds, and with what would be fields if it were let through.
pub fn any_text() -> impl Strategy<Value = String> {
    let line_end = select(&["\n", "\r", "\r\n", "\n\n"][..]).prop_map(str::to_owned);
    let field = select(&["data: x", "id: 1", "event: e", "retry: 1", ": c", "\0"][..])
        .prop_map(str::to_owned);
    let piece = prop_oneof![3 => one_line(), 3 => line_end, 1 => field];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Text without line ends and NUL, as an ID and a type must be.
pub fn one_line() -> impl Strategy<Value = String> {
    let edges = ["", " ", "  x", ":", "message"];
    let long = (20..200_usize).prop_map(|length| "0123456789".repeat(20)[..length].to_owned());
    prop_oneof![
        4 => "[a-z0-9: ]{0,12}",
        1 => select(edges.map(str::to_owned).to_vec()),
        1 => select(FOREIGN.map(str::to_owned).to_vec()),
        1 => "[^\r\n\0]{0,6}",
        1 => long,
    ]
}
