//! One connection, from its first byte to its last.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use sse_hub::{Outcome, Outlet, Subscription};
use sse_proto::Instant;

use super::alarm::Alarm;
use super::places::Round;
use super::runtime::{Clock, Io};
use crate::conversation::{Conversation, Step};

/// How much is read at once of what a client asks.
const CHUNK_BYTES: usize = 4 << 10;

/// A client that takes nothing of a response, or of a stream that its task writes, for so long does not get the rest.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn now(clock: impl Clock) -> Instant {
    Instant::since_origin(clock.elapsed())
}

/// Serves a connection until it ends.
pub(super) async fn converse<C: Clock>(
    mut io: impl Io,
    mut conversation: Box<Conversation>,
    clock: C,
    round: &Round,
) {
    loop {
        // What a request needs is on the heap, and gone while a stream is under way.
        let stepping = Box::pin(next_step(&mut io, &mut conversation, clock, round));
        match stepping.await {
            Step::Write(bytes) => {
                if Box::pin(write::<C>(&mut io, bytes)).await.is_err() {
                    conversation.handle_error(now(clock));
                }
            }
            Step::Stream(subscription) => {
                let ended = match io.outlet() {
                    Some(outlet) => {
                        deliver(&mut io, outlet, &mut conversation, clock, subscription).await
                    }
                    None => Box::pin(relay(&mut io, &mut conversation, clock, subscription)).await,
                };
                if ended {
                    conversation.end_stream();
                } else {
                    // A stream that broke off must not look as if it went on.
                    conversation.handle_error(now(clock));
                }
            }
            Step::ShutDown => {
                if poll_fn(|cx| io.poll_shut_down(cx)).await.is_err() {
                    conversation.handle_error(now(clock));
                }
            }
            Step::Close => return,
        }
    }
}

/// What is to be done next; reads from the client until there is something.
async fn next_step<C: Clock>(
    io: &mut impl Io,
    conversation: &mut Conversation,
    clock: C,
    round: &Round,
) -> Step {
    let mut chunk = [0; CHUNK_BYTES];
    let mut alarm = Alarm::<C>::default();
    let mut changed = pin!(round.changed());
    let mut is_ending = round.is_ending();
    if is_ending {
        conversation.close_when_idle();
    }
    poll_fn(|cx| {
        loop {
            if let Poll::Ready(step) = conversation.poll_step(now(clock), cx) {
                return Poll::Ready(step);
            }
            if conversation.wants_data() {
                if let Poll::Ready(read) = io.poll_read(cx, &mut chunk) {
                    hear(conversation, clock, read, &chunk);
                    continue;
                }
            }
            let deadline = conversation.deadline().map(Instant::duration_since_origin);
            let rings = |at| alarm.poll(clock.elapsed(), at, cx).is_ready();
            if deadline.is_some_and(rings) {
                conversation.handle_timeout(now(clock));
            } else if !is_ending && changed.as_mut().poll(cx).is_ready() {
                is_ending = true;
                conversation.close_when_idle();
            } else {
                return Poll::Pending;
            }
        }
    })
    .await
}

fn hear(conversation: &mut Conversation, clock: impl Clock, read: io::Result<usize>, chunk: &[u8]) {
    match read {
        Ok(0) => conversation.handle_eof(now(clock)),
        Ok(length) => conversation.handle_data(now(clock), &chunk[..length]),
        Err(_) => conversation.handle_error(now(clock)),
    }
}

/// Writes all of it, unless the client has no more patience than we have.
pub(super) async fn write<C: Clock>(io: &mut impl Io, mut bytes: Bytes) -> io::Result<()> {
    let mut sleep = pin!(None::<Pin<Box<C::Sleep>>>);
    poll_fn(|cx| {
        while bytes.has_remaining() {
            match io.poll_write(cx, &bytes) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(length)) => {
                    bytes.advance(length);
                    sleep.set(None);
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    if sleep.is_none() {
                        sleep.set(Some(Box::pin(C::sleep(PATIENCE))));
                    }
                    if let Some(sleep) = sleep.as_mut().as_pin_mut() {
                        ready!(sleep.poll(cx));
                    }
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
        }
        io.poll_flush(cx)
    })
    .await
}

/// Lets the hub write a stream until it ends, or the client is gone; says whether it has ended in good order.
async fn deliver(
    io: &mut impl Io,
    outlet: impl Outlet + 'static,
    conversation: &mut Conversation,
    clock: impl Clock,
    mut subscription: Subscription,
) -> bool {
    subscription.attach(outlet);
    poll_fn(|cx| {
        loop {
            if conversation.is_over() {
                return Poll::Ready(false);
            }
            match subscription.poll_blocked(cx) {
                Poll::Ready(Outcome::Ended(end)) => return Poll::Ready(end.is_in_order()),
                Poll::Ready(Outcome::Blocked) => {
                    if let Poll::Ready(ready) = io.poll_writable(cx) {
                        match ready {
                            Ok(()) => subscription.flush(),
                            Err(_) => conversation.handle_error(now(clock)),
                        }
                        continue;
                    }
                }
                Poll::Pending => {}
            }
            ready!(listen(io, conversation, clock, cx));
        }
    })
    .await
}

/// Writes a stream through this task until it ends, or the client is gone; says whether it has ended in good order.
async fn relay<C: Clock>(
    io: &mut impl Io,
    conversation: &mut Conversation,
    clock: C,
    mut subscription: Subscription,
) -> bool {
    loop {
        let run = poll_fn(|cx| {
            if let Poll::Ready(run) = subscription.poll_run(cx) {
                return Poll::Ready(run);
            }
            while !conversation.is_over() {
                ready!(listen(io, conversation, clock, cx));
            }
            Poll::Ready(None)
        });
        match run.await {
            Some(run) => {
                if write::<C>(io, run).await.is_err() {
                    conversation.handle_error(now(clock));
                    return false;
                }
            }
            None => return !conversation.is_over(),
        }
    }
}

/// A client of a stream has nothing to say, but that it is gone.
fn listen(
    io: &mut impl Io,
    conversation: &mut Conversation,
    clock: impl Clock,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let mut chunk = [0; 256];
    let read = ready!(io.poll_read(cx, &mut chunk));
    hear(conversation, clock, read, &chunk);
    Poll::Ready(())
}
