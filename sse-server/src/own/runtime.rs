//! What a runtime brings.

use std::future::Future;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_hub::Outlet;

/// A runtime that a server runs on: its tasks, its clock, and its sockets.
pub trait Runtime: 'static {
    /// How it tells the time.
    type Clock: Clock;
    /// What connections arrive at, as its users know it.
    type Listener;
    /// The same, as connections are taken from it.
    type Acceptor: Send + Sync;
    /// A connection over TCP.
    type Socket: Io + 'static;

    /// Makes ready to accept.
    ///
    /// # Errors
    ///
    /// The runtime's reactor does not take it.
    fn listen(listener: Self::Listener) -> io::Result<Self::Acceptor>;

    /// Takes the next connection, [set up](crate::set_up_socket).
    fn accept(acceptor: &Self::Acceptor) -> impl Future<Output = io::Result<Self::Socket>> + Send;

    /// Runs a task on its own.
    fn spawn(task: impl Future<Output = ()> + Send + 'static);
}

/// A clock that runs from its own creation.
pub trait Clock: Copy + Send + Sync + 'static {
    /// A future that is ready after some time.
    type Sleep: Future<Output = ()> + Send;

    /// A clock that begins to run.
    fn start() -> Self;

    /// How long it has been running. It never goes back.
    fn elapsed(&self) -> Duration;

    /// Is ready after so long.
    fn sleep(time: Duration) -> Self::Sleep;
}

/// A connection: a TCP socket, or anything that bytes go through both ways.
pub trait Io: Send {
    /// Another way to write to it, for the hub's driver, past the task of the connection; [`NoOutlet`] where there is
    /// none.
    type Outlet: Outlet + 'static;

    /// Reads what is there.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes as much as goes.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Writes what is still held on this side.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Ends the writing half.
    fn poll_shut_down(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// That other way, if there is one.
    fn outlet(&self) -> Option<Self::Outlet>;

    /// Ready when the outlet takes more.
    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// There is no outlet.
#[derive(Clone, Copy, Debug)]
pub enum NoOutlet {}

impl Outlet for NoOutlet {
    fn try_write(&mut self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }
}

/// A runtime whose streams of a kind can be served: with TLS, say, or Unix sockets.
pub trait Carries<S>: Runtime {
    /// Such a stream, as a server reads and writes it.
    type Io: Io;

    /// Takes such a stream.
    ///
    /// # Errors
    ///
    /// The runtime cannot have it.
    fn carry(stream: S) -> io::Result<Self::Io>;
}
