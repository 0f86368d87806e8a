//! Two hubs on one log of record, which is held in memory and does what the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::Bytes;
use sse_hub::log::{AppendError, Sequence};
use sse_hub::sse_proto::Event;
use sse_hub::{
    Backplane, BackplaneError, Entry, Feed, FeedError, Hub, NotAppended, NotRead, PublishError,
    Record, Reply, Subscription,
};

use crate::support::{Desk, SECOND, Time, builder, poll, sent};

type Append = (Record, Reply<Result<Sequence, NotAppended>>);
type Read = (Sequence, usize, Reply<Result<Vec<Entry>, NotRead>>);

/// The log of record, and what its clients wait for.
#[derive(Clone, Default)]
struct RecordLog(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    trimmed_through: Option<Sequence>,
    feeds: Vec<Feed>,
    appends: VecDeque<Append>,
    reads: VecDeque<Read>,
    closed: usize,
    unreachable: bool,
}

impl Backplane for RecordLog {
    fn newest(&self) -> Result<Sequence, BackplaneError> {
        let state = self.0.lock().expect("whole");
        if state.unreachable {
            return Err(BackplaneError::new("connection refused"));
        }
        Ok(state
            .entries
            .last()
            .map_or(Sequence::MIN, |entry| entry.sequence))
    }

    fn attach(&self, feed: Feed) {
        self.0.lock().expect("whole").feeds.push(feed);
    }

    fn append(&self, record: Record, reply: Reply<Result<Sequence, NotAppended>>) {
        self.0
            .lock()
            .expect("whole")
            .appends
            .push_back((record, reply));
    }

    fn read_after(&self, after: Sequence, limit: usize, reply: Reply<Result<Vec<Entry>, NotRead>>) {
        self.0
            .lock()
            .expect("whole")
            .reads
            .push_back((after, limit, reply));
    }

    fn close(&self) {
        self.0.lock().expect("whole").closed += 1;
    }
}

impl RecordLog {
    fn appends(&self) -> Vec<Append> {
        self.0.lock().expect("whole").appends.drain(..).collect()
    }

    fn reads(&self) -> Vec<Read> {
        self.0.lock().expect("whole").reads.drain(..).collect()
    }

    /// Stores all that was sent: at second 100, 101 and so on.
    fn store(&self) {
        for (record, reply) in self.appends() {
            reply.send(Ok(self.push(record)));
        }
    }

    fn push(&self, record: Record) -> Sequence {
        let mut state = self.0.lock().expect("whole");
        let sequence = Sequence::new(100 + state.entries.len() as u64, 0);
        state.entries.push(Entry { sequence, record });
        sequence
    }

    /// Feeds every hub, or one of them, what it has not had.
    fn feed(&self, which: usize) {
        let (feed, entries) = {
            let state = self.0.lock().expect("whole");
            (state.feeds[which].clone(), state.entries.clone())
        };
        for entry in entries {
            if entry.sequence > feed.newest() {
                feed.append(entry).expect("it is one");
            }
        }
    }

    /// Answers all that was asked, two entries a page.
    fn answer(&self) {
        for (after, limit, reply) in self.reads() {
            assert!(limit > 2);
            let answer = {
                let state = self.0.lock().expect("whole");
                let newest = state
                    .entries
                    .last()
                    .map_or(Sequence::MIN, |entry| entry.sequence);
                if after > newest {
                    Err(NotRead::Future)
                } else if state.trimmed_through.is_some_and(|trimmed| after < trimmed) {
                    Err(NotRead::Trimmed)
                } else {
                    let entries = state.entries.iter().filter(|entry| entry.sequence > after);
                    Ok(entries.take(2).cloned().collect())
                }
            };
            reply.send(answer);
        }
    }
}

/// One node.
fn desk(record: &RecordLog) -> Desk {
    let time = Time::new();
    let hub = builder().clock(time.clock()).backplane(record.clone());
    Desk::around(hub.expect("it can be reached"), time)
}

fn publish(desk: &Desk, record: &RecordLog, data: &str) -> String {
    let mut publish = desk.hub.publish("news", &Event::new(data));
    assert!(poll(&mut publish).is_pending(), "it is not stored yet");
    record.store();
    match poll(&mut publish) {
        Poll::Ready(Ok(published)) => published.id().expect("it has one"),
        other => panic!("{other:?}"),
    }
}

/// All that comes, with as many pages as it takes.
fn paged(subscription: &mut Subscription, record: &RecordLog) -> String {
    let mut text = sent(subscription);
    while !record.0.lock().expect("whole").reads.is_empty() {
        record.answer();
        text += &sent(subscription);
    }
    text
}

#[test]
fn an_event_has_the_same_id_on_every_node() {
    let record = RecordLog::default();
    let (mut here, mut there) = (desk(&record), desk(&record));
    let (mut one, mut other) = (here.subscribe(&["news"]), there.subscribe(&["news"]));
    let id = publish(&here, &record, "x");
    assert_eq!(id, "100-0");
    assert_eq!(sent(&mut one), "", "it comes from the log of record");
    record.feed(0);
    record.feed(1);
    here.turn();
    there.turn();
    assert_eq!(sent(&mut one), "id: 100-0\ndata: x\n\n");
    assert_eq!(sent(&mut other), "id: 100-0\ndata: x\n\n");
}

#[test]
fn a_client_resumes_on_another_node() {
    let record = RecordLog::default();
    let (here, there) = (desk(&record), desk(&record));
    for data in ["1", "2", "3"] {
        publish(&here, &record, data);
    }
    record.feed(1);
    let mut subscription = there.resume(&["news"], "100-0");
    assert_eq!(
        sent(&mut subscription),
        "id: 101-0\ndata: 2\n\nid: 102-0\ndata: 3\n\n"
    );
}

#[test]
fn what_a_node_does_not_hold_is_paged_in() {
    let record = RecordLog::default();
    let old = desk(&record);
    for data in ["1", "2", "3", "4", "5"] {
        publish(&old, &record, data);
    }
    // This one came later.
    let mut late = desk(&record);
    let mut subscription = late.resume(&["news"], "100-0");
    publish(&old, &record, "6");
    record.feed(1);
    late.turn();
    let text = paged(&mut subscription, &record);
    let data: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(data, ["2", "3", "4", "5", "6"]);
    publish(&old, &record, "7");
    record.feed(1);
    late.turn();
    assert_eq!(sent(&mut subscription), "id: 106-0\ndata: 7\n\n");
}

#[test]
fn pages_are_of_the_topics_that_are_followed() {
    let record = RecordLog::default();
    let old = desk(&record);
    publish(&old, &record, "1");
    for topic in ["sport", "news"] {
        drop(old.hub.publish(topic, &Event::new(topic)));
        record.store();
    }
    let late = desk(&record);
    let mut subscription = late.resume(&["news"], "100-0");
    assert_eq!(
        paged(&mut subscription, &record),
        "id: 102-0\ndata: news\n\n"
    );
}

#[test]
fn a_client_that_has_seen_more_than_this_node_waits_for_it() {
    let record = RecordLog::default();
    let (here, mut behind) = (desk(&record), desk(&record));
    for data in ["1", "2", "3"] {
        publish(&here, &record, data);
    }
    let mut subscription = behind.resume(&["news"], "101-0");
    assert_eq!(paged(&mut subscription, &record), "");
    record.feed(1);
    behind.turn();
    assert_eq!(sent(&mut subscription), "id: 102-0\ndata: 3\n\n");
}

#[test]
fn a_trimmed_history_and_a_future_id_are_stale() {
    let record = RecordLog::default();
    let old = desk(&record);
    for data in ["1", "2", "3"] {
        publish(&old, &record, data);
    }
    record.0.lock().expect("whole").trimmed_through = Some(Sequence::new(101, 0));
    let late = desk(&record);
    let mut subscription = late.resume(&["news"], "100-0");
    assert_eq!(
        paged(&mut subscription, &record),
        "event: reset\nid: 102-0\ndata: evicted\n\n"
    );
    let mut subscription = late.resume(&["news"], "500-0");
    assert_eq!(
        paged(&mut subscription, &record),
        "event: reset\nid: 102-0\ndata: future\n\n"
    );
    let mut subscription = late.resume(&["news"], "junk");
    assert_eq!(
        paged(&mut subscription, &record),
        "event: reset\nid: 102-0\ndata: unknown\n\n"
    );
    assert_eq!(late.hub.stats().stale, 3);
}

#[test]
fn a_page_that_cannot_be_read_ends_the_stream_and_the_client_tries_again() {
    let record = RecordLog::default();
    publish(&desk(&record), &record, "1");
    publish(&desk(&record), &record, "2");
    let late = desk(&record);
    let mut failed = late.resume(&["news"], "100-0");
    let mut dropped = late.resume(&["news"], "100-0");
    assert_eq!(
        (sent(&mut failed), sent(&mut dropped)),
        (String::new(), String::new())
    );
    let mut reads = record.reads();
    drop(reads.pop());
    let (_, _, reply) = reads.pop().expect("two have asked");
    reply.send(Err(NotRead::Failed(BackplaneError::new("timed out"))));
    for subscription in [&mut failed, &mut dropped] {
        assert!(sent(subscription).ends_with("END"));
    }
}

#[test]
fn errors_tell_what_is_certain_from_what_is_not() {
    let record = RecordLog::default();
    let desk = desk(&record);
    let mut publishes: Vec<_> = (0..3)
        .map(|_| desk.hub.publish("news", &Event::new("x")))
        .collect();
    let mut appends = record.appends();
    drop(appends.pop());
    let (_, unknown) = appends.pop().expect("it was sent");
    unknown.send(Err(NotAppended::OutcomeUnknown(BackplaneError::new(
        "connection lost",
    ))));
    let (_, refused) = appends.pop().expect("it was sent");
    refused.send(Err(NotAppended::NotStored(BackplaneError::new(
        "out of memory",
    ))));
    let results: Vec<_> = publishes.iter_mut().map(poll).collect();
    let [
        Poll::Ready(Err(not_stored)),
        Poll::Ready(Err(unknown)),
        Poll::Ready(Err(dropped)),
    ] = &results[..]
    else {
        panic!("{results:?}")
    };
    assert!(
        matches!(not_stored, PublishError::NotStored(_)),
        "{not_stored:?}"
    );
    assert_eq!(
        not_stored.to_string(),
        "the event was not stored: out of memory"
    );
    assert!(
        matches!(unknown, PublishError::OutcomeUnknown(_)),
        "{unknown:?}"
    );
    assert!(
        matches!(dropped, PublishError::OutcomeUnknown(_)),
        "{dropped:?}"
    );
    assert_eq!(record.appends().len(), 0, "none was sent again");
}

#[test]
fn only_so_many_are_on_their_way() {
    let record = RecordLog::default();
    let hub = builder()
        .max_in_flight(2)
        .backplane(record.clone())
        .expect("it can be reached");
    let event = Event::new("x");
    let mut sent: Vec<_> = (0..2)
        .map(|_| hub.try_publish("news", &event).expect("there is room"))
        .collect();
    assert!(matches!(
        hub.try_publish("news", &event),
        Err(PublishError::Full)
    ));
    let mut waiting = hub.publish("news", &event);
    assert!(poll(&mut waiting).is_pending());
    assert_eq!(record.0.lock().expect("whole").appends.len(), 2);
    record.store();
    assert!(
        sent.iter_mut()
            .all(|publish| matches!(poll(publish), Poll::Ready(Ok(_))))
    );
    assert!(poll(&mut waiting).is_pending(), "now it is on its way");
    record.store();
    assert!(matches!(poll(&mut waiting), Poll::Ready(Ok(_))));
}

#[test]
fn one_that_waited_and_was_dropped_holds_up_nobody() {
    let record = RecordLog::default();
    let hub = builder()
        .max_in_flight(1)
        .backplane(record.clone())
        .expect("it can be reached");
    let event = Event::new("x");
    let _first = hub.publish("news", &event);
    let (mut second, mut third) = (hub.publish("news", &event), hub.publish("news", &event));
    assert!(poll(&mut second).is_pending());
    let woken = crate::support::Counter::new();
    let waker = woken.waker();
    let mut context = std::task::Context::from_waker(&waker);
    assert!(std::future::Future::poll(std::pin::Pin::new(&mut third), &mut context).is_pending());
    drop(second);
    record.store();
    assert_eq!(woken.take(), 1);
}

#[test]
fn what_a_backplane_cannot_order_is_refused() {
    let record = RecordLog::default();
    let hub = desk(&record).hub;
    let transient = hub.publish_transient("news", &Event::new("x")).wait();
    assert!(matches!(
        transient,
        Err(PublishError::Refused(AppendError::OrderedElsewhere))
    ));
    let own = hub
        .publish("news", &Event::new("x").id("1").expect("valid"))
        .wait();
    assert!(matches!(
        own,
        Err(PublishError::Refused(AppendError::IdNotAllowed(_)))
    ));
    hub.close(SECOND).wait();
    assert!(matches!(
        hub.publish("news", &Event::new("x")).wait(),
        Err(PublishError::Closed)
    ));
}

#[test]
fn an_entry_that_is_none_counts_as_lost() {
    let record = RecordLog::default();
    let mut desk = desk(&record);
    let mut subscription = desk.subscribe(&["news"]);
    let forged = Record {
        topic: "news".into(),
        block: Bytes::from_static(b"data: x\n\ndata: forged\n\n"),
    };
    let sequence = record.push(forged.clone());
    let feed = record.0.lock().expect("whole").feeds[0].clone();
    let entry = Entry {
        sequence,
        record: forged,
    };
    assert_eq!(feed.append(entry.clone()), Err(FeedError::Invalid));
    assert_eq!(feed.newest(), sequence);
    desk.turn();
    assert_eq!(sent(&mut subscription), ": lagged\nretry: 2000\n\nEND");
    assert!(sent(&mut desk.resume(&["news"], "99-0")).is_empty());
    assert_eq!(
        feed.append(entry),
        Err(FeedError::Invalid),
        "and is not lost twice"
    );
    assert_eq!(feed.newest(), sequence);
}

#[test]
fn a_place_that_was_had_already_changes_nothing() {
    let record = RecordLog::default();
    let mut desk = desk(&record);
    let mut subscription = desk.subscribe(&["news"]);
    publish(&desk, &record, "1");
    record.feed(0);
    let feed = record.0.lock().expect("whole").feeds[0].clone();
    let entry = record.0.lock().expect("whole").entries[0].clone();
    assert!(matches!(
        feed.append(entry),
        Err(FeedError::Refused(AppendError::OutOfOrder { .. }))
    ));
    desk.turn();
    assert_eq!(sent(&mut subscription), "id: 100-0\ndata: 1\n\n");
}

#[test]
fn a_backplane_that_cannot_be_reached_is_no_hub() {
    let record = RecordLog::default();
    record.0.lock().expect("whole").unreachable = true;
    let error = builder()
        .backplane(record)
        .expect_err("it cannot be reached");
    assert_eq!(error.to_string(), "connection refused");
}

#[test]
fn the_backplane_learns_that_the_hub_is_gone() {
    let record = RecordLog::default();
    let hub: Hub = desk(&record).hub;
    let feed = record.0.lock().expect("whole").feeds[0].clone();
    assert!(!feed.is_over());
    drop(hub);
    assert!(feed.is_over());
    assert_eq!(record.0.lock().expect("whole").closed, 1);
    let left_over = Record {
        topic: "news".into(),
        block: Bytes::from_static(b"data: x\n\n"),
    };
    let entry = Entry {
        sequence: Sequence::new(1, 1),
        record: left_over,
    };
    assert_eq!(feed.append(entry), Ok(()), "nobody is there");
}
