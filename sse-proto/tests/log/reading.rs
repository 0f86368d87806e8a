//! What subscribers read, and what they share.

use sse_proto::Event;
use sse_proto::log::{Encoded, Framing, Read};

use crate::support::{
    MUCH, follow, is_up_to_date, log, publish, publish_transient, read, run, start,
};

#[test]
fn all_that_is_pending_is_one_run() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    for data in ["one", "two", "three"] {
        publish(&mut log, "a", data);
    }
    let run = run(&mut log, set, cursor);
    assert_eq!(
        run.bytes,
        "id: 7-1\ndata: one\n\nid: 7-2\ndata: two\n\nid: 7-3\ndata: three\n\n"
    );
    assert_eq!((run.events, run.from), (3, cursor));
    assert!(is_up_to_date(&mut log, set, run.to));
}

#[test]
fn topics_are_merged_in_the_order_of_publishing() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["b", "a", "c"]);
    for topic in ["a", "b", "a", "x", "c", "b"] {
        publish(&mut log, topic, topic);
    }
    assert_eq!(
        read(&mut log, set, cursor),
        "id: 7-1\ndata: a\n\nid: 7-2\ndata: b\n\nid: 7-3\ndata: a\n\nid: 7-5\ndata: c\n\nid: 7-6\ndata: b\n\n"
    );
}

#[test]
fn one_event_without_framing_is_handed_out_as_it_is_kept() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    publish(&mut log, "a", "one");
    let first = read(&mut log, set, cursor);
    let (other, _) = follow(&mut log, &["a", "b"]);
    let second = read(&mut log, other, cursor);
    assert_eq!(first.as_ptr(), second.as_ptr(), "nothing was copied");
}

#[test]
fn those_at_the_same_cursor_share_the_bytes_of_a_run() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a", "b"]);
    let (same, _) = follow(&mut log, &["b", "a", "b"]);
    assert_eq!(set, same, "the same topics are the same set");
    publish(&mut log, "a", "one");
    publish(&mut log, "b", "two");
    for framing in [Framing::Raw, Framing::Chunked] {
        let Read::Run(first) = log.read(set, cursor, framing, MUCH) else {
            panic!("two are new")
        };
        let Read::Run(second) = log.read(same, cursor, framing, MUCH) else {
            panic!("two are new")
        };
        assert_eq!(first.bytes.as_ptr(), second.bytes.as_ptr(), "{framing:?}");
    }
}

#[test]
fn what_was_joined_is_joined_anew_when_more_has_come() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    publish(&mut log, "a", "one");
    publish(&mut log, "a", "two");
    assert_eq!(run(&mut log, set, cursor).events, 2);
    publish(&mut log, "a", "three");
    assert_eq!(run(&mut log, set, cursor).events, 3);
}

#[test]
fn a_chunk_holds_the_whole_run() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    publish(&mut log, "a", "one");
    publish(&mut log, "a", "two");
    let Read::Run(run) = log.read(set, cursor, Framing::Chunked, MUCH) else {
        panic!("two are new")
    };
    assert_eq!(
        run.bytes,
        "26\r\nid: 7-1\ndata: one\n\nid: 7-2\ndata: two\n\n\r\n"
    );
}

#[test]
fn a_run_is_cut_at_its_size_but_has_one_event_at_least() {
    let mut log = log();
    let (set, mut cursor) = follow(&mut log, &["a", "b"]);
    for (topic, data) in [("a", "one"), ("b", "two"), ("a", "three"), ("b", "four")] {
        publish(&mut log, topic, data);
    }
    let mut found = Vec::new();
    // The first two take 38 bytes.
    for size in [0, 38, 20] {
        let Read::Run(run) = log.read(set, cursor, Framing::Raw, size) else {
            panic!("more is there")
        };
        found.push(run.events);
        cursor = run.to;
        publish(&mut log, "x", "of no interest");
    }
    assert_eq!(found, [1, 1, 1]);
    assert_eq!(read(&mut log, set, cursor), "id: 7-4\ndata: four\n\n");
    let (set, cursor) = (set, log.tail(set));
    let Read::Run(run) = log.read(set, cursor, Framing::Raw, 38) else {
        panic!("four are there")
    };
    assert_eq!(run.events, 2);
}

#[test]
fn what_is_published_before_is_not_read() {
    let mut log = log();
    publish(&mut log, "a", "one");
    let (set, cursor) = follow(&mut log, &["a"]);
    assert!(is_up_to_date(&mut log, set, cursor));
}

#[test]
fn slices_are_the_events_of_a_run_one_by_one() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a", "b"]);
    let event = Event::new("two\nlines").event_type("t").expect("valid");
    publish(&mut log, "a", "one");
    log.append("b", Encoded::new(&event), start())
        .expect("it is appended");
    let Read::Run(slices) = log.slices(set, cursor, None, MUCH) else {
        panic!("two are new")
    };
    let run = run(&mut log, set, cursor);
    assert_eq!(slices.to, run.to);
    let joined: Vec<u8> = slices
        .events
        .iter()
        .flat_map(|event| event.bytes().to_vec())
        .collect();
    assert_eq!(joined, run.bytes);
    let [first, second] = &slices.events[..] else {
        panic!("two")
    };
    assert_eq!((first.topic(), second.topic()), ("a", "b"));
    assert_eq!(second.sequence().to_string(), "7-2");
    let message = second.message().expect("it has data");
    assert_eq!((message.event_type(), message.data()), ("t", "two\nlines"));
    assert_eq!(message.last_event_id(), "7-2");
}

#[test]
fn a_comment_is_an_event_that_dispatches_nothing_and_is_not_replayed() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    let comment = Event::default().comment("hello");
    log.append("a", Encoded::new(&comment), start())
        .expect("it is appended");
    assert_eq!(read(&mut log, set, cursor), ": hello\n\n");
    let Read::Run(slices) = log.slices(set, cursor, None, MUCH) else {
        panic!("one is new")
    };
    assert_eq!(slices.events[0].message(), None);
}

#[test]
fn transient_events_are_for_those_who_are_there() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    publish(&mut log, "a", "one");
    publish_transient(&mut log, "a", "passing");
    publish(&mut log, "a", "two");
    assert_eq!(
        read(&mut log, set, cursor),
        "id: 7-1\ndata: one\n\ndata: passing\n\nid: 7-3\ndata: two\n\n"
    );
    let newest = log.newest();
    let Read::Run(replay) = log.replay(set, cursor, newest, Framing::Raw, MUCH) else {
        panic!("two are kept")
    };
    assert_eq!(replay.bytes, "id: 7-1\ndata: one\n\nid: 7-3\ndata: two\n\n");
}

#[test]
fn only_the_sets_of_a_topic_are_stirred_and_each_once() {
    let mut log = log();
    let (ab, _) = follow(&mut log, &["a", "b"]);
    let (b, _) = follow(&mut log, &["b"]);
    let (c, _) = follow(&mut log, &["c"]);
    for topic in ["a", "b", "a", "b", "x"] {
        publish(&mut log, topic, "");
    }
    assert!(log.is_stirred());
    let mut stirred = Vec::new();
    log.take_stirred(&mut stirred);
    stirred.sort_unstable();
    assert_eq!(stirred, [ab, b]);
    assert!(!log.is_stirred());
    publish(&mut log, "c", "");
    stirred.clear();
    log.take_stirred(&mut stirred);
    assert_eq!(stirred, [c]);
}
