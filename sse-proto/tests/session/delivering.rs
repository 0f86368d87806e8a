//! How events get to a client, whole or in parts.

use sse_proto::Event;
use sse_proto::log::{Encoded, Framing, Read};
use sse_proto::session::{End, LagPolicy, Session, Transmit};

use crate::support::{Stream, config, log_of};

#[test]
fn all_that_is_new_is_one_write() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    stream.publish("2");
    let Transmit::Write(bytes) = stream.poll() else {
        panic!("two are new")
    };
    assert_eq!(bytes, "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\n");
    stream.session.handle_written(stream.now, bytes.len());
    assert_eq!(stream.poll(), Transmit::Idle);
}

#[test]
fn a_write_that_goes_in_part_goes_on_where_it_stopped() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    stream.publish("2");
    assert_eq!(stream.written(10), "id: 7-1\nda");
    stream.publish("3");
    assert_eq!(stream.written(3), "ta:");
    assert_eq!(
        stream.sent(),
        " 1\n\nid: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
}

#[test]
fn more_than_was_to_be_written_is_all_of_it() {
    let mut stream = Stream::new(config());
    stream.publish("1");
    assert!(matches!(stream.poll(), Transmit::Write(_)));
    stream.session.handle_written(stream.now, usize::MAX);
    assert_eq!(stream.poll(), Transmit::Idle);
}

#[test]
fn a_run_is_as_large_as_it_may_be() {
    let mut stream = Stream::new(config().max_run_bytes(40));
    for data in ["1", "2", "3"] {
        stream.publish(data);
    }
    let Transmit::Write(bytes) = stream.poll() else {
        panic!("three are new")
    };
    assert_eq!(bytes, "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\n");
    assert!(stream.sent().ends_with("id: 7-3\ndata: 3\n\n"));
}

#[test]
fn one_that_lags_is_disconnected_and_learns_when_it_comes_back() {
    let mut stream = Stream::new(config());
    for data in 1..=6 {
        stream.publish(&data.to_string());
    }
    assert_eq!(stream.sent(), ": lagged\nretry: 2000\n\n");
    assert_eq!(stream.ended(), Some(End::Lagged));
    let mut again = Stream::begin(config(), stream.log, Some("7-0")).expect("there is a stream");
    assert_eq!(again.sent(), "event: reset\nid: 7-6\ndata: evicted\n\n");
}

#[test]
fn one_that_lags_can_be_told_and_go_on() {
    let mut stream = Stream::new(config().lag_policy(LagPolicy::Skip));
    for data in 1..=7 {
        stream.publish(&data.to_string());
    }
    let sent = stream.sent();
    let missed = [stream.session.take_missed(), stream.session.take_missed()];
    assert_eq!(missed, [2, 0]);
    assert!(
        sent.starts_with("event: lagged\ndata: 2\n\nid: 7-3\ndata: 3\n\n"),
        "{sent}"
    );
    assert!(sent.ends_with("id: 7-7\ndata: 7\n\n"), "{sent}");
}

#[test]
fn a_run_that_is_being_written_is_whole_whatever_is_lost_meanwhile() {
    let mut stream = Stream::new(config().lag_policy(LagPolicy::Skip));
    stream.publish("1");
    stream.publish("2");
    assert_eq!(stream.written(8), "id: 7-1\n");
    for data in 3..=9 {
        stream.publish(&data.to_string());
    }
    let sent = stream.sent();
    let expected = "data: 1\n\nid: 7-2\ndata: 2\n\nevent: lagged\ndata: 2\n\nid: 7-5\n";
    assert!(sent.starts_with(expected), "{sent}");
}

#[test]
fn a_run_that_was_read_for_all_is_taken_by_who_is_there() {
    let mut stream = Stream::new(config());
    let (set, from) = (stream.session.set(), stream.session.cursor());
    let take = |stream: &mut Stream, from| {
        let Read::Run(run) = stream.log.read(set, from, Framing::Raw, 1000) else {
            panic!("something is new")
        };
        stream.session.take_run(stream.now, Framing::Raw, &run)
    };
    stream.publish("1");
    assert!(take(&mut stream, from));
    assert!(!take(&mut stream, from), "it has something to write");
    assert_eq!(stream.sent(), "id: 7-1\ndata: 1\n\n");
    stream.publish("2");
    assert!(!take(&mut stream, from), "it is elsewhere");
    assert_eq!(stream.sent(), "id: 7-2\ndata: 2\n\n");

    let mut replaying = Stream::begin(config(), log_of(3), Some("7-1")).expect("there is a stream");
    let from = replaying.session.cursor();
    assert!(!take(&mut replaying, from), "it is not live yet");
    replaying.sent();
    let from = replaying.session.cursor();
    replaying.publish("4");
    let Read::Run(run) = replaying.log.read(set, from, Framing::Chunked, 1000) else {
        panic!("one is new")
    };
    let now = replaying.now;
    assert!(
        !replaying.session.take_run(now, Framing::Chunked, &run),
        "it is framed in another way"
    );
    assert!(take(&mut replaying, from));
}

#[test]
fn transient_events_are_for_live_streams() {
    let mut log = log_of(2);
    let passing = || Encoded::transient(&Event::new("passing"));
    log.append("a", passing(), Default::default())
        .expect("it is appended");
    let mut stream = Stream::begin(config(), log, Some("7-1")).expect("there is a stream");
    let now = stream.now;
    stream
        .log
        .append("a", passing(), now)
        .expect("it is appended");
    assert_eq!(stream.sent(), "id: 7-2\ndata: 2\n\ndata: passing\n\n");
}

#[test]
fn a_session_is_small() {
    assert!(
        size_of::<Session>() <= 200,
        "{} bytes",
        size_of::<Session>()
    );
}
