//! Accepting connections.

use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use sse_proto::http1;

use super::connection::{converse, now, write};
use super::drive;
use super::places::{Place, Places, Round};
use super::runtime::{Carries, Clock, Runtime};
use crate::conversation::Conversation;
use crate::router::Router;

/// How long the listener rests when the system has no more descriptors to give.
const REST: Duration = Duration::from_millis(100);

/// What a client gets for which there is no room.
pub(crate) const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\
    Connection: close\r\n\r\n";

/// How many connections there may be at once, unless something else is said.
pub(crate) const MAX_CONNECTIONS: usize = 100_000;

/// An HTTP/1.1 server of event streams, which writes a hub's events to the sockets itself.
///
/// A connection that is open costs a task, and, while its stream is silent, no buffer. There are at most
/// [`max_connections`](Self::max_connections). The crate of your runtime has an example.
#[must_use = "it serves nobody yet"]
pub struct Server<R: Runtime> {
    router: Router,
    http: http1::Config,
    places: Arc<Places>,
    clock: R::Clock,
}

impl<R: Runtime> Server<R> {
    /// A server of these routes, with the default limits.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            http: http1::Config::new(),
            places: Arc::new(Places {
                limit: AtomicUsize::new(MAX_CONNECTIONS),
                open: AtomicUsize::new(0),
            }),
            clock: R::Clock::start(),
        }
    }

    /// Sets the limits of requests: sizes and times.
    pub fn http(mut self, config: http1::Config) -> Self {
        self.http = config;
        self
    }

    /// Sets how many connections there may be at once: 100,000 by default. Another one is answered with 503.
    pub fn max_connections(self, connections: usize) -> Self {
        self.places.limit.store(connections, Ordering::Relaxed);
        self
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.places.open.load(Ordering::Relaxed)
    }

    /// Serves what connects, for ever.
    ///
    /// # Errors
    ///
    /// The runtime does not take the listener.
    pub async fn serve(self, listener: R::Listener) -> io::Result<()> {
        self.serve_until(listener, pending()).await
    }

    /// Serves what connects until the future is ready; then takes no more, and is ready when every connection has
    /// ended.
    ///
    /// Streams end when their hub is [closed](sse_hub::Hub::close): do so in the future, or at the same time. A
    /// [channel](sse_hub::channel()) ends with its senders.
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_until(
        self,
        listener: R::Listener,
        end: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let acceptor = R::listen(listener)?;
        self.drive();
        let round = Arc::new(Round::default());
        let mut end = pin!(end);
        loop {
            let mut accepting = pin!(R::accept(&acceptor));
            let accepted = poll_fn(|cx| match end.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => accepting.as_mut().poll(cx).map(Some),
            });
            match accepted.await {
                Some(Ok(socket)) => self.accept(socket, &round),
                Some(Err(error)) if is_of_one_connection(&error) => {}
                // There are no descriptors left, most likely: some will be when connections end.
                Some(Err(_)) => R::Clock::sleep(REST).await,
                None => break,
            }
        }
        drop(acceptor);
        round.end().await;
        Ok(())
    }

    /// Serves one connection of any kind, such as one with TLS on it, or a Unix socket: whatever the runtime can read and
    /// write.
    ///
    /// The hub's events go through the stream's own buffers and this task; plain TCP is faster by
    /// [`serve`](Self::serve).
    ///
    /// # Errors
    ///
    /// The runtime does not take the stream. What goes wrong behind that is between the connection and its client.
    pub async fn serve_connection<S>(&self, stream: S) -> io::Result<()>
    where
        R: Carries<S>,
    {
        self.drive();
        let (io, round) = (R::carry(stream)?, Round::default());
        converse(io, self.conversation(), self.clock, &round).await;
        Ok(())
    }

    fn drive(&self) {
        for hub in self.router.hubs() {
            drive::<R>(hub);
        }
    }

    fn conversation(&self) -> Box<Conversation> {
        let connection = http1::Connection::new(self.http.clone(), now(self.clock));
        // A future holds what it is given twice, and this one lasts.
        Box::new(Conversation::new(self.router.clone(), connection))
    }

    fn accept(&self, mut socket: R::Socket, round: &Arc<Round>) {
        let Some(place) = Place::take(&self.places, round) else {
            R::spawn(async move {
                let mut turning_away =
                    pin!(write::<R::Clock>(&mut socket, Bytes::from_static(FULL)));
                let mut rest = pin!(R::Clock::sleep(REST));
                poll_fn(|cx| match rest.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(()),
                    Poll::Pending => turning_away.as_mut().poll(cx).map(drop),
                })
                .await;
            });
            return;
        };
        let conversation = self.conversation();
        let clock = self.clock;
        R::spawn(async move {
            converse(socket, conversation, clock, &place.round).await;
            drop(place);
        });
    }
}

impl<R: Runtime> Clone for Server<R> {
    /// The same server: its connections count together.
    fn clone(&self) -> Self {
        Self {
            router: self.router.clone(),
            http: self.http.clone(),
            places: Arc::clone(&self.places),
            clock: self.clock,
        }
    }
}

impl<R: Runtime> fmt::Debug for Server<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("router", &self.router)
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}

/// The client has gone before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
