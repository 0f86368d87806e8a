//! Streams for one client, without a hub.

use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use sse_kit::session::Refusal;
use sse_kit::tokio::server::{Channel, ChannelBuilder, Router, SendError, Sender};
use sse_kit::{Event, Item};

use crate::harness::*;

/// Serves a channel at `/`, and hands out the sender of each that is asked for.
fn serve<W: OwnServer>(
    build: fn(ChannelBuilder) -> ChannelBuilder,
) -> (Served, mpsc::Receiver<Sender>) {
    let (senders, received) = mpsc::channel();
    let senders = Mutex::new(senders);
    let router = Router::new().post("/", move |request| {
        if request.body.is_empty() {
            return Err(Refusal::unprocessable("say something\n"));
        }
        let (sender, channel) = build(Channel::builder()).build();
        senders.lock().unwrap().send(sender).unwrap();
        Ok(channel)
    });
    (W::serve_routes(router, 100), received)
}

fn ask(served: &Served, version: &str) -> Client {
    let mut client = Client::connect(served.address);
    client.say(&format!(
        "POST / HTTP/{version}\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi"
    ));
    client
}

pub(crate) fn what_is_sent_into_a_channel_is_seen_at_once<W: OwnServer>() {
    let (served, senders) = serve::<W>(|channel| channel);
    for version in ["1.1", "1.0"] {
        let mut client = ask(&served, version);
        let sender = senders.recv().unwrap();
        let head = client.head();
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        assert_eq!(head.header("x-accel-buffering"), Some("no"));
        for number in 0..20 {
            sender.blocking_send(&Event::display(number)).unwrap();
            client.expect(&number.to_string());
        }
        sender.close_with(&Event::new("bye"));
        client.expect("bye");
        assert_eq!(client.next_message(), None);
        client.expect_end();
    }
}

pub(crate) fn the_silence_of_a_channel_is_broken_by_a_comment<W: OwnServer>() {
    let (served, senders) =
        serve::<W>(|channel| channel.heartbeat(Some(Duration::from_millis(50))));
    let mut client = ask(&served, "1.1");
    let sender = senders.recv().unwrap();
    assert_eq!(client.head().status, 200);
    for _ in 0..3 {
        assert_eq!(client.item(), Some(Item::Comment(String::new())));
    }
    sender.blocking_send(&Event::new("x")).unwrap();
    client.expect("x");
}

pub(crate) fn a_sender_learns_that_its_client_is_gone<W: OwnServer>() {
    let (served, senders) = serve::<W>(|channel| channel.heartbeat(None));
    let mut client = ask(&served, "1.1");
    let sender = senders.recv().unwrap();
    assert_eq!(client.head().status, 200);
    drop(client);
    wait_until(|| sender.is_closed());
    let error = sender.blocking_send(&Event::new("x")).unwrap_err();
    assert!(matches!(error, SendError::Closed), "{error:?}");
}

pub(crate) fn a_sender_waits_for_a_client_that_does_not_read<W: OwnServer>() {
    let (served, senders) = serve::<W>(|channel| channel);
    let mut client = Client::connect_narrowly(served.address);
    client.say("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi");
    let sender = senders.recv().unwrap();
    assert_eq!(client.head().status, 200);
    let event = Event::new("x".repeat(16 << 10));
    let mut sent = 0;
    // What the system takes, and what the channel holds, is soon used up.
    wait_until(|| match sender.try_send(&event) {
        Ok(()) => {
            sent += 1;
            false
        }
        Err(error) => matches!(error, SendError::Full) && sent > 4,
    });
    for _ in 0..sent {
        client.event();
    }
    sender.blocking_send(&Event::new("end")).unwrap();
    client.expect("end");
}

pub(crate) fn a_channel_can_be_refused<W: OwnServer>() {
    let (served, _senders) = serve::<W>(|channel| channel);
    let mut client = Client::connect(served.address);
    client.say("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
    let head = client.head();
    assert_eq!(head.status, 422);
    assert_eq!(client.body(&head), "say something\n");
}
