//! Who gets what, and who is woken for it.

use sse_hub::log::{Framing, History};
use sse_hub::session::{End, LagPolicy};
use sse_hub::sse_proto::Event;
use sse_hub::{Hub, Subscription};

use crate::support::{Counter, Desk, builder, sent, sent_waking};

#[test]
fn everyone_gets_what_is_published_to_a_topic_of_theirs() {
    let mut desk = Desk::new(builder());
    let mut news = desk.subscribe(&["news"]);
    let mut both = desk.subscribe(&["sport", "news"]);
    desk.publish("news", "one");
    desk.publish("sport", "two");
    desk.publish("weather", "three");
    assert_eq!(sent(&mut news), "id: 7-1\ndata: one\n\n");
    assert_eq!(
        sent(&mut both),
        "id: 7-1\ndata: one\n\nid: 7-2\ndata: two\n\n"
    );
}

#[test]
fn a_stream_begins_with_the_cursor() {
    let desk = Desk::new(Hub::builder().epoch(7));
    assert_eq!(
        sent(&mut desk.subscribe(&["news"])),
        "event: sse-cursor\nid: 7-0\nretry: 2000\ndata: \n\n"
    );
}

#[test]
fn a_greeting_is_ahead_of_what_is_published_meanwhile() {
    let mut desk = Desk::new(builder());
    let state = Event::new("state");
    let mut subscription = desk
        .hub
        .subscribe(["news"])
        .greet(&state)
        .open()
        .expect("there is a stream");
    desk.publish("news", "change");
    assert_eq!(
        sent(&mut subscription),
        "data: state\n\nid: 7-1\ndata: change\n\n"
    );
}

#[test]
fn a_burst_is_one_run_and_one_waking() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    let woken = Counter::new();
    assert_eq!(sent_waking(&mut subscription, &woken), "");
    for _ in 0..16 {
        drop(desk.hub.publish("news", &Event::new("x")));
    }
    assert_eq!(desk.woken.take(), 1, "the driver is woken once");
    desk.turn();
    assert_eq!(woken.take(), 1);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Some(run)) = subscription.poll_run(&mut context) else {
        panic!("sixteen are new")
    };
    assert_eq!(run.len(), 16 * "id: 7-1\ndata: x\n\n".len() + 7);
    assert_eq!(sent(&mut subscription), "");
}

#[test]
fn all_share_the_bytes_of_a_run() {
    let mut desk = Desk::new(builder());
    let mut subscriptions: Vec<Subscription> = (0..3).map(|_| desk.subscribe(&["news"])).collect();
    for subscription in &mut subscriptions {
        assert_eq!(sent(subscription), "");
    }
    drop(desk.hub.publish("news", &Event::new("one")));
    drop(desk.hub.publish("news", &Event::new("two")));
    desk.turn();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let runs: Vec<_> = subscriptions
        .iter_mut()
        .map(|subscription| match subscription.poll_run(&mut context) {
            std::task::Poll::Ready(Some(run)) => run.as_ptr(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(runs.iter().all(|run| *run == runs[0]), "{runs:?}");
}

#[test]
fn nobody_is_woken_for_what_is_not_theirs() {
    let mut desk = Desk::new(builder());
    let (mut news, mut sport) = (desk.subscribe(&["news"]), desk.subscribe(&["sport"]));
    let (for_news, for_sport) = (Counter::new(), Counter::new());
    sent_waking(&mut news, &for_news);
    sent_waking(&mut sport, &for_sport);
    desk.publish("news", "one");
    assert_eq!((for_news.take(), for_sport.take()), (1, 0));
    drop(
        desk.hub
            .publish("weather", &Event::new("nobody follows it")),
    );
    assert_eq!(desk.woken.take(), 0, "nor is the driver");
}

#[test]
fn the_latest_task_that_polls_is_woken() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    let (first, second) = (Counter::new(), Counter::new());
    sent_waking(&mut subscription, &first);
    sent_waking(&mut subscription, &second);
    desk.publish("news", "one");
    assert_eq!((first.take(), second.take()), (0, 1));
}

#[test]
fn one_that_is_not_polled_is_given_all_of_it_later() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    for data in ["1", "2", "3"] {
        desk.publish("news", data);
    }
    assert_eq!(
        sent(&mut subscription),
        "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
}

#[test]
fn a_run_that_waits_is_not_overtaken() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    assert_eq!(sent(&mut subscription), "");
    // The driver has given it the first, when the others come.
    desk.publish("news", "1");
    desk.publish("news", "2");
    desk.publish("news", "3");
    assert_eq!(
        sent(&mut subscription),
        "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
}

#[test]
fn a_backlog_comes_in_runs_of_their_size() {
    let session = sse_hub::session::Config::new()
        .priming(false)
        .heartbeat(None)
        .max_run_bytes(40);
    let mut desk = Desk::new(Hub::builder().epoch(7).session(session));
    let mut subscription = desk.subscribe(&["news"]);
    assert_eq!(sent(&mut subscription), "");
    for data in ["1", "2", "3", "4", "5"] {
        drop(desk.hub.publish("news", &Event::new(data)));
    }
    desk.turn();
    let ids: Vec<_> = sent(&mut subscription)
        .matches("id: ")
        .map(str::to_owned)
        .collect();
    assert_eq!(ids.len(), 5);
    assert!(desk.hub.stats().writes >= 3);
}

#[test]
fn one_that_lags_is_disconnected_and_counted() {
    let mut desk = Desk::new(builder().history(History::new().events(2)));
    let mut slow = desk.subscribe(&["news"]);
    let mut quick = desk.subscribe(&["news"]);
    // The first one is in its hands already.
    for data in ["1", "2", "3", "4"] {
        desk.publish("news", data);
        assert!(sent(&mut quick).ends_with(&format!("data: {data}\n\n")));
    }
    assert_eq!(
        sent(&mut slow),
        "id: 7-1\ndata: 1\n\n: lagged\nretry: 2000\n\nEND"
    );
    assert_eq!(slow.ended(), Some(End::Lagged));
    assert_eq!(desk.hub.stats().ended.lagged, 1);
    assert_eq!(desk.hub.stats().subscribers, 1);
}

#[test]
fn one_that_lags_can_go_on_and_what_it_missed_is_counted() {
    let history = History::new().events(2);
    let mut desk = Desk::new(builder().history(history).lag_policy(LagPolicy::Skip));
    let mut slow = desk.subscribe(&["news"]);
    for data in ["1", "2", "3", "4", "5"] {
        desk.publish("news", data);
    }
    let expected = "id: 7-1\ndata: 1\n\nevent: lagged\ndata: 2\n\nid: 7-4\n";
    let sent = sent(&mut slow);
    assert!(sent.starts_with(expected), "{sent}");
    assert_eq!(desk.hub.stats().missed, 2);
}

#[test]
fn runs_are_framed_as_each_connection_wants_it() {
    let mut desk = Desk::new(builder());
    let mut raw = desk.subscribe(&["news"]);
    let chunked = desk.hub.subscribe(["news"]).framing(Framing::Chunked);
    let mut chunked = chunked.open().expect("there is a stream");
    sent(&mut raw);
    sent(&mut chunked);
    desk.publish("news", "1");
    assert_eq!(sent(&mut raw), "id: 7-1\ndata: 1\n\n");
    assert_eq!(sent(&mut chunked), "11\r\nid: 7-1\ndata: 1\n\n\r\n");
}

#[test]
fn writes_are_counted() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    desk.publish("news", "1");
    let len = sent(&mut subscription).len();
    let stats = desk.hub.stats();
    assert_eq!((stats.writes, stats.bytes_written), (1, len as u64));
    assert_eq!((stats.published, stats.subscribed, stats.events), (1, 1, 1));
}
