//! What a program hooks in, and what becomes of it when that panics.

use std::panic;
use std::sync::{Arc, Mutex};

use sse_hub::session::End;
use sse_hub::sse_proto::RequestHead;
use sse_hub::{Hub, SubscribeError, Subscriber};

use crate::support::{Desk, SECOND, builder, sent};

type Notes = Arc<Mutex<Vec<String>>>;

fn noting(notes: &Notes, word: &'static str) -> impl Fn(&Subscriber<'_>) + Send + Sync + 'static {
    let notes = Arc::clone(notes);
    move |subscriber| {
        let path = subscriber.request().map_or("?", |request| &*request.target);
        let tag = subscriber.tag().unwrap_or("-");
        let end = subscriber.ended().map_or("", End::as_str);
        let mut topics = subscriber.topics().to_vec();
        topics.sort();
        let note = format!("{word} {} {tag} {path} {end}", topics.join("+"));
        notes.lock().expect("whole").push(note);
    }
}

fn taken(notes: &Notes) -> Vec<String> {
    notes.lock().expect("whole").drain(..).collect()
}

#[test]
fn callbacks_see_the_topics_and_the_request() {
    let notes = Notes::default();
    let desk = Desk::new(
        builder()
            .on_subscribe(noting(&notes, "came"))
            .on_unsubscribe(noting(&notes, "left")),
    );
    let request = RequestHead::new("GET", "/events?stream=a", [("Host", "x")]);
    let subscribe = desk.hub.subscribe(["b", "a"]).tag("anne").request(request);
    let mut subscription = subscribe.open().expect("there is a stream");
    assert_eq!(taken(&notes), ["came a+b anne /events?stream=a "]);
    desk.hub.kick(subscription.id());
    sent(&mut subscription);
    assert_eq!(taken(&notes), ["left a+b anne /events?stream=a kicked"]);
    drop(subscription);
    assert_eq!(taken(&notes), [""; 0], "it has left once");
    drop(desk.subscribe(&["c"]));
    assert_eq!(taken(&notes), ["came c - ? ", "left c - ? disconnected"]);
}

#[test]
fn a_refused_stream_calls_nobody() {
    let notes = Notes::default();
    let builder = builder().max_subscribers(0);
    let desk = Desk::new(
        builder
            .on_subscribe(noting(&notes, "came"))
            .on_unsubscribe(noting(&notes, "left")),
    );
    assert!(desk.hub.subscribe(["a"]).open().is_err());
    assert_eq!(taken(&notes), [""; 0]);
}

#[test]
fn callbacks_may_call_the_hub() {
    let slot: Arc<Mutex<Option<Hub>>> = Arc::default();
    let (first, second) = (Arc::clone(&slot), Arc::clone(&slot));
    let hub_of =
        |slot: &Arc<Mutex<Option<Hub>>>| slot.lock().expect("whole").clone().expect("it is there");
    let mut desk = Desk::new(
        builder()
            .on_subscribe(move |subscriber| {
                let event = sse_hub::sse_proto::Event::display(subscriber.id());
                drop(hub_of(&first).publish("presence", &event));
            })
            .on_unsubscribe(move |_| {
                let hub = hub_of(&second);
                assert_eq!(hub.stats().subscribers, hub.topics()[0].followers);
                drop(hub.publish("presence", &sse_hub::sse_proto::Event::new("left")));
            }),
    );
    *slot.lock().expect("whole") = Some(desk.hub.clone());
    let mut watching = desk.subscribe(&["presence"]);
    let other = desk.subscribe(&["presence"]);
    drop(other);
    desk.turn();
    let sent = sent(&mut watching);
    assert!(
        sent.contains("data: 1.1\n") && sent.ends_with("data: left\n\n"),
        "{sent}"
    );
    assert_eq!(desk.hub.stats().panics, 0);
    slot.lock().expect("whole").take();
}

/// Panics are told to nobody, where they are what a test is about.
fn quietly<T>(act: impl FnOnce() -> T) -> T {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        if !info
            .payload()
            .downcast_ref::<&str>()
            .is_some_and(|text| text.starts_with("on purpose"))
        {
            eprintln!("{info}");
        }
    }));
    let value = act();
    panic::set_hook(hook);
    value
}

#[test]
fn a_panic_takes_down_one_stream_and_not_the_hub() {
    quietly(|| {
        let mut desk = Desk::new(
            builder()
                .on_subscribe(|subscriber| {
                    if subscriber.tag() == Some("came") {
                        panic!("on purpose")
                    }
                })
                .on_unsubscribe(|subscriber| {
                    if subscriber.tag() == Some("left") {
                        panic!("on purpose")
                    }
                })
                .reauthorise(60 * SECOND, |check| {
                    if check.tag() == Some("asked") {
                        panic!("on purpose")
                    }
                    check.accept();
                }),
        );
        let open = |tag: &'static str| desk.hub.subscribe(["news"]).tag(tag).open();
        assert_eq!(open("came").err(), Some(SubscribeError::Panicked));
        drop(open("left"));
        let mut well = open("well").expect("there is a stream");
        let mut asked = open("asked").expect("there is a stream");
        let filtered = desk
            .hub
            .subscribe(["news"])
            .filter(|_| panic!("on purpose"));
        let mut filtered = filtered.open().expect("there is a stream");
        desk.publish("news", "1");
        assert_eq!(sent(&mut well), sent(&mut asked));
        assert_eq!(sent(&mut filtered), ": kicked\nretry: 2000\n\nEND");
        desk.pass(61 * SECOND);
        assert_eq!(sent(&mut asked), ": unauthorised\nretry: 2000\n\nEND");
        desk.publish("news", "2");
        assert_eq!(sent(&mut well), "id: 7-2\ndata: 2\n\n");
        let stats = desk.hub.stats();
        assert_eq!((stats.panics, stats.subscribers), (4, 1));
    });
}
