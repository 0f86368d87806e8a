//! One subscriber: it connects, reads, and connects again.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sse_kit::{Decoder, ItemRef, is_event_stream};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use super::ground::Ground;
use super::response::{Malformed, Response};
use super::stamp;
use crate::error::cause;

/// So long the head of a response may take, from connecting on.
const PATIENCE: Duration = Duration::from_secs(10);
/// The reconnection time of a stream that sets none.
const RECONNECTION_TIME: Duration = Duration::from_secs(1);
/// The longest of one that sets it.
const LONGEST_RECONNECTION_TIME: Duration = Duration::from_secs(10);

struct Subscriber {
    ground: Rc<Ground>,
    number: usize,
    decoder: Decoder,
    reconnection_time: Duration,
}

/// Why a connection is over.
enum End {
    /// It was to be dropped.
    Dropped,
    /// The server has ended the response.
    Closed,
    /// The server wants no reconnection.
    NoContent,
    Failed(String),
}

/// Keeps a subscriber connected, for as long as it is polled.
pub(super) async fn subscribe(ground: Rc<Ground>, number: usize) {
    let mut subscriber = Subscriber {
        ground,
        number,
        decoder: Decoder::new(),
        reconnection_time: RECONNECTION_TIME,
    };
    let slow = subscriber.ground.ledger.borrow().accounts[number].slow;
    for attempt in 0.. {
        match subscriber.attempt(attempt).await {
            End::Dropped => {}
            End::NoContent => return,
            // What became of its connection is to be seen, and not what comes after.
            End::Closed if slow => return,
            End::Failed(_) if slow && subscriber.was_connected() => return,
            End::Closed | End::Failed(_) => sleep(subscriber.reconnection_time).await,
        }
        subscriber.decoder.reset();
    }
}

impl Subscriber {
    fn was_connected(&self) -> bool {
        self.ground.ledger.borrow().accounts[self.number].connected
    }

    /// One connection from its beginning to its end, which is in the ledger afterwards.
    async fn attempt(&mut self, attempt: u64) -> End {
        let mut response = Response::default();
        let opened = timeout(PATIENCE, self.open(&mut response)).await;
        let opened = opened.unwrap_or_else(|_| Err(End::Failed("it does not answer".to_owned())));
        let was_connected = opened.is_ok();
        let end = match opened {
            Err(end) => end,
            Ok(mut stream) => {
                self.ground
                    .ledger
                    .borrow_mut()
                    .connect(self.number, attempt);
                self.read_on(&mut stream, &mut response).await
            }
        };
        let ledger = &mut *self.ground.ledger.borrow_mut();
        if was_connected && !matches!(end, End::Dropped) {
            ledger.accounts[self.number].closed += 1;
        }
        match &end {
            End::Failed(reason) => ledger.fail(reason.clone(), attempt, was_connected),
            End::NoContent => {
                ledger.fail(
                    "it answered with status 204".to_owned(),
                    attempt,
                    was_connected,
                );
            }
            End::Dropped | End::Closed => {}
        }
        end
    }

    /// Connects and reads the head of the response.
    async fn open(&mut self, response: &mut Response) -> Result<TcpStream, End> {
        let ground = Rc::clone(&self.ground);
        let _turn = ground.opening.acquire().await;
        let mut stream = self.connect().await.map_err(failed)?;
        let request = ground.request(self.number, self.decoder.last_event_id());
        stream.write_all(request.as_bytes()).await.map_err(failed)?;
        while response.head().is_none() {
            match self.read(&mut stream, response).await {
                Err(end) => return Err(end),
                Ok(0) => return Err(End::Failed("it closed without an answer".to_owned())),
                Ok(_) => {}
            }
        }
        match response.head() {
            Some(head) if head.status == 204 => Err(End::NoContent),
            Some(head) if head.status != 200 => Err(End::Failed(format!(
                "it answered with status {}",
                head.status
            ))),
            Some(head) if !is_event_stream(&head.content_type) => {
                Err(End::Failed("its answer is no event stream".to_owned()))
            }
            _ => Ok(stream),
        }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let address = self.ground.address;
        match self.ground.source(self.number) {
            None => TcpStream::connect(address).await,
            Some(source) => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(source)?;
                socket.connect(address).await
            }
        }
    }

    async fn read_on(&mut self, stream: &mut TcpStream, response: &mut Response) -> End {
        let ground = Rc::clone(&self.ground);
        let slow = ground.ledger.borrow().accounts[self.number].slow;
        if slow {
            ground.resume.notified().await;
        }
        let dropped = ground.drop_is_due(self.number);
        tokio::pin!(dropped);
        loop {
            let read = tokio::select! {
                // First, since there may always be something to read.
                biased;
                () = &mut dropped => return End::Dropped,
                read = self.read(stream, response) => read,
            };
            match read {
                Err(end) => return end,
                Ok(0) => return End::Closed,
                Ok(_) if response.has_ended() => return End::Closed,
                Ok(_) => {}
            }
        }
    }

    /// Reads once, and says how much; 0 at the end.
    async fn read(
        &mut self,
        stream: &mut TcpStream,
        response: &mut Response,
    ) -> Result<usize, End> {
        poll_fn(|context| self.poll_read(context, stream, response)).await
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        stream: &mut TcpStream,
        response: &mut Response,
    ) -> Poll<Result<usize, End>> {
        let Self {
            ground,
            number,
            decoder,
            reconnection_time,
        } = self;
        let mut buffer = ground.buffer.borrow_mut();
        let mut buffer = ReadBuf::new(&mut buffer);
        ready!(Pin::new(stream).poll_read(context, &mut buffer)).map_err(failed)?;
        let bytes = buffer.filled();
        let ledger = &mut *ground.ledger.borrow_mut();
        let now = stamp::now();
        ledger.bytes += bytes.len() as u64;
        ledger.last_at = now;
        let outcome = response.read(bytes, |part| {
            let mut feed = decoder.feed(part);
            while let Some(item) = feed.next_bytes() {
                match item {
                    ItemRef::Event(event) => ledger.count(*number, event.data, now),
                    ItemRef::Retry(time) => {
                        *reconnection_time = time.min(LONGEST_RECONNECTION_TIME);
                    }
                    ItemRef::TooLarge(_) => ledger.unnumbered += 1,
                    _ => {}
                }
            }
        });
        let read = bytes.len();
        Poll::Ready(match outcome {
            Ok(_) => Ok(read),
            Err(malformed) => Err(broken(malformed)),
        })
    }
}

#[cold]
fn failed(error: io::Error) -> End {
    End::Failed(cause(&error))
}

#[cold]
fn broken(malformed: Malformed) -> End {
    End::Failed(malformed.to_string())
}
