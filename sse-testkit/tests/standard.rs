//! The oracle on the standard's own examples, and on what its sentences say one by one.

use sse_testkit::oracle::{Dispatched, Interpretation, Options, interpret};

fn plain(stream: &[u8]) -> Interpretation {
    interpret(stream, &Options::default())
}

fn event(event_type: &str, data: &str, last_event_id: &str) -> Dispatched {
    Dispatched::Event {
        event_type: event_type.to_owned(),
        data: data.to_owned(),
        last_event_id: last_event_id.to_owned(),
    }
}

fn message(data: &str) -> Dispatched {
    event("message", data, "")
}

#[test]
fn three_data_lines_are_one_event_of_three_lines() {
    let stream = b"data: YHOO\ndata: +2\ndata: 10\n\n";
    assert_eq!(plain(stream).dispatched, [message("YHOO\n+2\n10")]);
}

#[test]
fn four_blocks_are_two_events_with_an_id_between_and_one_cut_off() {
    // A comment alone; an event with an ID; one whose bare `id` resets it; one that never ends.
    let stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n";
    let read = plain(stream);
    assert_eq!(
        read.dispatched,
        [
            event("message", "first event", "1"),
            message("second event")
        ]
    );
    assert_eq!(read.last_event_id, "");
}

#[test]
fn empty_data_lines_are_events_and_unfinished_ones_are_not() {
    assert_eq!(
        plain(b"data\n\ndata\ndata\n\ndata:").dispatched,
        [message(""), message("\n")]
    );
}

#[test]
fn one_space_behind_the_colon_makes_no_difference() {
    assert_eq!(
        plain(b"data:test\n\ndata: test\n\n").dispatched,
        [message("test"), message("test")]
    );
    assert_eq!(plain(b"data:  test\n\n").dispatched, [message(" test")]);
}

#[test]
fn an_event_is_complete_with_the_first_byte_of_its_blank_line_end() {
    for (stream, after) in [
        (&b"data\r\r"[..], 6),
        (b"data\n\n", 6),
        (b"data\r\n\r\n", 7),
        (b"data\r\n\r", 7),
    ] {
        let read = plain(stream);
        assert_eq!(read.complete_after, [after], "{stream:?}");
        assert!(read.within(after - 1).is_empty());
        assert_eq!(read.within(after), [message("")]);
    }
}

#[test]
fn one_byte_order_mark_at_the_start_is_dropped_and_no_other() {
    assert_eq!(plain(b"\xEF\xBB\xBFdata: x\n\n").dispatched, [message("x")]);
    assert_eq!(plain(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: x\n\n").dispatched, []);
    assert_eq!(plain(b"\n\xEF\xBB\xBFdata: x\n\n").dispatched, []);
    assert_eq!(
        plain(b"data: \xEF\xBB\xBF\n\n").dispatched,
        [message("\u{FEFF}")]
    );
    assert_eq!(plain(b"\xEF\xBBdata: x\n\n").dispatched, []);
}

#[test]
fn an_id_is_taken_over_at_a_blank_line_and_only_there() {
    assert_eq!(plain(b"id: 1\n\n").last_event_id, "1");
    assert_eq!(plain(b"id: 1\n\nid: 2\n").last_event_id, "1");
    assert_eq!(plain(b"id: 1\nid: 2\0\n\n").last_event_id, "1");
    let resumed = interpret(
        b"data\n\n",
        &Options {
            last_event_id: "7".into(),
            ..Options::default()
        },
    );
    assert_eq!(resumed.dispatched, [event("message", "", "7")]);
}

#[test]
fn a_reconnection_time_is_ascii_digits_and_saturates() {
    assert_eq!(plain(b"retry: 0010\n").dispatched, [Dispatched::Retry(10)]);
    assert_eq!(
        plain(b"retry: 99999999999999999999\n").dispatched,
        [Dispatched::Retry(u64::MAX)]
    );
    let none = "retry\nretry:\nretry: +1\nretry: -1\nretry: 1 \nretry:  1\nretry: 1.0\nretry: \u{661}\nretry: 5";
    assert_eq!(plain(none.as_bytes()).dispatched, []);
}

#[test]
fn the_type_is_reset_by_every_blank_line() {
    assert_eq!(plain(b"event: a\n\ndata\n\n").dispatched, [message("")]);
    assert_eq!(
        plain(b"event: a\nevent\ndata\n\n").dispatched,
        [message("")]
    );
}

#[test]
fn comments_are_reported_when_asked_for() {
    let options = Options {
        comments: true,
        ..Options::default()
    };
    let comments = ["", "a", " b", "data: c"].map(|text| Dispatched::Comment(text.to_owned()));
    assert_eq!(
        interpret(b":\n: a\n:  b\n:data: c\n", &options).dispatched,
        comments
    );
    assert_eq!(plain(b":\n: a\n").dispatched, []);
}

fn limited(stream: &[u8], bytes: usize) -> Interpretation {
    let options = Options {
        comments: true,
        max_event_bytes: Some(bytes),
        ..Options::default()
    };
    interpret(stream, &options)
}

#[test]
fn a_block_may_take_its_limit_and_no_more() {
    assert_eq!(limited(b"data: abc\n\n", 4).dispatched, [message("abc")]);
    assert_eq!(
        limited(b"data: abc\n\n", 3).dispatched,
        [Dispatched::TooLarge]
    );
    assert_eq!(
        limited(b"data: abc\n\n", 0).dispatched,
        [Dispatched::TooLarge]
    );
}

#[test]
fn a_block_that_is_too_large_says_so_once_and_keeps_its_id() {
    let stream = b"data: abc\ndata: abc\nretry: 1\nid: 9\nevent: abc\n\ndata\n\n";
    let expected = [
        Dispatched::TooLarge,
        Dispatched::Retry(1),
        event("message", "", "9"),
    ];
    assert_eq!(limited(stream, 4).dispatched, expected);
    assert_eq!(limited(stream, 4).last_event_id, "9");
}

#[test]
fn the_last_event_id_takes_from_the_limit() {
    assert_eq!(
        limited(b"id: 12\n\ndata: a\n\n", 4).dispatched,
        [event("message", "a", "12")]
    );
    assert_eq!(
        limited(b"id: 12\n\ndata: ab\n\n", 4).dispatched,
        [Dispatched::TooLarge]
    );
}
