//! Streams for one.

use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use sse_hub::log::Framing;
use sse_hub::sse_proto::{Event, Instant};
use sse_hub::{Channel, Clock, SendError, channel};

#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

fn now<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    match poll(&mut future, Waker::noop()) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// All that waits, and `END` where it ends.
fn sent(channel: &mut Channel) -> String {
    let mut context = Context::from_waker(Waker::noop());
    let mut sent = Vec::new();
    loop {
        match channel.poll_run(&mut context) {
            Poll::Ready(Some(run)) => sent.extend_from_slice(&run),
            Poll::Ready(None) => {
                sent.extend_from_slice(b"END");
                break;
            }
            Poll::Pending => break,
        }
    }
    String::from_utf8(sent).expect("text")
}

fn event(bytes: usize) -> Event<'static> {
    Event::new("x".repeat(bytes))
}

#[test]
fn what_is_sent_comes_out_joined() {
    let (sender, mut channel) = channel();
    assert!(matches!(now(sender.send(&Event::new("1"))), Some(Ok(()))));
    assert!(matches!(now(sender.comment("between")), Some(Ok(()))));
    sender.try_send(&Event::new("2")).expect("there is room");
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Some(run)) = channel.poll_run(&mut context) else {
        panic!("three wait")
    };
    assert_eq!(run, "data: 1\n\n: between\n\ndata: 2\n\n");
}

#[test]
fn nothing_is_sent_that_is_not_awaited() {
    let (sender, mut channel) = channel();
    drop(sender.send(&Event::new("1")));
    assert_eq!(sent(&mut channel), "");
}

#[test]
fn the_reader_is_woken() {
    let (sender, mut channel) = channel();
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(Arc::clone(&counter));
    assert!(
        channel
            .poll_run(&mut Context::from_waker(&waker))
            .is_pending()
    );
    sender.try_send(&Event::new("1")).expect("there is room");
    sender.try_send(&Event::new("2")).expect("there is room");
    assert_eq!(counter.0.load(Ordering::SeqCst), 1);
}

#[test]
fn a_sender_waits_while_too_much_waits_for_the_client() {
    // `data: ` and two line feeds are eight bytes.
    let (sender, mut channel) = Channel::builder().max_bytes(100).build();
    sender.try_send(&event(42)).expect("there is room");
    sender.try_send(&event(42)).expect("there is room");
    assert!(matches!(sender.try_send(&event(0)), Err(SendError::Full)));
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(Arc::clone(&counter));
    let mut sending = sender.send(&event(1));
    assert!(poll(&mut sending, &waker).is_pending());
    assert!(poll(&mut sending, &waker).is_pending());
    assert_eq!(sent(&mut channel).len(), 100);
    assert_eq!(counter.0.load(Ordering::SeqCst), 1);
    assert!(matches!(poll(&mut sending, &waker), Poll::Ready(Ok(()))));
    assert_eq!(sent(&mut channel), "data: x\n\n");
}

#[test]
fn an_event_of_any_size_goes_when_nothing_waits() {
    let (sender, mut channel) = Channel::builder().max_bytes(10).build();
    sender.try_send(&event(1000)).expect("nothing waits");
    assert!(matches!(sender.try_send(&event(0)), Err(SendError::Full)));
    assert_eq!(sent(&mut channel).len(), 1008);
}

#[test]
fn a_sender_that_waits_learns_that_the_client_is_gone() {
    let (sender, channel) = Channel::builder().max_bytes(10).build();
    sender.try_send(&event(10)).expect("nothing waits");
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(Arc::clone(&counter));
    let (mut sending, mut closed) = (sender.send(&event(1)), sender.closed());
    assert!(poll(&mut sending, &waker).is_pending());
    assert!(poll(&mut closed, Waker::noop()).is_pending());
    assert!(!sender.is_closed());
    drop(channel);
    assert_eq!(counter.0.load(Ordering::SeqCst), 1);
    assert!(matches!(
        poll(&mut sending, &waker),
        Poll::Ready(Err(SendError::Closed))
    ));
    assert!(poll(&mut closed, Waker::noop()).is_ready());
    assert!(sender.is_closed());
}

#[test]
fn closing_sends_a_last_event_and_what_was_sent_before() {
    let (sender, mut channel) = Channel::builder().max_bytes(10).build();
    sender.try_send(&event(10)).expect("nothing waits");
    sender.close_with(&Event::new("bye").event_type("close").expect("valid"));
    sender.close_with(&Event::new("again"));
    assert!(matches!(sender.try_send(&event(1)), Err(SendError::Closed)));
    assert_eq!(
        sent(&mut channel),
        "data: xxxxxxxxxx\n\nevent: close\ndata: bye\n\nEND"
    );
    assert_eq!(sent(&mut channel), "END", "and ends again");
}

#[test]
fn the_last_sender_to_go_ends_the_stream() {
    let (sender, mut channel) = channel();
    let other = sender.clone();
    drop(sender);
    assert_eq!(sent(&mut channel), "");
    other.try_send(&Event::new("1")).expect("there is room");
    drop(other);
    assert_eq!(sent(&mut channel), "data: 1\n\nEND");
}

#[test]
fn all_of_it_is_framed() {
    let (sender, mut channel) = Channel::builder().framing(Framing::Chunked).build();
    sender.try_send(&Event::new("1")).expect("there is room");
    sender.close();
    assert_eq!(sent(&mut channel), "9\r\ndata: 1\n\n\r\n0\r\n\r\nEND");
}

#[test]
fn silence_is_broken_until_the_end() {
    let time = Arc::new(Mutex::new(Instant::default()));
    let shown = Arc::clone(&time);
    let clock = Clock::new(move || *shown.lock().expect("whole"));
    let (sender, mut channel) = Channel::builder().clock(clock).build();
    let second = Duration::from_secs(1);
    assert_eq!(channel.deadline(), Some(Instant::default() + 15 * second));
    channel.handle_timeout(Instant::default() + 14 * second);
    assert_eq!(sent(&mut channel), "");
    let later = Instant::default() + 15 * second;
    *time.lock().expect("whole") = later;
    channel.handle_timeout(later);
    assert_eq!(channel.deadline(), None, "it waits to be written");
    assert_eq!(sent(&mut channel), ":\n\n");
    assert_eq!(channel.deadline(), Some(later + 15 * second));
    sender.close();
    assert_eq!(channel.deadline(), None);
    let (_sender, quiet) = Channel::builder().heartbeat(None).build();
    assert_eq!(quiet.deadline(), None);
}

#[test]
fn threads_can_use_both_ends() {
    let (sender, mut channel) = Channel::builder().max_bytes(64).build();
    let sending = thread::spawn(move || {
        for number in 0..1000 {
            sender.blocking_send(&Event::display(number))?;
        }
        Ok::<(), SendError>(())
    });
    let mut text = String::new();
    while let Some(run) = channel.wait_run() {
        assert!(run.len() <= 64);
        text += std::str::from_utf8(&run).expect("text");
    }
    sending.join().expect("it ends").expect("all were sent");
    let numbers = text.lines().filter_map(|line| line.strip_prefix("data: "));
    assert!(numbers.eq((0..1000).map(|number| number.to_string())));
}

#[test]
fn a_draft_is_one_event_of_many_writes() {
    let (sender, mut channel) = channel();
    let mut draft = sender.draft();
    draft
        .comment("made")
        .comment("by hand")
        .line("one")
        .line("two\nthree");
    write!(draft, "{}", 4).expect("it takes all");
    draft
        .event_type("count")
        .expect("valid")
        .id("7")
        .expect("valid");
    draft.retry(Duration::from_secs(1));
    assert_eq!(sent(&mut channel), "", "nothing of it is there yet");
    assert!(matches!(now(draft.send()), Some(Ok(()))));
    assert_eq!(
        sent(&mut channel),
        ": made\n: by hand\nevent: count\nid: 7\nretry: 1000\ndata: one\ndata: two\ndata: three\ndata: 4\n\n"
    );
}

#[test]
fn the_lines_of_a_draft_are_what_they_look_like() {
    let (sender, mut channel) = channel();
    let mut draft = sender.draft();
    writeln!(draft, "a").expect("it takes all");
    draft.line("").line("b");
    draft.try_send().expect("there is room");
    assert_eq!(sent(&mut channel), "data: a\ndata: \ndata: b\n\n");
    let mut draft = sender.draft();
    draft.line("");
    draft.try_send().expect("there is room");
    assert_eq!(sent(&mut channel), "data: \n\n");
    let mut draft = sender.draft();
    draft.line("x").reset().comment("y");
    draft.try_send().expect("there is room");
    assert_eq!(sent(&mut channel), ": y\n\n");
}

#[test]
fn a_draft_takes_nothing_that_would_forge_a_field() {
    let (sender, mut channel) = channel();
    let mut draft = sender.draft();
    assert!(draft.id("1\ndata: forged").is_err());
    assert!(draft.event_type("a\rb").is_err());
    draft.line("x\r\n\r\ndata: forged");
    draft.try_send().expect("there is room");
    assert_eq!(
        sent(&mut channel),
        "data: x\ndata: \ndata: data: forged\n\n"
    );
}

#[cfg(feature = "json")]
#[test]
fn values_are_sent_as_json() {
    use std::collections::HashMap;

    let (sender, mut channel) = channel();
    sender.send_json(&[1, 2]).wait().expect("it is JSON");
    assert_eq!(sent(&mut channel), "data: [1,2]\n\n");
    let no_json: HashMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    let error = sender
        .send_json(&no_json)
        .wait()
        .expect_err("a key is no text");
    assert!(matches!(error, SendError::Json(_)), "{error}");
    assert_eq!(sent(&mut channel), "");
}
