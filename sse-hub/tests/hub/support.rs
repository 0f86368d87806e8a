//! A hub with its driver on a desk: nothing moves but by hand.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use sse_hub::sse_proto::{Event, Instant};
use sse_hub::{Builder, Clock, Driver, Hub, Published, Subscription};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A waker that counts.
#[derive(Default)]
pub(crate) struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Counter {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }

    /// How often it was woken since this was asked last.
    pub(crate) fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

#[derive(Clone)]
pub(crate) struct Time(Arc<Mutex<Instant>>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::since_origin(1000 * SECOND))))
    }

    pub(crate) fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::new(move || time.now())
    }

    pub(crate) fn now(&self) -> Instant {
        *self.0.lock().expect("no test panics with it")
    }

    pub(crate) fn set(&self, now: Instant) {
        *self.0.lock().expect("no test panics with it") = now;
    }
}

pub(crate) struct Desk {
    pub(crate) hub: Hub,
    pub(crate) driver: Driver,
    pub(crate) woken: Arc<Counter>,
    pub(crate) time: Time,
}

/// No priming and no heartbeats, so that a story begins with what it is about.
pub(crate) fn builder() -> Builder {
    let session = sse_hub::session::Config::new()
        .priming(false)
        .heartbeat(None);
    Hub::builder().epoch(7).session(session)
}

impl Desk {
    pub(crate) fn new(builder: Builder) -> Self {
        let time = Time::new();
        let hub = builder.clock(time.clock()).build();
        Self::around(hub, time)
    }

    pub(crate) fn around(hub: Hub, time: Time) -> Self {
        let driver = hub.driver();
        let mut desk = Self {
            hub,
            driver,
            woken: Counter::new(),
            time,
        };
        desk.turn();
        desk
    }

    /// Lets the driver do what there is to do; says whether it is through for good.
    pub(crate) fn turn(&mut self) -> bool {
        let waker = self.woken.waker();
        self.woken.take();
        loop {
            let polled = self.driver.poll(&mut Context::from_waker(&waker));
            if polled.is_ready() {
                return true;
            }
            if self.woken.take() == 0 {
                return false;
            }
        }
    }

    /// Lets time pass, with each of the driver's deadlines on the way.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.time.now() + time;
        while let Some(deadline) = self.driver.deadline().filter(|at| *at <= end) {
            self.time.set(deadline.max(self.time.now()));
            self.driver.handle_timeout(self.time.now());
            self.turn();
        }
        self.time.set(end);
    }

    pub(crate) fn publish(&mut self, topic: &str, data: &str) -> Published {
        let published = self.hub.publish(topic, &Event::new(data)).wait();
        self.turn();
        published.expect("it is published")
    }

    pub(crate) fn subscribe(&self, topics: &[&str]) -> Subscription {
        let subscribe = self.hub.subscribe(topics.iter().copied());
        subscribe.open().expect("there is a stream")
    }

    pub(crate) fn resume(&self, topics: &[&str], id: &str) -> Subscription {
        let subscribe = self.hub.subscribe(topics.iter().copied());
        subscribe
            .last_event_id(Some(id))
            .open()
            .expect("there is a stream")
    }
}

/// All that is there for a subscription, and `END` where it ends.
pub(crate) fn sent(subscription: &mut Subscription) -> String {
    sent_waking(subscription, &Counter::new())
}

/// As [`sent`], and this is woken when there is more.
pub(crate) fn sent_waking(subscription: &mut Subscription, counter: &Arc<Counter>) -> String {
    let waker = counter.waker();
    let mut context = Context::from_waker(&waker);
    let mut sent = Vec::new();
    loop {
        match subscription.poll_run(&mut context) {
            Poll::Ready(Some(bytes)) => sent.extend_from_slice(&bytes),
            Poll::Ready(None) => {
                sent.extend_from_slice(b"END");
                break;
            }
            Poll::Pending => break,
        }
    }
    String::from_utf8(sent).expect("text")
}

/// Polls a future once.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    let waker = Waker::noop();
    pin!(future).poll(&mut Context::from_waker(waker))
}
