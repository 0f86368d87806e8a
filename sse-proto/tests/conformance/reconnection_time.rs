//! The field `retry`.

use crate::common::{decode, message};
use crate::decode_cut;
use sse_testkit::oracle::Dispatched;

/// Nothing was set.
const NONE: [u64; 0] = [];

fn retries(stream: impl AsRef<[u8]>) -> Vec<u64> {
    let number = |item| match item {
        Dispatched::Retry(milliseconds) => milliseconds,
        other => panic!("not a reconnection time: {other:?}"),
    };
    decode(stream).into_iter().map(number).collect()
}

#[test]
fn it_acts_at_its_own_line_without_an_event() {
    assert_eq!(retries("retry: 10\n"), [10]);
    assert_eq!(retries("retry:10\r"), [10]);
    assert_eq!(retries("retry: 1\nretry: 2\n"), [1, 2]);
}

#[test]
fn it_comes_before_the_event_of_its_block() {
    assert_eq!(
        decode("data: x\nretry: 10\n\n"),
        [Dispatched::Retry(10), message("x")]
    );
}

#[test]
fn only_ascii_digits_are_a_number() {
    for value in [
        "+1", "-1", "1.5", "1e3", " 1", "1 ", "0x1", "a", "\u{661}", "1\0", "1:", "/", ":", "1,000",
    ] {
        assert_eq!(retries(format!("retry: {value}\n")), NONE, "{value:?}");
    }
}

#[test]
fn one_without_a_value_is_ignored() {
    assert_eq!(retries("retry\nretry:\nretry: \n"), NONE);
}

#[test]
fn leading_zeros_change_nothing() {
    assert_eq!(retries("retry: 0\nretry: 007\n"), [0, 7]);
    assert_eq!(retries(format!("retry: {}1\n", "0".repeat(100))), [1]);
}

#[test]
fn a_number_too_great_saturates_and_never_wraps() {
    assert_eq!(retries("retry: 18446744073709551615\n"), [u64::MAX]);
    assert_eq!(retries("retry: 18446744073709551616\n"), [u64::MAX]);
    assert_eq!(retries(format!("retry: {}\n", "9".repeat(100))), [u64::MAX]);
}

#[test]
fn a_line_that_is_not_ended_is_not_processed() {
    assert_eq!(retries("retry: 10"), NONE);
    assert_eq!(decode_cut([b"retry: 1", b"0\n"]), [Dispatched::Retry(10)]);
}
