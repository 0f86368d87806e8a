//! A client that does not want all of it.

use sse_proto::Event;
use sse_proto::log::{Encoded, LogEvent};
use sse_proto::session::{Config, LagPolicy, Transmit};

use crate::support::{SECOND, Stream, config, log_of};

impl Stream {
    /// What is sent of events with an even number of bytes of data.
    fn filtered(&mut self) -> String {
        let mut sent = String::new();
        loop {
            sent += &self.own();
            let Some(slices) = self.session.read_slices(self.now, &mut self.log) else {
                match self.session.is_writing() {
                    true => continue,
                    false => return sent,
                }
            };
            let wanted = |event: &&LogEvent| {
                event
                    .message()
                    .is_some_and(|message| message.data().len() % 2 == 0)
            };
            let kept: Vec<_> = slices.events.iter().filter(wanted).cloned().collect();
            self.session.handle_filtered(self.now, &slices, &kept);
        }
    }

    fn own(&mut self) -> String {
        let mut sent = Vec::new();
        while let Some(Transmit::Write(bytes)) = self.session.poll_pending() {
            sent.extend_from_slice(&bytes);
            self.session.handle_written(self.now, bytes.len());
        }
        String::from_utf8(sent).expect("text")
    }

    fn beat(&mut self) -> String {
        self.now = self.now + 15 * SECOND;
        self.session.handle_timeout(self.now);
        self.filtered()
    }
}

#[test]
fn what_is_left_out_is_not_sent() {
    let mut stream = Stream::new(config());
    for data in ["a", "bb", "c", "dd"] {
        stream.publish(data);
    }
    assert_eq!(
        stream.filtered(),
        "id: 7-2\ndata: bb\n\nid: 7-4\ndata: dd\n\n"
    );
    assert_eq!(stream.filtered(), "");
}

#[test]
fn a_heartbeat_carries_the_cursor_once_where_the_client_does_not_know_it() {
    let mut stream = Stream::new(config());
    assert_eq!(stream.beat(), ":\n\n");
    stream.publish("aa");
    assert_eq!(stream.filtered(), "id: 7-1\ndata: aa\n\n");
    assert_eq!(stream.beat(), ":\n\n");
    stream.publish("b");
    assert_eq!(stream.filtered(), "");
    assert_eq!(stream.beat(), "event: sse-cursor\nid: 7-2\ndata: \n\n");
    assert_eq!(stream.beat(), ":\n\n");
    stream.publish("cc");
    stream.publish("d");
    stream.filtered();
    assert_eq!(stream.beat(), "event: sse-cursor\nid: 7-4\ndata: \n\n");
    stream.publish("e");
    stream.publish("ff");
    stream.filtered();
    assert_eq!(stream.beat(), ":\n\n");
}

#[test]
fn no_cursor_is_owed_for_what_has_no_id() {
    let mut stream = Stream::new(config());
    stream.publish("aa");
    let now = stream.now;
    let passing = Encoded::transient(&Event::new("b"));
    stream
        .log
        .append("a", passing, now)
        .expect("it is appended");
    assert_eq!(stream.filtered(), "id: 7-1\ndata: aa\n\n");
    let passing = Encoded::transient(&Event::new("c"));
    stream
        .log
        .append("a", passing, now)
        .expect("it is appended");
    assert_eq!(stream.filtered(), "");
    assert_eq!(stream.beat(), ":\n\n");
}

#[test]
fn where_a_last_one_without_an_id_hides_one_that_was_left_out_the_cursor_is_owed() {
    let mut stream = Stream::new(config());
    stream.publish("b");
    let passing = Encoded::transient(&Event::new("aa"));
    stream
        .log
        .append("a", passing, stream.now)
        .expect("it is appended");
    assert_eq!(stream.filtered(), "data: aa\n\n");
    stream
        .log
        .append("a", Encoded::transient(&Event::new("c")), stream.now)
        .expect("it is appended");
    assert_eq!(stream.filtered(), "");
    assert_eq!(stream.beat(), "event: sse-cursor\nid: 7-3\ndata: \n\n");
}

#[test]
fn a_replay_is_filtered_too() {
    let mut stream = Stream::begin(config(), log_of(11), Some("7-8")).expect("there is a stream");
    stream.publish("x");
    stream.publish("yy");
    assert_eq!(
        stream.filtered(),
        "id: 7-10\ndata: 10\n\nid: 7-11\ndata: 11\n\nid: 7-13\ndata: yy\n\n"
    );
}

#[test]
fn a_filter_changes_nothing_about_what_is_lost() {
    let mut stream = Stream::new(config().lag_policy(LagPolicy::Skip));
    for _ in 0..7 {
        stream.publish("aa");
    }
    let sent = stream.filtered();
    assert!(
        sent.starts_with("event: lagged\ndata: 2\n\nid: 7-3\n"),
        "{sent}"
    );
    let mut stream = Stream::new(Config::new());
    for _ in 0..7 {
        stream.publish("aa");
    }
    assert!(stream.filtered().ends_with(": lagged\nretry: 2000\n\n"));
}

#[test]
fn what_happens_while_it_is_filtered_is_not_undone() {
    let mut stream = Stream::new(config().heartbeat(Some(SECOND)));
    stream.publish("aa");
    let read = |stream: &mut Stream| {
        let read = stream.session.read_slices(stream.now, &mut stream.log);
        read.expect("one is new")
    };
    let slices = read(&mut stream);
    stream.session.handle_timeout(stream.now + SECOND);
    stream
        .session
        .handle_filtered(stream.now, &slices, &slices.events);
    stream
        .session
        .handle_filtered(stream.now, &slices, &slices.events);
    assert_eq!(stream.filtered(), ":\n\nid: 7-1\ndata: aa\n\n");
    stream.publish("bb");
    let slices = read(&mut stream);
    stream.session.kick(stream.now);
    stream
        .session
        .handle_filtered(stream.now, &slices, &slices.events);
    assert_eq!(stream.filtered(), ": kicked\nretry: 2000\n\n");
}

#[test]
fn it_ends_like_any_other() {
    let mut stream = Stream::new(config());
    stream.publish("aa");
    stream.publish("b");
    stream.session.drain(stream.now, SECOND);
    assert_eq!(
        stream.filtered(),
        "id: 7-1\ndata: aa\n\n: drained\nretry: 2000\n\n"
    );
}
