//! Streams that the hub writes itself.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use sse_hub::log::Framing;
use sse_hub::session::End;
use sse_hub::sse_proto::Event;
use sse_hub::{Outcome, Outlet, Subscription};

use crate::support::{Counter, Desk, SECOND, builder};

/// A socket with so much room, and what went through it.
#[derive(Clone, Default)]
struct Socket(Arc<Mutex<Ends>>);

#[derive(Default)]
struct Ends {
    room: usize,
    text: String,
    writes: usize,
    faults: VecDeque<io::ErrorKind>,
}

impl Socket {
    fn with_room(room: usize) -> Self {
        let socket = Self::default();
        socket.give(room);
        socket
    }

    fn give(&self, room: usize) {
        self.0.lock().expect("whole").room += room;
    }

    fn fail(&self, kind: io::ErrorKind) {
        self.0.lock().expect("whole").faults.push_back(kind);
    }

    fn text(&self) -> String {
        std::mem::take(&mut self.0.lock().expect("whole").text)
    }

    fn writes(&self) -> usize {
        std::mem::take(&mut self.0.lock().expect("whole").writes)
    }
}

impl Outlet for Socket {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut ends = self.0.lock().expect("whole");
        ends.writes += 1;
        if let Some(kind) = ends.faults.pop_front() {
            return Err(kind.into());
        }
        let some = bytes.len().min(ends.room);
        if some == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        ends.room -= some;
        ends.text += std::str::from_utf8(&bytes[..some]).expect("text");
        Ok(some)
    }
}

fn attached(desk: &Desk, socket: &Socket) -> Subscription {
    let mut subscription = desk.subscribe(&["news"]);
    subscription.attach(socket.clone());
    subscription
}

fn outcome(subscription: &mut Subscription, counter: &Arc<Counter>) -> Option<Outcome> {
    let waker = counter.waker();
    match subscription.poll_blocked(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

#[test]
fn the_driver_writes_and_no_task_is_woken() {
    let mut desk = Desk::new(builder());
    let socket = Socket::with_room(1000);
    let mut subscription = attached(&desk, &socket);
    let woken = Counter::new();
    assert_eq!(outcome(&mut subscription, &woken), None);
    desk.publish("news", "1");
    assert_eq!(socket.text(), "id: 7-1\ndata: 1\n\n");
    assert_eq!((woken.take(), socket.writes()), (0, 1));
}

#[test]
fn what_was_there_before_goes_out_when_it_is_attached() {
    let mut desk = Desk::new(builder());
    desk.publish("news", "1");
    let mut subscription = desk.resume(&["news"], "7-0");
    let socket = Socket::with_room(1000);
    subscription.attach(socket.clone());
    assert_eq!(socket.text(), "id: 7-1\ndata: 1\n\n");
}

#[test]
fn a_burst_is_one_write() {
    let mut desk = Desk::new(builder());
    let sockets: Vec<_> = (0..3).map(|_| Socket::with_room(10_000)).collect();
    let _subscriptions: Vec<_> = sockets
        .iter()
        .map(|socket| attached(&desk, socket))
        .collect();
    for _ in 0..16 {
        drop(desk.hub.publish("news", &Event::new("x")));
    }
    desk.turn();
    for socket in &sockets {
        assert_eq!(socket.writes(), 1);
        assert_eq!(socket.text().matches("data: x").count(), 16);
    }
    assert_eq!(desk.hub.stats().writes, 3);
}

#[test]
fn a_full_socket_is_left_alone_until_it_is_writable() {
    let mut desk = Desk::new(builder());
    let socket = Socket::with_room(8);
    let mut subscription = attached(&desk, &socket);
    let woken = Counter::new();
    assert_eq!(outcome(&mut subscription, &woken), None);
    desk.publish("news", "1");
    assert_eq!((woken.take(), socket.text().as_str()), (1, "id: 7-1\n"));
    assert_eq!(outcome(&mut subscription, &woken), Some(Outcome::Blocked));
    socket.writes();
    desk.publish("news", "2");
    desk.publish("news", "3");
    assert_eq!(socket.writes(), 0);
    socket.give(1000);
    subscription.flush();
    assert_eq!(
        socket.text(),
        "data: 1\n\nid: 7-2\ndata: 2\n\nid: 7-3\ndata: 3\n\n"
    );
    assert_eq!(outcome(&mut subscription, &woken), None);
    desk.publish("news", "4");
    assert_eq!(socket.text(), "id: 7-4\ndata: 4\n\n");
}

#[test]
fn a_full_socket_holds_up_nobody_else() {
    let mut desk = Desk::new(builder());
    let (full, roomy) = (Socket::with_room(0), Socket::with_room(10_000));
    let stalled = attached(&desk, &full);
    let _well = attached(&desk, &roomy);
    for _ in 0..10 {
        desk.publish("news", "x");
    }
    assert_eq!(roomy.text().matches("data: x").count(), 10);
    desk.pass(31 * SECOND);
    assert_eq!(stalled.ended(), Some(End::Stalled));
    assert_eq!(desk.hub.stats().ended.stalled, 1);
}

#[test]
fn a_broken_socket_ends_its_stream() {
    let mut desk = Desk::new(builder());
    let socket = Socket::with_room(1000);
    let mut subscription = attached(&desk, &socket);
    let woken = Counter::new();
    outcome(&mut subscription, &woken);
    socket.fail(io::ErrorKind::Interrupted);
    desk.publish("news", "1");
    assert_eq!(
        socket.text(),
        "id: 7-1\ndata: 1\n\n",
        "an interruption is none"
    );
    socket.fail(io::ErrorKind::ConnectionReset);
    desk.publish("news", "2");
    assert_eq!(woken.take(), 1);
    let ended = Outcome::Ended(End::Disconnected);
    assert_eq!(outcome(&mut subscription, &woken), Some(ended));
    assert_eq!(
        (
            desk.hub.stats().subscribers,
            desk.hub.stats().ended.disconnected
        ),
        (0, 1)
    );
}

#[test]
fn heartbeats_and_farewells_are_written_too() {
    let mut desk = Desk::new(builder().heartbeat(Some(15 * SECOND)));
    let socket = Socket::with_room(1000);
    let chunked = desk.hub.subscribe(["news"]).framing(Framing::Chunked);
    let mut subscription = chunked.open().expect("there is a stream");
    subscription.attach(socket.clone());
    desk.pass(16 * SECOND);
    assert_eq!(socket.text(), "3\r\n:\n\n\r\n");
    let woken = Counter::new();
    outcome(&mut subscription, &woken);
    let closing = desk.hub.close(SECOND);
    assert_eq!(
        socket.text(),
        "17\r\n: drained\nretry: 2000\n\n\r\n0\r\n\r\n"
    );
    assert_eq!(woken.take(), 1);
    closing.wait();
}

#[test]
fn an_outlet_is_dropped_with_its_subscription() {
    let desk = Desk::new(builder());
    let socket = Socket::with_room(1000);
    let subscription = attached(&desk, &socket);
    assert_eq!(Arc::strong_count(&socket.0), 2);
    drop(subscription);
    assert_eq!(Arc::strong_count(&socket.0), 1);
}

#[test]
fn a_backlog_larger_than_a_run_goes_out_at_once() {
    let session = sse_hub::session::Config::new()
        .priming(false)
        .max_run_bytes(40);
    let mut desk = Desk::new(builder().session(session));
    let socket = Socket::with_room(100_000);
    let mut subscription = attached(&desk, &socket);
    assert!(
        subscription
            .poll_blocked(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    for _ in 0..10 {
        drop(desk.hub.publish("news", &Event::new("x")));
    }
    desk.turn();
    assert_eq!(socket.text().matches("data: x").count(), 10);
}
