//! A connection over plain TCP, whose streams the hub's driver writes itself.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use sse_hub::{Outcome, Outlet, Subscription};
use sse_proto::Instant;
use sse_server::{Conversation, Step};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep_until};

/// How much is read at once of what a client asks.
const CHUNK_BYTES: usize = 4 << 10;

/// A client that does not take a response, or a run of a stream, for so long does not get the rest.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Says when no more requests are to be taken.
pub(super) type Shutdown = watch::Receiver<bool>;

/// The time of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time(tokio::time::Instant);

impl Time {
    pub(super) fn start() -> Self {
        Self(tokio::time::Instant::now())
    }

    pub(super) fn now(self) -> Instant {
        Instant::since_origin(self.0.elapsed())
    }

    /// Without a deadline, for ever.
    pub(super) fn sleep_until(self, deadline: Option<Instant>) -> Sleep {
        const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);
        let at = deadline.and_then(|at| self.0.checked_add(at.duration_since_origin()));
        sleep_until(at.unwrap_or_else(|| self.0 + FOR_EVER))
    }
}

/// Serves a connection until it ends.
pub(super) async fn converse(
    stream: TcpStream,
    mut conversation: Box<Conversation>,
    time: Time,
    mut shutdown: Shutdown,
) {
    let stream = Arc::new(stream);
    loop {
        // What a request needs is on the heap, and gone while a stream is under way.
        let stepping = Box::pin(next_step(&stream, &mut conversation, time, &mut shutdown));
        match stepping.await {
            Some(Step::Write(bytes)) => {
                if write(&stream, bytes).await.is_err() {
                    conversation.handle_error(time.now());
                }
            }
            Some(Step::Stream(subscription)) => {
                let ended = deliver(&stream, &mut conversation, time, subscription).await;
                if ended {
                    conversation.end_stream();
                }
            }
            Some(Step::ShutDown) => {
                if shut_down(&stream).is_err() {
                    conversation.handle_error(time.now());
                }
            }
            Some(Step::Close) | None => return,
        }
    }
}

/// What is to be done next; reads from the client until there is something.
async fn next_step(
    stream: &TcpStream,
    conversation: &mut Conversation,
    time: Time,
    shutdown: &mut Shutdown,
) -> Option<Step> {
    let mut chunk = [0; CHUNK_BYTES];
    let mut knows = *shutdown.borrow();
    if knows {
        conversation.close_when_idle();
    }
    loop {
        let deadline = conversation.deadline();
        let wants_data = conversation.wants_data();
        tokio::select! {
            biased;
            step = poll_fn(|cx| conversation.poll_step(time.now(), cx)) => return Some(step),
            ready = stream.readable(), if wants_data => {
                let read = ready.and_then(|()| stream.try_read(&mut chunk));
                match read {
                    Ok(0) => conversation.handle_eof(time.now()),
                    Ok(length) => conversation.handle_data(time.now(), &chunk[..length]),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => conversation.handle_error(time.now()),
                }
            }
            () = time.sleep_until(deadline), if deadline.is_some() => {
                conversation.handle_timeout(time.now());
            }
            changed = shutdown.changed(), if !knows => {
                knows = true;
                if changed.is_ok() {
                    conversation.close_when_idle();
                }
            }
        }
    }
}

async fn write(stream: &TcpStream, mut bytes: Bytes) -> io::Result<()> {
    while bytes.has_remaining() {
        match stream.try_write(&bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes.advance(length),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // On the heap, since it is seldom waited for, and every connection has room for it otherwise.
                Box::pin(tokio::time::timeout(PATIENCE, stream.writable())).await??;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn shut_down(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).shutdown(std::net::Shutdown::Write)
}

/// The socket, as the hub's driver writes to it.
struct Socket(Arc<TcpStream>);

impl Outlet for Socket {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }
}

/// Lets the hub write a stream until it ends, or the client is gone; says whether it has ended in good order.
async fn deliver(
    stream: &Arc<TcpStream>,
    conversation: &mut Conversation,
    time: Time,
    mut subscription: Subscription,
) -> bool {
    subscription.attach(Socket(Arc::clone(stream)));
    poll_fn(|cx| {
        loop {
            if conversation.is_over() {
                return Poll::Ready(false);
            }
            match subscription.poll_blocked(cx) {
                Poll::Ready(Outcome::Ended(end)) => return Poll::Ready(end.is_in_order()),
                Poll::Ready(Outcome::Blocked) => {
                    if let Poll::Ready(ready) = stream.poll_write_ready(cx) {
                        if ready.is_err() {
                            conversation.handle_error(time.now());
                            continue;
                        }
                        subscription.flush();
                        continue;
                    }
                }
                Poll::Pending => {}
            }
            ready!(listen(stream, conversation, time, cx));
        }
    })
    .await
}

/// A client of a stream has nothing to say, but that it is gone.
fn listen(
    stream: &TcpStream,
    conversation: &mut Conversation,
    time: Time,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let readable = ready!(stream.poll_read_ready(cx));
    let mut chunk = [0; 256];
    match readable.and_then(|()| stream.try_read(&mut chunk)) {
        Ok(0) => conversation.handle_eof(time.now()),
        Ok(length) => conversation.handle_data(time.now(), &chunk[..length]),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(_) => conversation.handle_error(time.now()),
    }
    Poll::Ready(())
}
