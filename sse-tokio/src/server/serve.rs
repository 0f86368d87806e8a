//! Accepting connections.

use std::future::{Future, pending};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_proto::http1;
use sse_server::{Conversation, Router, set_up_socket};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::connection::{Shutdown, Time, converse};
use super::{drive, stream};

/// How long the listener rests when the system has no more descriptors to give.
const REST: Duration = Duration::from_millis(100);

/// What a client gets for which there is no room.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\
    Connection: close\r\n\r\n";

/// An HTTP/1.1 server of event streams, which writes a hub's events to the sockets itself.
///
/// ```no_run
/// use sse_tokio::server::{Hub, Router, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let hub = Hub::builder().build();
/// let router = Router::new().events("/events", &hub);
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// Server::new(router).serve(listener).await
/// # }
/// ```
///
/// A connection that is open costs a task, and, while its stream is silent, no buffer. There are at most
/// [`max_connections`](Self::max_connections).
#[derive(Clone, Debug)]
#[must_use = "it serves nobody yet"]
pub struct Server {
    router: Router,
    http: http1::Config,
    connections: Arc<Connections>,
    time: Time,
}

#[derive(Debug)]
struct Connections {
    limit: AtomicUsize,
    open: AtomicUsize,
}

impl Server {
    /// A server of these routes, with the default limits.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            http: http1::Config::new(),
            connections: Arc::new(Connections {
                limit: AtomicUsize::new(100_000),
                open: AtomicUsize::new(0),
            }),
            time: Time::start(),
        }
    }

    /// Sets the limits of requests: sizes and times.
    pub fn http(mut self, config: http1::Config) -> Self {
        self.http = config;
        self
    }

    /// Sets how many connections there may be at once: 100,000 by default. Another one is answered with 503.
    pub fn max_connections(self, connections: usize) -> Self {
        self.connections.limit.store(connections, Ordering::Relaxed);
        self
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.open.load(Ordering::Relaxed)
    }

    /// Serves what connects, for ever.
    ///
    /// # Errors
    ///
    /// Those of accepting that do not pass by themselves.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        self.serve_until(listener, pending()).await
    }

    /// Serves what connects until the future is ready; then takes no more, and is ready when every connection has
    /// ended.
    ///
    /// Streams end when their hub is [closed](sse_hub::Hub::close): do so in the future, or at the same time.
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_until(
        self,
        listener: TcpListener,
        end: impl Future<Output = ()>,
    ) -> io::Result<()> {
        for hub in self.router.hubs() {
            drive(hub);
        }
        let (shutting_down, shutdown) = watch::channel(false);
        let mut end = std::pin::pin!(end);
        loop {
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => self.accept(stream, shutdown.clone()),
                Err(error) if is_of_one_connection(&error) => {}
                // There are no descriptors left, most likely: some will be when connections end.
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
        drop(listener);
        drop(shutdown);
        shutting_down.send_replace(true);
        shutting_down.closed().await;
        Ok(())
    }

    /// Serves one connection of any kind, such as one with TLS on it, or a Unix socket.
    ///
    /// The hub's events go through the stream's own buffers and this task; plain TCP is faster by
    /// [`serve`](Self::serve).
    pub async fn serve_connection<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) {
        for hub in self.router.hubs() {
            drive(hub);
        }
        let conversation = self.conversation();
        stream::converse(stream, conversation, self.time).await;
    }

    fn conversation(&self) -> Conversation {
        let connection = http1::Connection::new(self.http.clone(), self.time.now());
        Conversation::new(self.router.clone(), connection)
    }

    fn accept(&self, mut stream: TcpStream, shutdown: Shutdown) {
        let Some(seat) = Seat::take(&self.connections) else {
            tokio::spawn(async move {
                let _ = tokio::time::timeout(REST, stream.write_all(FULL)).await;
            });
            return;
        };
        let _ = set_up_socket(&stream);
        // A future holds what it is given twice, and this one lasts.
        let conversation = Box::new(self.conversation());
        let time = self.time;
        tokio::spawn(async move {
            converse(stream, conversation, time, shutdown).await;
            drop(seat);
        });
    }
}

/// One of the connections that there may be.
struct Seat(Arc<Connections>);

impl Seat {
    fn take(connections: &Arc<Connections>) -> Option<Self> {
        let seat = Self(Arc::clone(connections));
        let before = connections.open.fetch_add(1, Ordering::Relaxed);
        (before < connections.limit.load(Ordering::Relaxed)).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
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
