//! Drivers: one drives, others stand by, and without any nothing is lost.

use std::task::Context;
use std::thread;

use sse_hub::Hub;
use sse_hub::sse_proto::Event;

use crate::support::{Counter, Desk, builder, sent, sent_waking};

#[test]
fn handles_go_to_any_thread() {
    fn anywhere<T: Send + Sync>() {}
    anywhere::<Hub>();
    anywhere::<sse_hub::Subscription>();
    anywhere::<sse_hub::Driver>();
    anywhere::<sse_hub::Publish>();
    anywhere::<sse_hub::Channel>();
    anywhere::<sse_hub::Sender>();
    anywhere::<sse_hub::Check>();
}

#[test]
fn without_a_driver_whoever_publishes_delivers() {
    let hub = builder().build();
    assert!(!hub.is_driven());
    let mut subscription = hub.subscribe(["news"]).open().expect("there is a stream");
    let woken = Counter::new();
    sent_waking(&mut subscription, &woken);
    drop(hub.publish("news", &Event::new("x")));
    assert_eq!(woken.take(), 1);
    assert_eq!(sent(&mut subscription), "id: 7-1\ndata: x\n\n");
}

#[test]
fn a_second_driver_stands_by_and_takes_over() {
    let Desk {
        hub, driver, woken, ..
    } = Desk::new(builder());
    let mut second = hub.driver();
    let second_woken = Counter::new();
    let waker = second_woken.waker();
    let mut context = Context::from_waker(&waker);
    assert!(second.poll(&mut context).is_pending());
    let mut subscription = hub.subscribe(["news"]).open().expect("there is a stream");
    let task = Counter::new();
    sent_waking(&mut subscription, &task);
    drop(hub.publish("news", &Event::new("1")));
    assert_eq!((woken.take(), second_woken.take()), (1, 0));
    // It is dropped with that undone.
    drop(driver);
    assert_eq!(second_woken.take(), 1);
    assert_eq!(task.take(), 0);
    assert!(second.poll(&mut context).is_pending());
    assert_eq!(task.take(), 1);
    drop(hub.publish("news", &Event::new("2")));
    assert_eq!(second_woken.take(), 1);
    assert!(second.poll(&mut context).is_pending());
    assert_eq!(
        sent(&mut subscription),
        "id: 7-1\ndata: 1\n\nid: 7-2\ndata: 2\n\n"
    );
    drop(second);
    assert!(!hub.is_driven());
}

#[test]
fn one_that_stood_by_and_was_dropped_is_not_waited_for() {
    let Desk { hub, driver, .. } = Desk::new(builder());
    let mut second = hub.driver();
    let counter = Counter::new();
    let waker = counter.waker();
    assert!(second.poll(&mut Context::from_waker(&waker)).is_pending());
    drop(second);
    drop(driver);
    assert_eq!(counter.take(), 0);
    let mut subscription = hub.subscribe(["news"]).open().expect("there is a stream");
    drop(hub.publish("news", &Event::new("x")));
    assert_eq!(sent(&mut subscription), "id: 7-1\ndata: x\n\n");
}

#[test]
fn a_thread_can_drive_and_others_wait() {
    let hub = Hub::builder().epoch(7).build();
    let driver = hub.driver();
    let driving = thread::spawn(move || driver.run());
    let mut subscription = hub.subscribe(["news"]).open().expect("there is a stream");
    let reading = thread::spawn(move || {
        let mut runs = Vec::new();
        while let Some(run) = subscription.wait_run() {
            runs.extend_from_slice(&run);
        }
        String::from_utf8(runs).expect("text")
    });
    for data in ["1", "2", "3"] {
        hub.publish("news", &Event::new(data))
            .wait()
            .expect("it is published");
    }
    hub.close(std::time::Duration::from_secs(60)).wait();
    let text = reading.join().expect("it ends");
    assert!(
        text.contains("data: 1") && text.contains("data: 3"),
        "{text}"
    );
    assert!(text.ends_with(": drained\nretry: 2000\n\n"), "{text}");
    driving.join().expect("it ends");
}
