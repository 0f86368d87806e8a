//! Kicks, the end of a hub, and what is left of it: nothing.

use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use sse_hub::session::End;
use sse_hub::sse_proto::Event;
use sse_hub::{Hub, SubscribeError};

use crate::support::{Counter, Desk, SECOND, builder, poll, sent, sent_waking};

#[test]
fn a_stream_can_be_kicked_by_its_number() {
    let desk = Desk::new(builder());
    let (mut one, mut other) = (desk.subscribe(&["news"]), desk.subscribe(&["news"]));
    let woken = Counter::new();
    sent_waking(&mut one, &woken);
    assert!(desk.hub.kick(one.id()));
    assert_eq!(woken.take(), 1);
    assert_eq!(sent(&mut one), ": kicked\nretry: 2000\n\nEND");
    assert_eq!(sent(&mut other), "");
    assert!(!desk.hub.kick(one.id()), "it is gone");
    let id = one.id();
    drop(one);
    let _successor = desk.subscribe(&["news"]);
    assert!(!desk.hub.kick(id), "its number is not given again");
}

#[test]
fn all_streams_of_a_user_can_be_kicked() {
    let desk = Desk::new(builder());
    let open = |tag: &str| {
        desk.hub
            .subscribe(["news"])
            .tag(tag)
            .open()
            .expect("there is a stream")
    };
    let (mut anne, mut bob, mut anne_too) = (open("anne"), open("bob"), open("anne"));
    assert_eq!(desk.hub.kick_tag("anne"), 2);
    assert_eq!(desk.hub.kick_tag("nobody"), 0);
    for subscription in [&mut anne, &mut anne_too] {
        assert_eq!(sent(subscription), ": kicked\nretry: 2000\n\nEND");
    }
    assert_eq!(sent(&mut bob), "");
    assert_eq!(desk.hub.stats().ended.kicked, 2);
}

#[test]
fn closing_hands_out_what_is_there_and_says_farewell() {
    let mut desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    let woken = Counter::new();
    sent_waking(&mut subscription, &woken);
    drop(desk.hub.publish("news", &Event::new("last")));
    let mut closing = desk.hub.close(10 * SECOND);
    assert_eq!(woken.take(), 1);
    assert_eq!(poll(&mut closing), Poll::Pending);
    assert!(!desk.turn());
    assert_eq!(
        sent(&mut subscription),
        "id: 7-1\ndata: last\n\n: drained\nretry: 2000\n\nEND"
    );
    assert_eq!(poll(&mut closing), Poll::Ready(()));
    assert!(desk.turn(), "the driver is through");
    assert_eq!(desk.hub.stats().ended.drained, 1);
}

#[test]
fn a_closed_hub_opens_no_stream() {
    let desk = Desk::new(builder());
    drop(desk.hub.close(SECOND));
    assert_eq!(
        desk.hub.subscribe(["news"]).open().err(),
        Some(SubscribeError::Closed)
    );
    assert!(desk.hub.is_closed());
}

#[test]
fn closing_takes_no_longer_than_the_grace_period() {
    let mut desk = Desk::new(builder());
    let mut stalled = desk.subscribe(&["news"]);
    sent(&mut stalled);
    let mut closing = desk.hub.close(10 * SECOND);
    desk.pass(9 * SECOND);
    assert_eq!(poll(&mut closing), Poll::Pending);
    desk.pass(SECOND + Duration::from_millis(50));
    assert_eq!(poll(&mut closing), Poll::Ready(()));
    assert_eq!(stalled.ended(), Some(End::Drained));
}

#[test]
fn whoever_waits_for_the_end_is_woken_by_the_last_to_leave() {
    let mut desk = Desk::new(builder());
    let (one, other) = (desk.subscribe(&["news"]), desk.subscribe(&["news"]));
    let woken = Counter::new();
    let mut closing = desk.hub.close(10 * SECOND);
    let waker = woken.waker();
    let mut context = std::task::Context::from_waker(&waker);
    assert!(
        std::pin::Pin::new(&mut closing)
            .poll(&mut context)
            .is_pending()
    );
    assert!(
        std::pin::Pin::new(&mut closing)
            .poll(&mut context)
            .is_pending()
    );
    drop(one);
    assert_eq!(woken.take(), 0);
    desk.turn();
    assert_eq!(desk.woken.take(), 0);
    drop(other);
    assert_eq!(
        (woken.take(), desk.woken.take()),
        (1, 1),
        "and so is the driver"
    );
}

#[test]
fn a_thread_can_wait_for_the_end_without_a_driver() {
    let hub = Hub::builder().build();
    let stalled = hub.subscribe(["news"]).open().expect("there is a stream");
    hub.close(Duration::ZERO).wait();
    assert_eq!(stalled.ended(), Some(End::Drained));
}

#[test]
fn a_subscription_outlives_its_hub_and_its_driver() {
    let desk = Desk::new(builder());
    let mut subscription = desk.subscribe(&["news"]);
    drop(desk);
    assert_eq!(sent(&mut subscription), "");
}

#[test]
fn the_driver_ends_with_the_last_handle() {
    let Desk {
        hub,
        mut driver,
        woken,
        ..
    } = Desk::new(builder());
    let subscription = hub.subscribe(["news"]).open().expect("there is a stream");
    drop(hub);
    woken.take();
    drop(subscription);
    assert_eq!(woken.take(), 1);
    let waker = woken.waker();
    assert!(
        driver
            .poll(&mut std::task::Context::from_waker(&waker))
            .is_ready()
    );
}
