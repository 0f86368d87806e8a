//! What tokio brings to the server: its clock, its tasks, and its sockets.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use sse_hub::Outlet;
use sse_server::{Carries, Io, NoOutlet, set_up_socket};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};

use crate::Tokio;

impl sse_server::Runtime for Tokio {
    type Clock = Clock;
    type Listener = TcpListener;
    type Acceptor = TcpListener;
    type Socket = Socket;

    fn listen(listener: TcpListener) -> io::Result<TcpListener> {
        Ok(listener)
    }

    async fn accept(listener: &TcpListener) -> io::Result<Socket> {
        let (stream, _) = listener.accept().await?;
        let _ = set_up_socket(&stream);
        Ok(Socket(Arc::new(stream)))
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }
}

/// The clock of tokio, from the creation of a server.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl sse_server::Clock for Clock {
    type Sleep = Sleep;

    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(time: Duration) -> Sleep {
        sleep(time)
    }
}

/// A connection over plain TCP, whose streams the hub's driver writes itself.
#[derive(Debug)]
pub struct Socket(Arc<TcpStream>);

impl Io for Socket {
    type Outlet = SocketOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            match self.0.try_read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match self.0.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shut_down(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(std::net::Shutdown::Write))
    }

    fn outlet(&self) -> Option<SocketOutlet> {
        Some(SocketOutlet(Arc::clone(&self.0)))
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_write_ready(cx)
    }
}

/// A socket, as the hub's driver writes to it.
#[derive(Debug)]
pub struct SocketOutlet(Arc<TcpStream>);

impl Outlet for SocketOutlet {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Carries<S> for Tokio {
    type Io = Stream<S>;

    fn carry(stream: S) -> io::Result<Stream<S>> {
        Ok(Stream(stream))
    }
}

/// A connection of any kind.
#[derive(Debug)]
pub struct Stream<S>(S);

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Io for Stream<S> {
    type Outlet = NoOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shut_down(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn outlet(&self) -> Option<NoOutlet> {
        None
    }

    fn poll_writable(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
