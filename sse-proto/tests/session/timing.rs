//! Silence, stalled writes, age and questions.

use std::time::Duration;

use sse_proto::session::{End, Transmit, Verdict};

use crate::support::{SECOND, Stream, config};

#[test]
fn silence_is_broken_by_a_comment() {
    let mut stream = Stream::new(config());
    assert_eq!(stream.due_in(), Some(15 * SECOND));
    assert_eq!(stream.pass(15 * SECOND), ":\n\n");
    assert_eq!(stream.pass(14 * SECOND), "");
    assert_eq!(stream.pass(SECOND), ":\n\n");
}

#[test]
fn events_are_no_silence() {
    let mut stream = Stream::new(config());
    for _ in 0..5 {
        assert_eq!(stream.pass(14 * SECOND), "");
        stream.publish("x");
        assert!(stream.sent().contains("data: x"));
    }
    assert_eq!(stream.pass(15 * SECOND), ":\n\n");
}

#[test]
fn the_heartbeat_can_be_switched_off() {
    let mut stream = Stream::new(config().heartbeat(None));
    assert_eq!(stream.due_in(), None);
    assert_eq!(stream.pass(10_000 * SECOND), "");
    let mut stream = Stream::new(config().heartbeat(Some(Duration::ZERO)));
    assert_eq!(stream.pass(SECOND / 500), ":\n\n:\n\n", "it does not spin");
}

#[test]
fn an_early_timeout_changes_nothing() {
    let mut stream = Stream::new(config().max_age(Some(20 * SECOND)));
    stream.session.handle_timeout(stream.now + 14 * SECOND);
    assert_eq!(stream.poll(), Transmit::Idle);
    assert_eq!(stream.due_in(), Some(15 * SECOND));
}

#[test]
fn a_client_that_does_not_read_is_given_up() {
    let mut stream = Stream::new(config());
    stream.publish("x");
    assert_eq!(stream.written(3), "id:");
    assert_eq!(stream.due_in(), Some(30 * SECOND));
    stream.pass_unread(29 * SECOND);
    assert_eq!(stream.written(1), " ", "it reads again");
    stream.pass_unread(29 * SECOND);
    assert_eq!(stream.session.ended(), None);
    stream.pass_unread(SECOND);
    assert_eq!(stream.ended(), Some(End::Stalled));
}

#[test]
fn a_write_of_nothing_is_no_progress() {
    let mut stream = Stream::new(config());
    stream.publish("x");
    assert!(matches!(stream.poll(), Transmit::Write(_)));
    stream.pass_unread(20 * SECOND);
    stream.session.handle_written(stream.now, 0);
    stream.pass_unread(10 * SECOND);
    assert_eq!(stream.ended(), Some(End::Stalled));
}

#[test]
fn without_a_write_deadline_it_waits() {
    let mut stream = Stream::new(config().write_deadline(None));
    stream.publish("x");
    stream.written(1);
    assert_eq!(stream.due_in(), None);
}

#[test]
fn a_heartbeat_that_is_not_taken_is_a_stalled_write() {
    let mut stream = Stream::new(config());
    stream.pass_unread(15 * SECOND);
    assert_eq!(stream.due_in(), Some(30 * SECOND));
    stream.pass_unread(30 * SECOND);
    assert_eq!(stream.ended(), Some(End::Stalled));
}

#[test]
fn a_stream_gets_only_so_old() {
    let mut stream = Stream::new(config().max_age(Some(40 * SECOND)).heartbeat(None));
    assert_eq!(stream.pass(39 * SECOND), "");
    stream.publish("last");
    assert_eq!(
        stream.pass(SECOND),
        "id: 7-1\ndata: last\n\n: expired\nretry: 2000\n\n"
    );
    assert_eq!(stream.ended(), Some(End::Expired));
}

#[test]
fn a_stream_can_be_told_when_to_end() {
    let mut stream = Stream::new(config().heartbeat(None).max_age(Some(60 * SECOND)));
    stream.session.expire_at(stream.now + 10 * SECOND);
    stream.session.expire_at(stream.now + 20 * SECOND);
    assert_eq!(stream.due_in(), Some(10 * SECOND));
    assert_eq!(stream.pass(10 * SECOND), ": expired\nretry: 2000\n\n");
}

#[test]
fn the_program_is_asked_now_and_then() {
    let mut stream = Stream::new(config().reauthorise(Some(60 * SECOND)));
    for asked in 1..=3 {
        stream.pass(60 * SECOND);
        assert_eq!(stream.questions, asked);
        stream.session.handle_verdict(stream.now, Verdict::Accept);
        stream.publish("x");
        assert!(stream.sent().contains("data: x"));
    }
}

#[test]
fn events_go_on_while_the_program_thinks() {
    let mut stream = Stream::new(config().reauthorise(Some(60 * SECOND)));
    stream.pass(60 * SECOND);
    stream.publish("x");
    assert_eq!(stream.sent(), "id: 7-1\ndata: x\n\n");
    assert_eq!(stream.questions, 1, "and it is asked once");
}

#[test]
fn a_rejected_subscriber_is_sent_away() {
    let mut stream = Stream::new(config().reauthorise(Some(60 * SECOND)));
    stream.session.handle_verdict(stream.now, Verdict::Reject);
    assert_eq!(stream.poll(), Transmit::Idle, "nobody was asked");
    stream.pass(60 * SECOND);
    stream.session.handle_verdict(stream.now, Verdict::Reject);
    stream.publish("not for it");
    assert_eq!(stream.sent(), ": unauthorised\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Unauthorised));
}

#[test]
fn no_answer_is_a_no() {
    let mut stream = Stream::new(config().heartbeat(None).reauthorise(Some(60 * SECOND)));
    assert_eq!(stream.pass(119 * SECOND), "");
    assert_eq!(stream.pass(SECOND), ": unauthorised\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Unauthorised));
}

#[test]
fn a_question_waits_for_no_write() {
    let mut stream = Stream::new(config().write_deadline(None).reauthorise(Some(60 * SECOND)));
    stream.publish("x");
    stream.written(1);
    stream.pass_unread(60 * SECOND);
    assert_eq!(stream.poll(), Transmit::Reauthorise);
    assert!(matches!(stream.poll(), Transmit::Write(_)));
}
