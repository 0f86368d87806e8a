//! How a stream ends.

use std::time::Duration;

use sse_proto::session::{End, LagPolicy, Transmit};

use crate::support::{SECOND, Stream, config};

#[test]
fn a_kick_cuts_no_event() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    assert_eq!(stream.written(4), "id: ");
    stream.session.kick(stream.now);
    stream.publish("2");
    assert_eq!(stream.sent(), "7-1\ndata: 1\n\n: kicked\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Kicked));
}

#[test]
fn a_kick_of_a_client_that_does_not_read_takes_five_seconds() {
    let mut stream = Stream::new(config().write_deadline(None));
    stream.publish("1");
    stream.written(4);
    stream.session.kick(stream.now);
    assert_eq!(stream.due_in(), Some(5 * SECOND));
    stream.pass_unread(5 * SECOND);
    assert_eq!(stream.ended(), Some(End::Kicked));
}

#[test]
fn a_drained_stream_hands_out_what_is_there_and_says_farewell() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    stream.session.drain(stream.now, 10 * SECOND);
    assert_eq!(
        stream.sent(),
        "id: 7-1\ndata: 1\n\n: drained\nretry: 2000\n\n"
    );
    assert_eq!(stream.ended(), Some(End::Drained));
}

#[test]
fn the_grace_period_bounds_a_drain() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    stream.written(4);
    stream.session.drain(stream.now, 10 * SECOND);
    stream.session.drain(stream.now, 1000 * SECOND);
    assert_eq!(stream.due_in(), Some(10 * SECOND), "the first one counts");
    stream.pass_unread(10 * SECOND);
    assert_eq!(stream.ended(), Some(End::Drained));
}

#[test]
fn a_farewell_is_within_the_grace_period_too() {
    let mut stream = Stream::new(config());
    stream.session.drain(stream.now, 2 * SECOND);
    assert!(matches!(stream.poll(), Transmit::Write(_)));
    assert_eq!(stream.due_in(), Some(2 * SECOND));
    let mut stream = Stream::new(config());
    stream.session.drain(stream.now, 60 * SECOND);
    assert!(matches!(stream.poll(), Transmit::Write(_)));
    assert_eq!(stream.due_in(), Some(5 * SECOND), "and no longer than any");
}

#[test]
fn without_grace_a_drain_is_over_at_once() {
    let mut stream = Stream::new(config());
    stream.session.drain(stream.now, Duration::ZERO);
    assert_eq!(stream.sent(), ": drained\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Drained));
}

#[test]
fn the_farewell_can_be_an_event() {
    let config = config().farewell_event_type(Some("close")).expect("valid");
    let mut stream = Stream::new(config.retry(None));
    stream.session.kick(stream.now);
    assert_eq!(stream.sent(), "event: close\ndata: kicked\n\n");
}

#[test]
fn a_stream_whose_topics_are_gone_ends() {
    let mut stream = Stream::new(config());
    stream.log.remove("a");
    assert_eq!(stream.sent(), ": gone\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Gone));
}

#[test]
fn what_was_lost_with_a_topic_is_told() {
    let mut stream = Stream::new(config().lag_policy(LagPolicy::Skip));
    stream.publish("1");
    stream.log.remove("a");
    assert_eq!(
        stream.sent(),
        "event: lagged\ndata: 1\n\n: gone\nretry: 2000\n\n"
    );
}

#[test]
fn after_a_disconnection_nothing_is_written() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    stream.written(3);
    stream.session.disconnected();
    assert_eq!(stream.ended(), Some(End::Disconnected));
    stream.session.kick(stream.now);
    stream.session.drain(stream.now, SECOND);
    assert_eq!(stream.ended(), Some(End::Disconnected));
}

#[test]
fn nothing_is_said_or_asked_behind_a_farewell() {
    let config = config()
        .heartbeat(Some(2 * SECOND))
        .reauthorise(Some(SECOND));
    let mut stream = Stream::new(config);
    stream.session.handle_timeout(stream.now + SECOND);
    stream.session.kick(stream.now + SECOND);
    let Transmit::Write(bytes) = stream.poll() else {
        panic!("a farewell, and no question")
    };
    stream
        .session
        .handle_written(stream.now + SECOND, bytes.len());
    stream.session.handle_timeout(stream.now + 4 * SECOND);
    assert_eq!(stream.poll(), Transmit::End(End::Kicked));
}

#[test]
fn the_first_end_counts() {
    let mut stream = Stream::new(config());
    stream.session.kick(stream.now);
    stream.session.drain(stream.now, SECOND);
    stream.session.kick(stream.now);
    assert_eq!(stream.sent(), ": kicked\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Kicked));
}
