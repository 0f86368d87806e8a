//! What the log does not keep, from where it is kept.

use bytes::Bytes;
use sse_proto::log::{self, Encoded, History, Ids, Log, Sequence, Stale};
use sse_proto::session::{Config, End, Page, StalePolicy, Transmit};
use sse_proto::{Event, Instant};

use crate::support::{SECOND, Stream, config};

fn place(number: u64) -> Sequence {
    Sequence::new(9, number)
}

/// A log that began when the one of record had 10 events, and keeps three.
fn log() -> Log {
    let ids = Ids::Given { newest: place(10) };
    Log::new(log::Config::new(ids).history(History::new().events(3)))
}

fn feed(log: &mut Log, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let event = Encoded::new(&Event::new("x"));
        log.append_at("a", event, place(number), Instant::default())
            .expect("it is appended");
    }
}

fn begin(log: Log, id: &str) -> Stream {
    Stream::begin(config().paged(true), log, Some(id)).expect("there is a stream")
}

fn page(numbers: impl IntoIterator<Item = u64>, through: Option<u64>) -> Page {
    let block = |number| Bytes::from(format!("id: 9-{number}\ndata: p\n\n"));
    Page {
        events: numbers
            .into_iter()
            .map(|number| (place(number), block(number)))
            .collect(),
        through: through.map(place),
    }
}

fn ids(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .collect()
}

impl Stream {
    fn hand_in(&mut self, page: Result<Page, Stale>) {
        self.session.handle_page(self.now, page, &mut self.log);
    }
}

#[test]
fn pages_lead_into_the_log_without_a_gap_or_a_duplicate() {
    let mut log = log();
    feed(&mut log, 11..=14);
    let mut stream = begin(log, "9-2");
    assert_eq!(stream.poll(), Transmit::Page(place(2)));
    assert_eq!(stream.poll(), Transmit::Idle, "it asks once");
    stream.hand_in(Ok(page([3, 5], Some(6))));
    assert_eq!(ids(&stream.sent()), ["9-3", "9-5"]);
    assert_eq!(stream.page, Some(place(6)));
    // The log has these as well.
    stream.hand_in(Ok(page([8, 11, 12, 13], Some(13))));
    assert_eq!(ids(&stream.sent()), ["9-8", "9-11", "9-12", "9-13", "9-14"]);
    feed(&mut stream.log, [15]);
    assert_eq!(ids(&stream.sent()), ["9-15"]);
}

#[test]
fn a_page_that_knows_more_than_the_log_is_cut() {
    let mut log = log();
    feed(&mut log, 11..=12);
    let mut stream = begin(log, "9-9");
    assert_eq!(stream.poll(), Transmit::Page(place(9)));
    stream.hand_in(Ok(page(10..=15, Some(15))));
    assert_eq!(ids(&stream.sent()), ["9-10", "9-11", "9-12"]);
    feed(&mut stream.log, 13..=15);
    assert_eq!(ids(&stream.sent()), ["9-13", "9-14", "9-15"]);
}

#[test]
fn a_client_that_is_ahead_of_the_log_waits_for_it() {
    let mut log = log();
    feed(&mut log, [11]);
    let mut stream = begin(log, "9-13");
    assert_eq!(stream.poll(), Transmit::Page(place(13)));
    stream.hand_in(Ok(page([14], Some(14))));
    assert_eq!(stream.sent(), "");
    feed(&mut stream.log, [12, 13]);
    assert_eq!(stream.sent(), "");
    feed(&mut stream.log, [14, 15]);
    assert_eq!(ids(&stream.sent()), ["9-14", "9-15"]);
}

#[test]
fn what_is_kept_nowhere_is_stale() {
    let mut log = log();
    feed(&mut log, [11]);
    let mut stream = begin(log, "9-2");
    assert_eq!(stream.poll(), Transmit::Page(place(2)));
    stream.hand_in(Err(Stale::Evicted));
    assert_eq!(stream.sent(), "event: reset\nid: 9-11\ndata: evicted\n\n");
}

#[test]
fn no_content_is_too_late_behind_the_head() {
    let config = config().paged(true).stale_policy(StalePolicy::NoContent);
    let mut stream =
        Stream::begin(config.clone(), log(), Some("9-99")).expect("it is not known yet");
    assert_eq!(stream.poll(), Transmit::Page(place(99)));
    stream.hand_in(Err(Stale::Future));
    assert_eq!(stream.sent(), "event: reset\nid: 9-10\ndata: future\n\n");
    assert!(
        Stream::begin(config, log(), Some("junk")).is_err(),
        "that is known at once"
    );
}

#[test]
fn an_empty_page_where_something_is_lost_does_not_go_round() {
    let mut log = log();
    feed(&mut log, 11..=16);
    let mut stream = begin(log, "9-2");
    assert_eq!(stream.poll(), Transmit::Page(place(2)));
    stream.hand_in(Ok(page([], None)));
    assert_eq!(stream.sent(), "event: reset\nid: 9-16\ndata: evicted\n\n");
}

#[test]
fn a_page_that_nobody_asked_for_changes_nothing() {
    let mut stream = Stream::new(config());
    stream.hand_in(Ok(page([1], Some(1))));
    assert_eq!(stream.sent(), "");
}

#[test]
fn a_page_that_was_not_asked_for_yet_changes_nothing() {
    let mut stream = begin(log(), "9-2");
    stream.hand_in(Err(Stale::Evicted));
    assert_eq!(stream.poll(), Transmit::Page(place(2)));
}

#[test]
fn it_primes_with_what_the_client_has() {
    let config = Config::new().paged(true);
    let mut stream = Stream::begin(config, log(), Some("9-2")).expect("there is a stream");
    assert_eq!(
        stream.sent(),
        "event: sse-cursor\nid: 9-2\nretry: 2000\ndata: \n\n"
    );
    assert_eq!(stream.page, Some(place(2)));
}

#[test]
fn while_it_waits_for_a_page_it_beats_and_can_be_kicked() {
    let mut stream = begin(log(), "9-2");
    assert_eq!(stream.poll(), Transmit::Page(place(2)));
    assert_eq!(stream.pass(15 * SECOND), ":\n\n");
    stream.session.drain(stream.now, SECOND);
    assert_eq!(stream.due_in(), Some(SECOND));
    assert_eq!(stream.sent(), ": drained\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Drained));
}
