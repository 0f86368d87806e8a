//! Who gives the ids, and what they may be.

use sse_proto::Event;
use sse_proto::log::{
    AppendError, Config, Encoded, History, Ids, InvalidBlock, Log, Resume, Sequence, Stale,
};

use crate::support::{
    follow, is_up_to_date, lagged, log, publish, publish_with_id, read, replayed, start,
};

fn own() -> Log {
    Log::new(Config::new(Ids::Own { epoch: 7 }).history(History::new().events(3)))
}

fn given() -> Log {
    let newest = Sequence::new(1000, 5);
    Log::new(Config::new(Ids::Given { newest }))
}

fn append_at(log: &mut Log, epoch: u64, number: u64) -> Result<(), AppendError> {
    let event = Encoded::new(&Event::new("x"));
    log.append_at("a", event, Sequence::new(epoch, number), start())
        .map(drop)
}

#[test]
fn automatic_ids_are_counted_over_all_topics() {
    let mut log = log();
    let appended = publish(&mut log, "a", "");
    assert!(appended.is_id);
    assert_eq!(appended.sequence, Sequence::new(7, 1));
    assert_eq!(publish(&mut log, "b", "").sequence, Sequence::new(7, 2));
}

#[test]
fn where_the_log_gives_the_ids_an_event_cannot_bring_one() {
    let mut log = log();
    let error = publish_with_id(&mut log, "a", "mine").expect_err("it is refused");
    assert_eq!(error, AppendError::IdNotAllowed("mine".into()));
    assert_eq!(log.topics().count(), 0, "nor was a topic created");
}

#[test]
fn own_ids_are_written_as_they_are_and_lead_back() {
    let mut log = own();
    let (set, cursor) = follow(&mut log, &["a"]);
    assert!(!publish_with_id(&mut log, "a", "x1").expect("new").is_id);
    publish_with_id(&mut log, "b", "y").expect("new");
    publish_with_id(&mut log, "a", "1-2").expect("new");
    assert_eq!(
        read(&mut log, set, cursor),
        "id: x1\ndata: x1\n\nid: 1-2\ndata: 1-2\n\n"
    );
    assert_eq!(replayed(&mut log, set, "x1"), "id: 1-2\ndata: 1-2\n\n");
    assert_eq!(replayed(&mut log, set, "y"), "id: 1-2\ndata: 1-2\n\n");
    assert_eq!(replayed(&mut log, set, "1-2"), "");
    assert_eq!(
        log.resume(set, Some("1-3"), start()),
        Resume::Stale(Stale::Unknown)
    );
}

#[test]
fn an_own_id_is_unique_while_it_is_kept() {
    let mut log = own();
    publish_with_id(&mut log, "a", "1").expect("new");
    let error = publish_with_id(&mut log, "b", "1").expect_err("it is kept");
    assert_eq!(error, AppendError::DuplicateId("1".into()));
    for id in ["2", "3", "4"] {
        publish_with_id(&mut log, "a", id).expect("new");
    }
    let (set, _) = follow(&mut log, &["a"]);
    assert_eq!(
        log.resume(set, Some("1"), start()),
        Resume::Stale(Stale::Unknown)
    );
    publish_with_id(&mut log, "b", "1").expect("it is not kept any more");
    assert!(log.remove("b"));
    publish_with_id(&mut log, "b", "1").expect("it went with its topic");
}

#[test]
fn an_own_id_cannot_look_like_one_of_the_log() {
    let mut log = own();
    let error = publish_with_id(&mut log, "a", "7-1").expect_err("it is refused");
    assert_eq!(error, AppendError::ReservedId("7-1".into()));
}

#[test]
fn among_own_ids_an_event_without_one_is_transient() {
    let mut log = own();
    publish_with_id(&mut log, "a", "x").expect("new");
    let (set, cursor) = follow(&mut log, &["a"]);
    let transient = publish(&mut log, "a", "passing");
    assert!(!transient.is_id && transient.kept);
    let empty = Event::new("forget").id("").expect("valid");
    log.append("a", Encoded::new(&empty), start())
        .expect("it is no id");
    assert_eq!(
        read(&mut log, set, cursor),
        "data: passing\n\nid: \ndata: forget\n\n"
    );
    assert_eq!(replayed(&mut log, set, "x"), "");
}

#[test]
fn a_transient_event_has_no_id_even_if_it_brought_one() {
    let mut log = own();
    let (set, cursor) = follow(&mut log, &["a"]);
    let event = Event::new("id: x").comment("id: x").id("x").expect("valid");
    log.append("a", Encoded::transient(&event), start())
        .expect("it is appended");
    assert_eq!(read(&mut log, set, cursor), ": id: x\ndata: id: x\n\n");
}

#[test]
fn places_that_are_given_only_grow() {
    let mut log = given();
    for (epoch, number) in [(1000, 5), (1000, 4), (999, 9), (0, 0)] {
        let error = append_at(&mut log, epoch, number).expect_err("it is not behind");
        assert!(matches!(error, AppendError::OutOfOrder { .. }), "{error}");
    }
    for (epoch, number) in [(1000, 6), (1000, 9), (1001, 0)] {
        append_at(&mut log, epoch, number).expect("it is behind");
    }
    let (set, _) = follow(&mut log, &["a"]);
    assert_eq!(
        replayed(&mut log, set, "1000-7"),
        "id: 1000-9\ndata: x\n\nid: 1001-0\ndata: x\n\n"
    );
}

#[test]
fn places_are_given_by_one_side_only() {
    let elsewhere = given().append("a", Encoded::new(&Event::new("")), start());
    assert_eq!(elsewhere, Err(AppendError::OrderedElsewhere));
    assert_eq!(
        append_at(&mut log(), 7, 1),
        Err(AppendError::OrderedElsewhere)
    );
}

#[test]
fn a_block_goes_to_another_node_and_is_the_same_there() {
    let event = Event::new("two\nlines")
        .event_type("t")
        .expect("valid")
        .comment("c");
    let here = Encoded::new(&event);
    let there = Encoded::from_block(here.block()).expect("it is one");
    let mut log = given();
    let (set, cursor) = follow(&mut log, &["a"]);
    assert!(is_up_to_date(&mut log, set, cursor));
    log.append_at("a", there, Sequence::new(1000, 6), start())
        .expect("it is behind");
    assert_eq!(
        read(&mut log, set, cursor),
        "id: 1000-6\n: c\nevent: t\ndata: two\ndata: lines\n\n"
    );
}

#[test]
fn a_block_that_is_not_one_event_is_refused() {
    for block in [
        "",
        "\n",
        "\n\n",
        "data: x",
        "data: x\n",
        "data: x\n\ndata: y\n\n",
        "\ndata: x\n\n",
        "id: 1\ndata: x\n\n",
        "data: x\nid\n\n",
        "data: x\r\n\n",
        "data: x\rid: 1\n\n",
        "data: x\n\n\n",
    ] {
        assert_eq!(
            Encoded::from_block(block.as_bytes()).err(),
            Some(InvalidBlock),
            "{block:?}"
        );
    }
    assert!(Encoded::from_block(b"ident: x\n\n").is_ok());
}

#[test]
fn an_event_from_outside_that_cannot_be_kept_counts_as_lost() {
    let ids = Ids::Given {
        newest: Sequence::new(1000, 5),
    };
    let config = Config::new(ids).max_topics(1);
    let mut log = Log::new(config.history(History::new().bytes(1000)));
    let (set, cursor) = follow(&mut log, &["a"]);
    let large = Encoded::new(&Event::new("x".repeat(1000)));
    let refused = log.append_at("a", large, Sequence::new(1000, 6), start());
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })));
    assert!(log.is_stirred(), "they are to be told");
    assert_eq!(lagged(&mut log, set, cursor).missed, 1);
    assert_eq!(
        log.resume(set, Some("1000-5"), start()),
        Resume::Stale(Stale::Evicted)
    );
    assert_eq!(replayed(&mut log, set, "1000-6"), "");

    // Of a topic for which there is no room, nothing is known when there is.
    let event = Encoded::new(&Event::new("x"));
    assert!(
        log.append_at("b", event, Sequence::new(1000, 7), start())
            .is_err()
    );
    assert_eq!(log.newest(), Sequence::new(1000, 7));
    assert!(log.remove("a"));
    log.unfollow(set);
    let (set, _) = follow(&mut log, &["b"]);
    assert_eq!(
        log.resume(set, Some("1000-6"), start()),
        Resume::Stale(Stale::Evicted)
    );
    assert_eq!(replayed(&mut log, set, "1000-7"), "");
}

#[test]
fn what_is_lost_of_nobody_knows_which_topics_is_lost_of_all() {
    let mut log = given();
    let (a, cursor_of_a) = follow(&mut log, &["a"]);
    let (b, cursor_of_b) = follow(&mut log, &["b"]);
    log.lose_all(Sequence::new(1000, 9));
    assert_eq!(lagged(&mut log, a, cursor_of_a).missed, 1);
    assert_eq!(lagged(&mut log, b, cursor_of_b).missed, 1);
    // Also of those that nobody had heard of.
    let (c, _) = follow(&mut log, &["c"]);
    assert_eq!(
        log.resume(c, Some("1000-8"), start()),
        Resume::Stale(Stale::Evicted)
    );
    log.lose_all(Sequence::new(1000, 3));
    assert_eq!(log.newest(), Sequence::new(1000, 9));
}

#[test]
fn a_place_that_is_taken_is_not_lost() {
    let mut log = given();
    let (set, cursor) = follow(&mut log, &["a"]);
    append_at(&mut log, 1000, 6).expect("it is behind");
    log.lose("a", Sequence::new(1000, 6));
    assert_eq!(read(&mut log, set, cursor), "id: 1000-6\ndata: x\n\n");
}
