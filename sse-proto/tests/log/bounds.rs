//! What is kept, and what happens to those who come too late for it.

use sse_proto::Event;
use sse_proto::log::{AppendError, Config, Encoded, Framing, History, Ids, Log, Read};

use crate::support::{MUCH, SECOND, config, follow, is_up_to_date, lagged, publish, read, start};

fn kept(log: &Log, topic: &str) -> (usize, usize) {
    let info = log
        .topics()
        .find(|info| info.name == topic)
        .expect("it exists");
    (info.events, info.bytes)
}

#[test]
fn a_topic_keeps_so_many_events() {
    let mut log = Log::new(config().history(History::new().events(3)));
    for _ in 0..10 {
        publish(&mut log, "a", "");
    }
    assert_eq!(kept(&log, "a").0, 3);
    assert_eq!((log.appended(), log.evicted()), (10, 7));
}

#[test]
fn a_topic_keeps_so_many_bytes() {
    // `id: 7-1`, `data: x` and a blank line.
    let each = History::EVENT_OVERHEAD + 17;
    let mut log = Log::new(config().history(History::new().bytes(3 * each + 50)));
    for _ in 0..9 {
        publish(&mut log, "a", "x");
    }
    assert_eq!(kept(&log, "a"), (3, 3 * each));
}

#[test]
fn an_event_that_a_topic_cannot_keep_is_refused() {
    let mut log = Log::new(config().history(History::new().bytes(1000)));
    let large = Encoded::new(&Event::new("x".repeat(1000)));
    let error = log
        .append("a", large, start())
        .expect_err("it is too large");
    assert!(
        matches!(error, AppendError::TooLarge { limit: 1000, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("keeps 1000"), "{error}");
    assert_eq!(
        publish(&mut log, "a", "x").sequence.number(),
        1,
        "no place was taken"
    );
}

#[test]
fn events_expire_in_topics_that_nobody_touches() {
    let mut log = Log::new(config().history(History::new().age(Some(10 * SECOND))));
    assert_eq!(log.expiry(), None);
    publish(&mut log, "a", "");
    let later = start() + 4 * SECOND;
    log.append("b", Encoded::new(&Event::new("")), later)
        .expect("it is appended");
    log.append("a", Encoded::new(&Event::new("")), later)
        .expect("it is appended");
    assert_eq!(log.expiry(), Some(start() + 10 * SECOND));
    log.evict_expired(start() + 9 * SECOND);
    assert_eq!((kept(&log, "a").0, kept(&log, "b").0), (2, 1));
    log.evict_expired(start() + 10 * SECOND);
    assert_eq!((kept(&log, "a").0, kept(&log, "b").0), (1, 1));
    assert_eq!(log.expiry(), Some(start() + 14 * SECOND));
    log.evict_expired(start() + 14 * SECOND);
    assert_eq!((kept(&log, "a").0, kept(&log, "b").0), (0, 0));
    assert_eq!(log.expiry(), None);
}

#[test]
fn times_to_look_for_expired_events_do_not_pile_up() {
    let mut log = Log::new(config().history(History::new().age(Some(10 * SECOND))));
    for _ in 0..100 {
        publish(&mut log, "a", "");
        assert!(log.remove("a"));
    }
    let event = Encoded::new(&Event::new(""));
    log.append("a", event, start() + 5 * SECOND)
        .expect("it is appended");
    log.evict_expired(start() + 10 * SECOND);
    assert!(format!("{log:?}").contains("expiries: 1,"), "{log:?}");
    log.evict_expired(start() + 15 * SECOND);
    assert_eq!((kept(&log, "a").0, log.expiry()), (0, None));
}

#[test]
fn a_clock_that_goes_back_makes_nothing_younger() {
    let mut log = Log::new(config().history(History::new().age(Some(10 * SECOND))));
    let later = start() + 5 * SECOND;
    log.append("a", Encoded::new(&Event::new("")), later)
        .expect("it is appended");
    publish(&mut log, "a", "");
    log.evict_expired(start() + 10 * SECOND);
    log.evict_expired(start() + 15 * SECOND);
    assert_eq!(kept(&log, "a").0, 0);
}

#[test]
fn one_that_falls_off_the_tail_is_told_how_many_it_missed() {
    let mut log = Log::new(config().history(History::new().events(2)));
    let (set, cursor) = follow(&mut log, &["a"]);
    for data in ["1", "2", "3", "4", "5"] {
        publish(&mut log, "a", data);
        publish(&mut log, "x", data);
    }
    let lagged = lagged(&mut log, set, cursor);
    assert_eq!(lagged.missed, 3);
    assert_eq!(
        read(&mut log, set, lagged.oldest),
        "id: 7-7\ndata: 4\n\nid: 7-9\ndata: 5\n\n"
    );
}

#[test]
fn a_busy_topic_takes_nothing_from_a_quiet_one() {
    let mut log = Log::new(config().history(History::new().events(1)));
    let (set, cursor) = follow(&mut log, &["busy", "quiet"]);
    publish(&mut log, "quiet", "1");
    for data in ["2", "3", "4"] {
        publish(&mut log, "busy", data);
    }
    let lagged = lagged(&mut log, set, cursor);
    assert_eq!(lagged.missed, 2);
    assert_eq!(
        read(&mut log, set, lagged.oldest),
        "id: 7-1\ndata: 1\n\nid: 7-4\ndata: 4\n\n"
    );
}

#[test]
fn what_was_joined_before_events_were_lost_is_not_handed_out_after() {
    let mut log = Log::new(config().history(History::new().events(2)));
    let (set, cursor) = follow(&mut log, &["busy", "quiet"]);
    publish(&mut log, "busy", "1");
    publish(&mut log, "busy", "2");
    publish(&mut log, "quiet", "3");
    // Cut at its size, this run stays whole whatever comes behind it.
    let Read::Run(run) = log.read(set, cursor, Framing::Raw, 40) else {
        panic!("three are new")
    };
    assert_eq!(run.events, 2);
    publish(&mut log, "busy", "4");
    let lagged = lagged(&mut log, set, cursor);
    assert_eq!(lagged.missed, 1);
    let Read::Run(run) = log.read(set, lagged.oldest, Framing::Raw, 40) else {
        panic!("three are kept")
    };
    assert_eq!(run.bytes, "id: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n");
}

#[test]
fn whoever_has_read_it_misses_nothing_when_it_goes() {
    let mut log = Log::new(config().history(History::new().events(1)));
    let (set, mut cursor) = follow(&mut log, &["a"]);
    for _ in 0..5 {
        publish(&mut log, "a", "");
        let Read::Run(run) = log.read(set, cursor, Framing::Raw, MUCH) else {
            panic!("one is new")
        };
        cursor = run.to;
    }
    assert!(is_up_to_date(&mut log, set, cursor));
}

#[test]
fn without_ids_the_history_is_what_those_who_are_behind_still_get() {
    let mut log = Log::new(Config::new(Ids::None).history(History::new().events(2)));
    let (set, cursor) = follow(&mut log, &["a"]);
    for data in ["1", "2", "3"] {
        publish(&mut log, "a", data);
    }
    let lagged = lagged(&mut log, set, cursor);
    assert_eq!(lagged.missed, 1);
    assert_eq!(read(&mut log, set, lagged.oldest), "data: 2\n\ndata: 3\n\n");
}
