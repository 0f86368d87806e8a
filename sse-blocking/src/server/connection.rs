//! A connection on threads: one that serves it, and one that hears it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use sse_server::{Io, NoOutlet, PATIENCE};

/// How much is read at once.
const CHUNK_BYTES: usize = 4 << 10;

/// The stack of a thread that does nothing but read.
const STACK_BYTES: usize = 64 << 10;

/// What was heard of a client and not looked at: one chunk at most.
#[derive(Debug, Default)]
struct Inbox {
    heard: Mutex<Heard>,
    taken: Condvar,
}

#[derive(Debug, Default)]
struct Heard {
    chunk: Vec<u8>,
    /// Behind the chunk nothing comes any more: its end, or an error.
    end: Option<io::Result<()>>,
    /// Nobody listens any more.
    is_closed: bool,
    waker: Option<Waker>,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads until there is nothing more, or nobody listens.
    fn fill(&self, stream: &impl Duplex) {
        let mut chunk = [0; CHUNK_BYTES];
        loop {
            let read = match stream.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read,
            };
            let mut heard = self.lock();
            while !heard.chunk.is_empty() && !heard.is_closed {
                heard = self
                    .taken
                    .wait(heard)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            match read {
                Ok(0) => heard.end = Some(Ok(())),
                Ok(length) => heard.chunk.extend_from_slice(&chunk[..length]),
                Err(error) => heard.end = Some(Err(error)),
            }
            let is_over = heard.end.is_some() || heard.is_closed;
            let waker = heard.waker.take();
            drop(heard);
            if let Some(waker) = waker {
                waker.wake();
            }
            if is_over {
                return;
            }
        }
    }

    fn poll_read(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut heard = self.lock();
        if !heard.chunk.is_empty() {
            let length = heard.chunk.len().min(buffer.len());
            buffer[..length].copy_from_slice(&heard.chunk[..length]);
            heard.chunk.drain(..length);
            self.taken.notify_one();
            return Poll::Ready(Ok(length));
        }
        match &mut heard.end {
            Some(end) => Poll::Ready(std::mem::replace(end, Ok(())).map(|()| 0)),
            None => {
                heard.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.taken.notify_one();
    }
}

/// A connection that one thread writes to while another reads from it: a socket.
pub trait Duplex: Send + Sync + 'static {
    /// As [`Read::read`].
    ///
    /// # Errors
    ///
    /// As there.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// As [`Write::write`].
    ///
    /// # Errors
    ///
    /// As there; [`WouldBlock`](io::ErrorKind::WouldBlock) when it has waited long enough.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes what is held on this side.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    fn flush(&self) -> io::Result<()>;

    /// Ends one direction, or both. A thread that reads is freed by that.
    ///
    /// # Errors
    ///
    /// The connection is gone.
    fn shut_down(&self, how: Shutdown) -> io::Result<()>;

    /// Lets a write fail that makes no progress for so long.
    ///
    /// # Errors
    ///
    /// The system refuses.
    fn limit_writes(&self, time: Duration) -> io::Result<()>;
}

macro_rules! duplex {
    ($($socket:ty),+) => {
        $(impl Duplex for $socket {
            fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                Read::read(&mut &*self, buffer)
            }

            fn write(&self, bytes: &[u8]) -> io::Result<usize> {
                Write::write(&mut &*self, bytes)
            }

            fn flush(&self) -> io::Result<()> {
                Ok(())
            }

            fn shut_down(&self, how: Shutdown) -> io::Result<()> {
                self.shutdown(how)
            }

            fn limit_writes(&self, time: Duration) -> io::Result<()> {
                self.set_write_timeout(Some(time))
            }
        })+
    };
}

duplex!(TcpStream);
#[cfg(unix)]
duplex!(std::os::unix::net::UnixStream);

/// A connection: what is written by the thread that serves it, and heard by another.
#[derive(Debug)]
pub struct Connection<S: Duplex> {
    stream: Arc<S>,
    inbox: Arc<Inbox>,
}

impl<S: Duplex> Connection<S> {
    pub(super) fn start(stream: S) -> io::Result<Self> {
        stream.limit_writes(PATIENCE)?;
        let stream = Arc::new(stream);
        let inbox = Arc::new(Inbox::default());
        let (heard, filled) = (Arc::clone(&stream), Arc::clone(&inbox));
        thread::Builder::new()
            .name("sse-reader".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || filled.fill(&*heard))?;
        Ok(Self { stream, inbox })
    }
}

impl<S: Duplex> Io for Connection<S> {
    type Outlet = NoOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.inbox.poll_read(cx, buffer)
    }

    /// It waits in place: nobody else is on this thread.
    fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.stream.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What the system says when the time for a write is over.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.flush())
    }

    fn poll_shut_down(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shut_down(Shutdown::Write))
    }

    fn outlet(&self) -> Option<NoOutlet> {
        None
    }

    fn poll_writable(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl<S: Duplex> Drop for Connection<S> {
    /// Frees the thread that reads.
    fn drop(&mut self) {
        self.inbox.close();
        let _ = self.stream.shut_down(Shutdown::Both);
    }
}
