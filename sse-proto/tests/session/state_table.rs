//! Every cell of the table of states and inputs.

use bytes::Bytes;
use sse_proto::log::{self, Encoded, History, Ids, Log, Sequence, Stale};
use sse_proto::session::{Config, LagPolicy, Page, Transmit, Verdict};
use sse_proto::{Event, Instant};

use crate::support::{SECOND, Stream, config};
use Place::{Ahead, Ended, Farewell, Leaving, Live, Paging, Replaying};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Paging,
    Ahead,
    Replaying,
    Live,
    Leaving,
    Farewell,
    Ended,
}

const PLACES: [Place; 7] = [Paging, Ahead, Replaying, Live, Leaving, Farewell, Ended];

#[derive(Clone, Copy, Debug)]
enum Input {
    Nothing,
    Events,
    /// Enough to lose some of those that the session waits for.
    Lag,
    Gone,
    Page,
    LastPage,
    StalePage,
    Accept,
    Reject,
    /// A verdict that nobody asked for.
    Unasked,
    Silence,
    Question,
    NoAnswer,
    NoProgress,
    Age,
    Kick,
    Drain,
    Disconnected,
}

/// Where an input leads, and what is put out, one word each, until there is no more.
type Cell = (Place, &'static str);

#[rustfmt::skip]
const TABLE: [(Input, [Cell; 7]); 18] = [
    //                      Paging                          Ahead                      Replaying                           Live                       Leaving                    Farewell             Ended
    (Input::Nothing,       [(Paging, ""),                   (Ahead, ""),               (Live, ""),                         (Live, ""),                (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Events,        [(Paging, ""),                   (Live, "Events"),          (Live, "Events"),                   (Live, "Events"),          (Ended, "Events Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Lag,           [(Paging, ""),                   (Paging, "Page"),          (Ended, "Farewell End"),            (Ended, "Farewell End"),   (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Gone,          [(Paging, ""),                   (Ahead, ""),               (Ended, "Farewell End"),            (Ended, "Farewell End"),   (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Page,          [(Paging, "Events Page"),        (Ahead, ""),               (Live, ""),                         (Live, ""),                (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::LastPage,      [(Live, "Events Events"),               (Ahead, ""),               (Live, ""),                         (Live, ""),                (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::StalePage,     [(Live, "Reset"),                (Ahead, ""),               (Live, ""),                         (Live, ""),                (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Accept,        [(Paging, "Ask"),                (Ahead, "Ask"),            (Live, "Ask"),                      (Live, "Ask"),             (Ended, "Ask Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Reject,        [(Ended, "Ask Farewell End"),    (Ended, "Ask Farewell End"), (Ended, "Ask Farewell End"),      (Ended, "Ask Farewell End"), (Ended, "Ask Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Unasked,       [(Paging, ""),                   (Ahead, ""),               (Live, ""),                         (Live, ""),                (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Silence,       [(Paging, "Beat"),               (Ahead, "Beat"),           (Live, "Beat"),                     (Live, "Beat"),            (Ended, "Beat Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Question,      [(Paging, "Ask"),                (Ahead, "Ask"),            (Live, "Ask"),                      (Live, "Ask"),             (Ended, "Ask Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::NoAnswer,      [(Ended, "Ask Farewell End"),    (Ended, "Ask Farewell End"), (Ended, "Ask Farewell End"),      (Ended, "Ask Farewell End"), (Ended, "Ask Farewell End"), (Ended, "Farewell End"), (Ended, "End")]),
    (Input::NoProgress,    [(Ended, "End"),                 (Ended, "End"),            (Ended, "End"),                     (Ended, "End"),            (Ended, "End"),            (Ended, "End"),      (Ended, "End")]),
    (Input::Age,           [(Ended, "Farewell End"),        (Ended, "Farewell End"),   (Ended, "Farewell End"),            (Ended, "Farewell End"),   (Ended, "End"),            (Ended, "End"),      (Ended, "End")]),
    (Input::Kick,          [(Ended, "Farewell End"),        (Ended, "Farewell End"),   (Ended, "Farewell End"),            (Ended, "Farewell End"),   (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Drain,         [(Ended, "Farewell End"),        (Ended, "Farewell End"),   (Ended, "Farewell End"),            (Ended, "Farewell End"),   (Ended, "Farewell End"),   (Ended, "Farewell End"), (Ended, "End")]),
    (Input::Disconnected,  [(Ended, "End"),                 (Ended, "End"),            (Ended, "End"),                     (Ended, "End"),            (Ended, "End"),            (Ended, "End"),      (Ended, "End")]),
];

/// The log keeps three events, and one of record has those before it.
fn place(number: u64) -> Sequence {
    Sequence::new(9, number)
}

fn feed(stream: &mut Stream, events: u64) {
    for _ in 0..events {
        let event = Encoded::new(&Event::new("x"));
        let next = place(stream.log.newest().number() + 1);
        stream
            .log
            .append_at("a", event, next, stream.now)
            .expect("it is appended");
    }
}

/// A question comes long before an age, and that before anything else; a test that is not about one of them does not
/// get there.
fn settings(input: Input) -> Config {
    let config = config().paged(true).heartbeat(None).write_deadline(None);
    match input {
        Input::Silence => config.heartbeat(Some(2 * SECOND)),
        Input::NoProgress => config.write_deadline(Some(2 * SECOND)),
        Input::Accept | Input::Reject | Input::Question | Input::NoAnswer => {
            config.reauthorise(Some(2 * SECOND))
        }
        Input::Age => config.max_age(Some(2 * SECOND)),
        _ => config,
    }
}

fn stream_in(to: Place, config: Config) -> Stream {
    let ids = Ids::Given { newest: place(10) };
    let mut log = Log::new(log::Config::new(ids).history(History::new().events(3)));
    log.append_at(
        "a",
        Encoded::new(&Event::new("x")),
        place(11),
        Instant::default(),
    )
    .expect("it is appended");
    let id = match to {
        Paging => Some("9-2"),
        Ahead => Some("9-13"),
        Replaying => Some("9-11"),
        _ => None,
    };
    let mut stream = Stream::begin(config, log, id).expect("there is a stream");
    match to {
        Paging => assert_eq!(stream.poll(), Transmit::Page(place(2))),
        Ahead => {
            assert_eq!(stream.poll(), Transmit::Page(place(13)));
            hand_in(&mut stream, Ok(Page::default()));
        }
        Leaving => stream.session.drain(stream.now, 9 * SECOND),
        Farewell => stream.session.kick(stream.now),
        Ended => stream.session.disconnected(),
        Replaying | Live => {}
    }
    assert_eq!(place_of(&stream), to);
    stream
}

fn place_of(stream: &Stream) -> Place {
    let shown = format!("{:?}", stream.session);
    let found = PLACES
        .into_iter()
        .find(|place| shown.contains(&format!("state: {place:?},")));
    found.expect("a state is shown")
}

fn hand_in(stream: &mut Stream, page: Result<Page, Stale>) {
    stream
        .session
        .handle_page(stream.now, page, &mut stream.log);
}

fn page(through: u64) -> Page {
    let block = Bytes::from(format!("id: 9-{through}\ndata: x\n\n"));
    Page {
        events: vec![(place(through), block)],
        through: Some(place(through)),
    }
}

impl Input {
    /// Gives it, and says what was put out on the way.
    fn give(self, stream: &mut Stream) -> String {
        let later = stream.now + 2 * SECOND;
        match self {
            Self::Nothing => {}
            Self::Events => feed(stream, 3),
            Self::Lag => feed(stream, 9),
            Self::Gone => assert!(stream.log.remove("a")),
            Self::Page => hand_in(stream, Ok(page(5))),
            Self::LastPage => hand_in(stream, Ok(page(10))),
            Self::StalePage => hand_in(stream, Err(Stale::Evicted)),
            Self::Accept | Self::Reject => {
                stream.session.handle_timeout(later);
                let asked = first(stream);
                let verdict = if matches!(self, Self::Accept) {
                    Verdict::Accept
                } else {
                    Verdict::Reject
                };
                stream.session.handle_verdict(later, verdict);
                return asked;
            }
            Self::Unasked => stream.session.handle_verdict(stream.now, Verdict::Reject),
            Self::Silence | Self::Question => stream.session.handle_timeout(later),
            Self::NoAnswer => {
                stream.session.handle_timeout(later);
                let asked = first(stream);
                stream.session.handle_timeout(later + 2 * SECOND);
                return asked;
            }
            Self::NoProgress => {
                stream.session.greet(&Event::new("not written"));
                stream.session.handle_timeout(later);
            }
            // A grace period of nine seconds, or five for a farewell, counts as an age.
            Self::Age if place_of(stream) == Leaving || place_of(stream) == Farewell => {
                stream.session.handle_timeout(stream.now + 9 * SECOND);
            }
            Self::Age => stream.session.handle_timeout(later),
            Self::Kick => stream.session.kick(stream.now),
            Self::Drain => stream.session.drain(stream.now, SECOND),
            Self::Disconnected => stream.session.disconnected(),
        }
        String::new()
    }
}

/// The question, if one is put out.
fn first(stream: &mut Stream) -> String {
    match place_of(stream) {
        Farewell | Ended => String::new(),
        _ => {
            assert_eq!(stream.poll(), Transmit::Reauthorise);
            "Ask".into()
        }
    }
}

fn outputs(stream: &mut Stream) -> Vec<&'static str> {
    let mut words = Vec::new();
    loop {
        let word = match stream.poll() {
            Transmit::Write(bytes) => {
                stream.session.handle_written(stream.now, bytes.len());
                match &bytes[..] {
                    b":\n\n" => "Beat",
                    [b':', ..] => "Farewell",
                    [b'i', ..] => "Events",
                    _ => "Reset",
                }
            }
            Transmit::Reauthorise => "Ask",
            Transmit::Page(_) => "Page",
            Transmit::Idle => return words,
            Transmit::End(_) => {
                words.push("End");
                return words;
            }
            other => panic!("{other:?}"),
        };
        words.push(word);
    }
}

#[test]
fn every_state_does_at_every_input_what_the_table_says() {
    for (input, row) in TABLE {
        for (from, expected) in PLACES.into_iter().zip(row) {
            let mut stream = stream_in(from, settings(input));
            let mut found = input.give(&mut stream);
            for word in outputs(&mut stream) {
                found = format!("{found} {word}");
            }
            assert_eq!(
                (place_of(&stream), found.trim()),
                expected,
                "{input:?} in {from:?}"
            );
        }
    }
}

#[test]
fn with_the_other_policy_lagging_is_told_and_goes_on() {
    for (from, to, expected) in [
        (Replaying, Live, vec!["Reset", "Events"]),
        (Live, Live, vec!["Reset", "Events"]),
        (Leaving, Ended, vec!["Reset", "Events", "Farewell", "End"]),
    ] {
        let mut stream = stream_in(from, settings(Input::Lag).lag_policy(LagPolicy::Skip));
        Input::Lag.give(&mut stream);
        assert_eq!(outputs(&mut stream), expected, "{from:?}");
        assert_eq!(place_of(&stream), to);
    }
}
