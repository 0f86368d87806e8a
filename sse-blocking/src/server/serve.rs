//! The server on threads.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use event_listener::Event;
use sse_hub::Hub;
use sse_proto::http1;
use sse_server::{Carries, Router};

use super::accepting::Acceptor;
use super::connection::{Connection, Duplex};
use super::threads::{ServerClock, block_on};

/// Threads, as a runtime of servers.
#[derive(Clone, Copy, Debug)]
pub enum Threads {}

impl sse_server::Runtime for Threads {
    type Clock = ServerClock;
    type Listener = TcpListener;
    type Acceptor = Acceptor;
    type Socket = Connection<TcpStream>;

    fn listen(listener: TcpListener) -> io::Result<Acceptor> {
        Acceptor::start(listener)
    }

    fn accept(
        acceptor: &Acceptor,
    ) -> impl Future<Output = io::Result<Connection<TcpStream>>> + Send {
        acceptor.accept()
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        let thread = thread::Builder::new().name("sse-connection".to_owned());
        // Where there can be no more threads, the connection is closed: the task is dropped.
        let _ = thread.spawn(move || block_on(task));
    }
}

impl<S: Duplex> Carries<S> for Threads {
    type Io = Connection<S>;

    fn carry(stream: S) -> io::Result<Connection<S>> {
        Connection::start(stream)
    }
}

/// An HTTP/1.1 server of event streams, on threads.
///
/// ```no_run
/// use sse_blocking::server::{Hub, Router, Server};
///
/// let hub = Hub::builder().build();
/// let router = Router::new().events("/events", &hub);
/// let listener = std::net::TcpListener::bind("127.0.0.1:8000")?;
/// Server::new(router).serve(listener)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A connection costs two threads, one that serves it and one that hears when its client is gone: for some hundred
/// clients. There are at most [`max_connections`](Self::max_connections). For thousands there are the servers on tokio and
/// smol, with the same names.
#[derive(Clone)]
#[must_use = "it serves nobody yet"]
pub struct Server {
    server: sse_server::Server<Threads>,
    end: Arc<End>,
}

#[derive(Default)]
struct End {
    is_near: AtomicBool,
    came: Event,
}

/// Ends a [`Server`] from another thread. Cloned, it is the same.
#[derive(Clone)]
pub struct Handle(Arc<End>);

impl Handle {
    /// Lets the server take no more connections, and [`serve`](Server::serve) return when all have ended.
    ///
    /// Streams end when their hub is [closed](sse_hub::Hub::close): do so at the same time.
    pub fn shut_down(&self) {
        self.0.is_near.store(true, Ordering::SeqCst);
        self.0.came.notify(usize::MAX);
    }
}

impl Server {
    /// A server of these routes, with the default limits.
    pub fn new(router: Router) -> Self {
        Self {
            server: sse_server::Server::new(router).max_connections(1000),
            end: Arc::default(),
        }
    }

    /// Sets the limits of requests: sizes and times.
    pub fn http(mut self, config: http1::Config) -> Self {
        self.server = self.server.http(config);
        self
    }

    /// Sets how many connections there may be at once: 1,000 by default. Another one is answered with 503.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.server = self.server.max_connections(connections);
        self
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// What ends it from another thread.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.end))
    }

    /// Serves what connects, until it is [shut down](Handle::shut_down) and every connection has ended.
    ///
    /// # Errors
    ///
    /// The listener has no address, or there can be no thread for it.
    pub fn serve(self, listener: TcpListener) -> io::Result<()> {
        let Self { server, end } = self;
        block_on(server.serve_until(listener, async {
            while !end.is_near.load(Ordering::SeqCst) {
                let came = end.came.listen();
                if !end.is_near.load(Ordering::SeqCst) {
                    came.await;
                }
            }
        }))
    }

    /// Serves one connection, such as a Unix socket, on this thread and one that reads.
    ///
    /// # Errors
    ///
    /// There can be no thread for it.
    pub fn serve_connection(&self, stream: impl Duplex) -> io::Result<()> {
        block_on(self.server.serve_connection(stream))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.fmt(f)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.0.is_near).finish()
    }
}

/// Starts the thread that drives a hub: it delivers what is published and keeps the time. If there is one, it does
/// nothing.
///
/// A [`Server`] does this by itself. The thread ends when the last handle of the hub is gone, or when the hub is closed
/// and everyone has left.
pub fn drive(hub: &Hub) {
    sse_server::drive::<Threads>(hub);
}
