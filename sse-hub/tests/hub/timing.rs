//! Heartbeats, deadlines, ages, questions and expiry, by one queue.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sse_hub::log::History;
use sse_hub::session::End;
use sse_hub::sse_proto::Event;
use sse_hub::{Check, Hub};

use crate::support::{Counter, Desk, SECOND, builder, sent, sent_waking};

#[test]
fn silence_is_broken() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let mut subscription = desk.subscribe(&["news"]);
    let woken = Counter::new();
    assert_eq!(sent_waking(&mut subscription, &woken), "");
    desk.pass(14 * SECOND);
    assert_eq!(woken.take(), 0);
    desk.pass(SECOND + Duration::from_millis(50));
    assert_eq!(woken.take(), 1);
    assert_eq!(sent(&mut subscription), ":\n\n");
}

#[test]
fn events_put_a_heartbeat_off() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let mut subscription = desk.subscribe(&["news"]);
    for _ in 0..4 {
        desk.pass(10 * SECOND);
        desk.publish("news", "x");
        assert!(!sent(&mut subscription).contains(":\n\n"));
    }
    desk.pass(16 * SECOND);
    assert_eq!(sent(&mut subscription), ":\n\n");
}

#[test]
fn the_driver_is_woken_for_an_earlier_deadline() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    assert_eq!(desk.driver.deadline(), None);
    let subscription = desk.subscribe(&["news"]);
    assert_eq!(desk.woken.take(), 1);
    assert!(desk.driver.deadline().is_some());
    desk.turn();
    desk.pass(5 * SECOND);
    let _other = desk.subscribe(&["news"]);
    assert_eq!(desk.woken.take(), 0, "that one's is later");
    desk.hub.kick(subscription.id());
    assert_eq!(desk.woken.take(), 1, "a farewell has five seconds");
}

#[test]
fn many_heartbeats_are_few_wakings_of_the_driver() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let mut subscriptions = Vec::new();
    for _ in 0..1000 {
        subscriptions.push(desk.subscribe(&["news"]));
        desk.time.set(desk.time.now() + Duration::from_micros(100));
    }
    let mut wakings = 0;
    let end = desk.time.now() + 16 * SECOND;
    while let Some(deadline) = desk.driver.deadline().filter(|at| *at <= end) {
        desk.time.set(deadline);
        desk.driver.handle_timeout(deadline);
        wakings += 1;
    }
    for subscription in &mut subscriptions {
        assert_eq!(sent(subscription), ":\n\n");
    }
    assert!(wakings <= 4, "{wakings}");
}

#[test]
fn a_body_that_nobody_polls_is_given_up() {
    let mut desk = Desk::new(builder());
    let mut stalled = desk.subscribe(&["news"]);
    let woken = Counter::new();
    sent_waking(&mut stalled, &woken);
    desk.publish("news", "x");
    desk.pass(31 * SECOND);
    assert_eq!(stalled.ended(), Some(End::Stalled));
    assert_eq!(
        woken.take(),
        1,
        "for the event, after which it has not asked again"
    );
    let stats = desk.hub.stats();
    assert_eq!((stats.subscribers, stats.ended.stalled), (0, 1));
    assert_eq!(sent(&mut stalled), "END");
    drop(stalled);
    assert_eq!(desk.hub.stats().ended.total(), 1, "it ends once");
}

#[test]
fn a_stream_gets_only_so_old() {
    let mut desk = Desk::new(builder().max_age(Some(60 * SECOND)));
    let mut old = desk.subscribe(&["news"]);
    let short = desk.hub.subscribe(["news"]).max_age(10 * SECOND);
    let mut short = short.open().expect("there is a stream");
    desk.pass(11 * SECOND);
    assert_eq!(
        (sent(&mut old).as_str(), sent(&mut short).as_str()),
        ("", ": expired\nretry: 2000\n\nEND")
    );
    desk.pass(50 * SECOND);
    assert_eq!(sent(&mut old), ": expired\nretry: 2000\n\nEND");
}

#[test]
fn what_is_too_old_goes_also_where_nobody_looks() {
    let mut desk = Desk::new(builder().history(History::new().age(Some(60 * SECOND))));
    desk.publish("news", "x");
    desk.pass(59 * SECOND);
    assert_eq!(desk.hub.stats().events, 1);
    desk.pass(SECOND);
    assert_eq!(desk.hub.stats().events, 0);
}

#[test]
fn a_question_can_be_answered_at_once() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let mut desk = Desk::new(builder().reauthorise(60 * SECOND, move |check: Check| {
        log.lock().expect("whole").push((
            check.id(),
            check.topics().to_vec(),
            check.tag().map(str::to_owned),
        ));
        if check.tag() == Some("bob") {
            check.reject()
        } else {
            check.accept()
        }
    }));
    let mut anne = desk
        .hub
        .subscribe(["news"])
        .tag("anne")
        .open()
        .expect("there is a stream");
    let mut bob = desk
        .hub
        .subscribe(["news"])
        .tag("bob")
        .open()
        .expect("there is a stream");
    desk.pass(61 * SECOND);
    assert_eq!(sent(&mut anne), "");
    assert_eq!(sent(&mut bob), ": unauthorised\nretry: 2000\n\nEND");
    let first = asked.lock().expect("whole")[0].clone();
    assert_eq!(
        first,
        (anne.id(), vec!["news".to_owned()], Some("anne".to_owned()))
    );
    assert_eq!(desk.hub.stats().ended.unauthorised, 1);
}

#[test]
fn a_question_can_be_answered_later() {
    let checks = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&checks);
    let authoriser = move |check| kept.lock().expect("whole").push(check);
    let mut desk = Desk::new(builder().reauthorise(60 * SECOND, authoriser));
    let mut subscriptions = [desk.subscribe(&["news"]), desk.subscribe(&["news"])];
    let woken = Counter::new();
    desk.pass(61 * SECOND);
    for subscription in &mut subscriptions {
        assert_eq!(sent_waking(subscription, &woken), "");
    }
    desk.publish("news", "x");
    for subscription in &mut subscriptions {
        assert!(
            sent_waking(subscription, &woken).contains("data: x"),
            "events go on"
        );
    }
    woken.take();
    let mut checks: Vec<Check> = checks.lock().expect("whole").drain(..).collect();
    checks.remove(0).accept();
    assert_eq!(woken.take(), 0);
    drop(checks);
    assert_eq!(woken.take(), 1, "no answer is a no");
    let [first, second] = &mut subscriptions;
    assert_eq!(sent(first), "");
    assert_eq!(sent(second), ": unauthorised\nretry: 2000\n\nEND");
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    let checks = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&checks);
    let authoriser = move |check| kept.lock().expect("whole").push(check);
    let mut desk = Desk::new(builder().reauthorise(60 * SECOND, authoriser));
    let mut subscription = desk.subscribe(&["news"]);
    desk.pass(61 * SECOND);
    sent(&mut subscription);
    desk.pass(61 * SECOND);
    assert_eq!(
        sent(&mut subscription),
        ": unauthorised\nretry: 2000\n\nEND"
    );
    let late: Vec<Check> = checks.lock().expect("whole").drain(..).collect();
    late.into_iter().for_each(Check::accept);
    drop((subscription, desk));
    assert!(checks.lock().expect("whole").is_empty());
}

#[test]
fn a_flush_window_makes_one_run_of_what_comes_in_it() {
    let mut desk = Desk::new(builder().flush_window(Duration::from_millis(5)));
    let mut subscription = desk.subscribe(&["news"]);
    let woken = Counter::new();
    sent_waking(&mut subscription, &woken);
    drop(desk.hub.publish("news", &Event::new("1")));
    desk.turn();
    assert_eq!(woken.take(), 0);
    desk.time.set(desk.time.now() + Duration::from_millis(4));
    drop(desk.hub.publish("news", &Event::new("2")));
    desk.turn();
    assert_eq!(woken.take(), 0);
    desk.pass(Duration::from_millis(1));
    assert_eq!(woken.take(), 1);
    assert_eq!(
        sent(&mut subscription),
        "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\n"
    );
}

#[test]
fn heartbeats_come_by_default() {
    let mut desk = Desk::new(Hub::builder());
    let mut subscription = desk.subscribe(&["news"]);
    sent(&mut subscription);
    desk.pass(16 * SECOND);
    assert_eq!(sent(&mut subscription), ":\n\n");
}
