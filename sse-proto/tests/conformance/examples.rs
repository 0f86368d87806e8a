//! The streams that the standard explains.

use crate::common::{comment, decode, decode_with_comments, event, last_event_id, message};

#[test]
fn a_stock_quote_of_three_data_lines_is_one_event() {
    assert_eq!(
        decode("data: YHOO\ndata: +2\ndata: 10\n\n"),
        [message("YHOO\n+2\n10")]
    );
}

#[test]
fn a_test_stream_of_four_blocks_has_two_events_and_an_unfinished_one() {
    let stream = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n";
    let events = [
        event("message", "first event", "1"),
        event("message", "second event", ""),
    ];
    assert_eq!(decode(stream), events);
    assert_eq!(last_event_id(stream), "");
    let finished = [&events[..], &[message(" third event")]].concat();
    assert_eq!(decode(format!("{stream}\n")), finished);
    assert_eq!(decode_with_comments(stream)[0], comment("test stream"));
}

#[test]
fn bare_data_lines_are_an_empty_event_and_a_line_feed() {
    assert_eq!(
        decode("data\n\ndata\ndata\n\ndata:"),
        [message(""), message("\n")]
    );
}

#[test]
fn the_space_behind_the_colon_is_optional() {
    assert_eq!(
        decode("data:test\n\ndata: test\n\n"),
        [message("test"), message("test")]
    );
}
