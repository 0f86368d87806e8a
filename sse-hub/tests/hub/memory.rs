//! What a subscription takes, and that nothing is left of it.

use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use allocation_counter::measure;
use sse_hub::Subscription;
use sse_hub::sse_proto::Event;

use crate::support::{Desk, SECOND, builder, sent};

#[test]
fn an_idle_subscription_takes_some_hundred_bytes() {
    const MANY: u64 = 1000;
    let desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let first = desk.subscribe(&["news"]);
    let mut subscriptions = Vec::with_capacity(MANY as usize);
    let taken = measure(|| {
        for _ in 0..MANY {
            let mut subscription = desk.subscribe(&["news"]);
            sent(&mut subscription);
            subscriptions.push(subscription);
        }
    });
    let each = taken.bytes_current / MANY as i64;
    // A vector that grows may have twice the room it needs.
    assert!(each <= 450, "{each} bytes");
    drop((subscriptions, first));
}

#[test]
fn delivering_allocates_nothing_for_a_subscription() {
    const MANY: usize = 200;
    let mut desk = Desk::new(builder());
    let mut subscriptions: Vec<_> = (0..MANY).map(|_| desk.subscribe(&["news"])).collect();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut deliver = |desk: &mut Desk| {
        drop(desk.hub.publish("news", &Event::new("x")));
        drop(desk.hub.publish("news", &Event::new("y")));
        desk.turn();
        for subscription in &mut subscriptions {
            assert!(subscription.poll_run(&mut context).is_ready());
            assert!(subscription.poll_run(&mut context).is_pending());
        }
    };
    for _ in 0..3 {
        deliver(&mut desk);
    }
    let taken = measure(|| deliver(&mut desk));
    assert!(taken.count_total < 30, "{taken:?}");
}

#[test]
fn streams_that_come_and_go_leave_nothing() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let round = |desk: &mut Desk| {
        let mut subscriptions: Vec<_> = (0..500)
            .map(|number| desk.subscribe(&["news", &format!("user {}", number % 50)]))
            .collect();
        desk.publish("news", "x");
        for subscription in &mut subscriptions {
            assert!(!sent(subscription).is_empty());
        }
        drop(subscriptions);
        desk.pass(60 * SECOND);
    };
    round(&mut desk);
    round(&mut desk);
    let left = measure(|| {
        for _ in 0..8 {
            round(&mut desk);
        }
    });
    // The history has eight events more.
    assert!(left.bytes_current < 8 * 500, "{left:?}");
    let stats = desk.hub.stats();
    assert_eq!((stats.subscribers, stats.ended.disconnected), (0, 5000));
}

#[test]
fn a_hub_that_is_dropped_leaves_nothing() {
    let left = measure(|| {
        let mut desk = Desk::new(builder());
        let mut subscriptions: Vec<_> = (0..50)
            .map(|_| desk.subscribe(&["news", "sport"]))
            .collect();
        desk.publish("news", "x");
        sent(&mut subscriptions[0]);
        desk.hub.kick(subscriptions[1].id());
        drop(desk.hub.close(SECOND));
    });
    assert_eq!(left.bytes_current, 0, "{left:?}");
}

/// Drops a subscription when it is woken.
struct Dropping(Mutex<Option<Subscription>>);

impl Wake for Dropping {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().expect("whole").take());
    }
}

#[test]
fn streams_that_leave_while_they_are_served_leave_nothing() {
    let mut desk = Desk::new(builder());
    // A subscription holds its filter as long as anything holds the subscription.
    let held = Arc::new(());
    let open = |desk: &Desk| {
        let held = Arc::clone(&held);
        let subscribe = desk
            .hub
            .subscribe(["news"])
            .filter(move |_| Arc::strong_count(&held) > 0);
        subscribe.open().expect("there is a stream")
    };
    let (first, mut second, third, fourth) = (open(&desk), open(&desk), open(&desk), open(&desk));
    assert_eq!(Arc::strong_count(&held), 5);
    let waker = Waker::from(Arc::new(Dropping(Mutex::new(Some(first)))));
    assert!(
        second
            .poll_run(&mut Context::from_waker(&waker))
            .is_pending()
    );
    desk.publish("news", "x");
    assert_eq!(Arc::strong_count(&held), 4);
    assert_eq!(desk.hub.stats().subscribers, 3);
    // Those behind it have moved up.
    drop(third);
    assert_eq!(Arc::strong_count(&held), 3);
    drop(fourth);
    assert_eq!(Arc::strong_count(&held), 2);
    desk.publish("news", "y");
    assert_eq!(
        sent(&mut second),
        "id: 7-1\ndata: x\n\nid: 7-2\ndata: y\n\n"
    );
}
