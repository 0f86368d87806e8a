//! What async-io brings to the server: a clock, and sockets.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use async_io::{Async, Timer};
use futures_io::{AsyncRead, AsyncWrite};
use sse_hub::Outlet;
use sse_server::{Answer, EventBody, Io, NoOutlet, set_up_socket};

/// The system's clock, from the creation of a server, and the timers of async-io.
#[derive(Clone, Copy, Debug)]
pub struct ServerClock(Instant);

impl sse_server::Clock for ServerClock {
    type Sleep = Sleep;

    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(time: Duration) -> Sleep {
        Sleep(Timer::after(time))
    }
}

/// A timer that says no more than that its time has come.
#[derive(Debug)]
pub struct Sleep(Timer);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

/// An answer as a response of the crate `http`: what [`Events::answer`](sse_server::Events::answer) gives, or a
/// [`Channel`](sse_hub::Channel).
#[must_use]
pub fn into_http(answer: impl Into<Answer>) -> http::Response<EventBody> {
    answer
        .into()
        .into_http(|time| Box::pin(Sleep(Timer::after(time))))
}

/// A connection over plain TCP, whose streams the hub's driver writes itself.
#[derive(Debug)]
pub struct Socket(Arc<Async<TcpStream>>);

impl Socket {
    pub(crate) fn new(stream: Arc<Async<TcpStream>>) -> Self {
        let _ = set_up_socket(stream.get_ref());
        Self(stream)
    }
}

impl Io for Socket {
    type Outlet = SocketOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.0.get_ref().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
            }
            ready!(self.0.poll_readable(cx))?;
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.0.get_ref().write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
            ready!(self.0.poll_writable(cx))?;
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shut_down(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.get_ref().shutdown(Shutdown::Write))
    }

    fn outlet(&self) -> Option<SocketOutlet> {
        Some(SocketOutlet(Arc::clone(&self.0)))
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_writable(cx)
    }
}

/// A socket, as the hub's driver writes to it.
#[derive(Debug)]
pub struct SocketOutlet(Arc<Async<TcpStream>>);

impl Outlet for SocketOutlet {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_ref().write(bytes)
    }
}

/// A connection of any kind.
#[derive(Debug)]
pub struct Stream<S>(pub(crate) S);

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Io for Stream<S> {
    type Outlet = NoOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shut_down(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }

    fn outlet(&self) -> Option<NoOutlet> {
        None
    }

    fn poll_writable(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
