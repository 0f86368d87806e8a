//! A connection of any kind: with TLS on it, or a Unix socket.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sse_hub::Subscription;
use sse_server::{Conversation, Step};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::connection::{PATIENCE, Time};

/// How much is read at once of what a client asks.
const CHUNK_BYTES: usize = 4 << 10;

/// Serves a connection until it ends.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    mut conversation: Conversation,
    time: Time,
) {
    loop {
        match Box::pin(next_step(&mut stream, &mut conversation, time)).await {
            Step::Write(bytes) => {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    conversation.handle_error(time.now());
                }
            }
            Step::Stream(subscription) => {
                if deliver(&mut stream, &mut conversation, time, subscription).await {
                    conversation.end_stream();
                }
            }
            Step::ShutDown => {
                if stream.shutdown().await.is_err() {
                    conversation.handle_error(time.now());
                }
            }
            Step::Close => return,
        }
    }
}

async fn next_step<S: AsyncRead + Unpin>(
    stream: &mut S,
    conversation: &mut Conversation,
    time: Time,
) -> Step {
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let deadline = conversation.deadline();
        let wants_data = conversation.wants_data();
        tokio::select! {
            biased;
            step = poll_fn(|cx| conversation.poll_step(time.now(), cx)) => return step,
            read = stream.read(&mut chunk), if wants_data => heard(conversation, time, read, &chunk),
            () = time.sleep_until(deadline), if deadline.is_some() => {
                conversation.handle_timeout(time.now());
            }
        }
    }
}

fn heard(conversation: &mut Conversation, time: Time, read: io::Result<usize>, chunk: &[u8]) {
    match read {
        Ok(0) => conversation.handle_eof(time.now()),
        Ok(length) => conversation.handle_data(time.now(), &chunk[..length]),
        Err(_) => conversation.handle_error(time.now()),
    }
}

/// Writes a stream until it ends, or the client is gone; says whether it has ended in good order.
async fn deliver<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    conversation: &mut Conversation,
    time: Time,
    mut subscription: Subscription,
) -> bool {
    loop {
        let run = poll_fn(|cx| {
            if let Poll::Ready(run) = subscription.poll_run(cx) {
                return Poll::Ready(run);
            }
            while !conversation.is_over() {
                ready!(listen(stream, conversation, time, cx));
            }
            Poll::Ready(None)
        });
        match run.await {
            Some(run) => {
                let written = async {
                    stream.write_all(&run).await?;
                    stream.flush().await
                };
                let written = tokio::time::timeout(PATIENCE, written).await;
                if !matches!(written, Ok(Ok(()))) {
                    conversation.handle_error(time.now());
                    return false;
                }
            }
            None => return !conversation.is_over(),
        }
    }
}

/// A client of a stream has nothing to say, but that it is gone.
fn listen<S: AsyncRead + Unpin>(
    stream: &mut S,
    conversation: &mut Conversation,
    time: Time,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let mut chunk = [0; 256];
    let mut buffer = ReadBuf::new(&mut chunk);
    let read = ready!(Pin::new(stream).poll_read(cx, &mut buffer));
    let length = buffer.filled().len();
    heard(conversation, time, read.map(|()| length), &chunk);
    Poll::Ready(())
}
