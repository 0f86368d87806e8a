//! A connection on threads: one that serves it, and one that hears it.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use sse_server::{Io, NoOutlet, PATIENCE};

/// How much is read at once.
const CHUNK_BYTES: usize = 4 << 10;

/// The stack of a thread that does nothing but read.
const STACK_BYTES: usize = 64 << 10;

/// What was heard of a client and not looked at: one chunk at most.
#[derive(Default)]
struct Inbox {
    heard: Mutex<Heard>,
    taken: Condvar,
}

#[derive(Default)]
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
    fn fill(&self, mut reader: impl Read) {
        let mut chunk = [0; CHUNK_BYTES];
        loop {
            let read = match reader.read(&mut chunk) {
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

/// A connection: what is written by the thread that serves it, and heard by another.
pub struct Connection {
    writer: Box<dyn Write + Send>,
    inbox: Arc<Inbox>,
    /// Over TCP, each direction can be ended by itself.
    socket: Option<Arc<TcpStream>>,
}

impl Connection {
    /// Over TCP.
    pub(super) fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_write_timeout(Some(PATIENCE))?;
        let socket = Arc::new(stream);
        let [reader, writer] = [(); 2].map(|()| Shared(Arc::clone(&socket)));
        Self::start(reader, Box::new(writer), Some(socket))
    }

    /// Over anything else.
    pub(super) fn of(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(reader, Box::new(writer), None)
    }

    fn start(
        reader: impl Read + Send + 'static,
        writer: Box<dyn Write + Send>,
        socket: Option<Arc<TcpStream>>,
    ) -> io::Result<Self> {
        let inbox = Arc::new(Inbox::default());
        let filled = Arc::clone(&inbox);
        thread::Builder::new()
            .name("sse-reader".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || filled.fill(reader))?;
        Ok(Self {
            writer,
            inbox,
            socket,
        })
    }

    fn shut_down(&self, how: Shutdown) -> io::Result<()> {
        self.socket
            .as_ref()
            .map_or(Ok(()), |socket| socket.shutdown(how))
    }
}

impl Io for Connection {
    type Outlet = NoOutlet;

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.inbox.poll_read(cx, buffer)
    }

    /// It waits in place: nobody else is on this thread.
    fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.writer.write(bytes) {
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
        Poll::Ready(self.writer.flush())
    }

    fn poll_shut_down(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shut_down(Shutdown::Write))
    }

    fn outlet(&self) -> Option<NoOutlet> {
        None
    }

    fn poll_writable(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Connection {
    /// Frees the thread that reads.
    fn drop(&mut self) {
        self.inbox.close();
        let _ = self.shut_down(Shutdown::Both);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

/// A socket that two threads have.
struct Shared(Arc<TcpStream>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
