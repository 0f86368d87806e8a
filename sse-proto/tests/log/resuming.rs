//! Where a client that comes back begins.

use sse_proto::log::{Config, Framing, History, Ids, Log, Read, Resume, Sequence, Stale};

use crate::support::{
    MUCH, SECOND, config, follow, is_up_to_date, log, publish, publish_transient, read, replayed,
    run, start,
};

fn stale(log: &mut Log, topics: &[&str], id: &str) -> Option<Stale> {
    let set = log.follow(topics).expect("they can be followed");
    match log.resume(set, Some(id), start()) {
        Resume::Stale(stale) => Some(stale),
        Resume::From(_) => None,
        Resume::Live(_) => panic!("{id:?} is an id"),
    }
}

#[test]
fn exactly_what_was_missed_is_replayed() {
    let mut log = log();
    let (set, _) = follow(&mut log, &["a", "b"]);
    for topic in ["a", "b", "x", "b"] {
        publish(&mut log, topic, topic);
    }
    assert_eq!(
        replayed(&mut log, set, "7-1"),
        "id: 7-2\ndata: b\n\nid: 7-4\ndata: b\n\n"
    );
    assert_eq!(replayed(&mut log, set, "7-3"), "id: 7-4\ndata: b\n\n");
    assert_eq!(replayed(&mut log, set, "7-4"), "");
}

#[test]
fn no_id_and_an_empty_one_ask_for_nothing_old() {
    let mut log = log();
    publish(&mut log, "a", "old");
    let (set, head) = follow(&mut log, &["a"]);
    for id in [None, Some("")] {
        assert_eq!(log.resume(set, id, start()), Resume::Live(head));
    }
}

#[test]
fn an_id_of_another_process_is_foreign() {
    let mut log = log();
    publish(&mut log, "a", "one");
    for id in ["6-1", "8-1", "0-0"] {
        assert_eq!(stale(&mut log, &["a"], id), Some(Stale::Foreign), "{id}");
    }
}

#[test]
fn an_id_of_the_future_is_stale() {
    let mut log = log();
    publish(&mut log, "a", "one");
    assert_eq!(stale(&mut log, &["a"], "7-1"), None);
    assert_eq!(stale(&mut log, &["a"], "7-2"), Some(Stale::Future));
}

#[test]
fn junk_is_not_known() {
    let mut log = log();
    publish(&mut log, "a", "one");
    let long = "1".repeat(1 << 20);
    for id in [
        "1",
        "7-",
        "7-01",
        "7-1 ",
        "-",
        "\u{1}",
        "7-99999999999999999999",
        &long,
    ] {
        assert_eq!(stale(&mut log, &["a"], id), Some(Stale::Unknown));
    }
}

#[test]
fn an_id_before_the_history_is_stale_and_its_edge_is_not() {
    let mut log = Log::new(config().history(History::new().events(2)));
    for data in ["1", "2", "3", "4"] {
        publish(&mut log, "a", data);
    }
    assert_eq!(stale(&mut log, &["a"], "7-1"), Some(Stale::Evicted));
    assert_eq!(stale(&mut log, &["a"], "7-2"), None);
    let (set, _) = follow(&mut log, &["a"]);
    assert_eq!(
        replayed(&mut log, set, "7-2"),
        "id: 7-3\ndata: 3\n\nid: 7-4\ndata: 4\n\n"
    );
}

#[test]
fn one_topic_that_has_lost_something_makes_the_whole_set_stale() {
    let mut log = Log::new(config().history(History::new().events(1)));
    publish(&mut log, "quiet", "1");
    publish(&mut log, "busy", "2");
    publish(&mut log, "busy", "3");
    assert_eq!(stale(&mut log, &["quiet"], "7-1"), None);
    assert_eq!(
        stale(&mut log, &["busy", "quiet"], "7-1"),
        Some(Stale::Evicted)
    );
    assert_eq!(stale(&mut log, &["busy", "quiet"], "7-2"), None);
}

#[test]
fn a_transient_event_that_is_gone_makes_nothing_stale() {
    let mut log = Log::new(config().history(History::new().events(2)));
    publish(&mut log, "a", "1");
    for _ in 0..5 {
        publish_transient(&mut log, "b", "");
    }
    assert_eq!(stale(&mut log, &["b"], "7-1"), None);
    assert_eq!(stale(&mut log, &["a", "b"], "7-1"), None);
}

#[test]
fn what_is_too_old_is_not_replayed() {
    let mut log = Log::new(config().history(History::new().age(Some(60 * SECOND))));
    publish(&mut log, "a", "1");
    publish(&mut log, "a", "2");
    let (set, _) = follow(&mut log, &["a"]);
    let soon = start() + 59 * SECOND;
    assert!(matches!(
        log.resume(set, Some("7-1"), soon),
        Resume::From(_)
    ));
    let late = start() + 60 * SECOND;
    assert_eq!(
        log.resume(set, Some("7-1"), late),
        Resume::Stale(Stale::Evicted)
    );
}

#[test]
fn a_topic_that_was_removed_and_created_again_is_stale_before_its_removal() {
    let mut log = log();
    publish(&mut log, "a", "1");
    publish(&mut log, "a", "2");
    assert!(log.remove("a"));
    publish(&mut log, "a", "3");
    assert_eq!(stale(&mut log, &["a"], "7-1"), Some(Stale::Evicted));
    assert_eq!(stale(&mut log, &["a"], "7-2"), None);
    let (set, _) = follow(&mut log, &["a"]);
    assert_eq!(replayed(&mut log, set, "7-2"), "id: 7-3\ndata: 3\n\n");
}

#[test]
fn replay_ends_where_live_delivery_begins() {
    let mut log = log();
    publish(&mut log, "a", "1");
    publish(&mut log, "a", "2");
    publish_transient(&mut log, "a", "before");
    let (set, _) = follow(&mut log, &["a"]);
    let Resume::From(cursor) = log.resume(set, Some("7-1"), start()) else {
        panic!("it is kept")
    };
    let until = log.newest();
    publish(&mut log, "a", "4");
    publish_transient(&mut log, "a", "after");
    let Read::Run(replay) = log.replay(set, cursor, until, Framing::Raw, MUCH) else {
        panic!("one was missed")
    };
    assert_eq!(replay.bytes, "id: 7-2\ndata: 2\n\n");
    let cursor = log.pass(set, replay.to, until);
    assert_eq!(
        read(&mut log, set, cursor),
        "id: 7-4\ndata: 4\n\ndata: after\n\n"
    );
}

#[test]
fn the_tail_is_before_all_that_is_kept() {
    let mut log = Log::new(config().history(History::new().events(2)));
    for (topic, data) in [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")] {
        publish(&mut log, topic, data);
    }
    let (set, _) = follow(&mut log, &["a", "b"]);
    let tail = log.tail(set);
    let run = run(&mut log, set, tail);
    assert_eq!(
        run.bytes,
        "id: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\nid: 7-4\ndata: 4\n\n"
    );
    assert!(is_up_to_date(&mut log, set, run.to));
}

#[test]
fn the_id_of_a_cursor_leads_back_to_it() {
    for ids in [Ids::Automatic { epoch: 7 }, Ids::Own { epoch: 7 }] {
        let mut log = Log::new(Config::new(ids));
        let (set, cursor) = follow(&mut log, &["a"]);
        let id = log.id_of(cursor).expect("there are ids").to_string();
        assert_eq!(
            log.resume(set, Some(&id), start()),
            Resume::From(cursor),
            "{ids:?}"
        );
    }
    let log = Log::new(Config::new(Ids::None));
    let mut other = Log::new(Config::new(Ids::None));
    let (_, cursor) = follow(&mut other, &["a"]);
    assert_eq!(log.id_of(cursor), None);
}

#[test]
fn what_the_log_of_record_had_before_is_not_here() {
    let newest = Sequence::new(1000, 5);
    let mut log = Log::new(Config::new(Ids::Given { newest }));
    assert_eq!(stale(&mut log, &["a"], "1000-4"), Some(Stale::Evicted));
    assert_eq!(stale(&mut log, &["a"], "1000-5"), None);
    assert_eq!(stale(&mut log, &["a"], "1000-6"), Some(Stale::Future));
}

#[test]
fn an_unknown_set_reads_as_gone() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    log.unfollow(set);
    let (other, _) = follow(&mut log, &["b"]);
    assert_eq!(set.index(), other.index(), "its place is taken");
    assert!(matches!(
        log.read(set, cursor, Framing::Raw, MUCH),
        Read::Gone
    ));
    log.unfollow(set);
    assert_eq!(
        log.topics_of(other).collect::<Vec<_>>(),
        ["b"],
        "nothing has happened"
    );
}
