//! A connection that lets others have their turn.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// How often it is read from before somebody else has a turn.
const READS: u8 = 32;

/// Reads only so often in a row, and then lets its task be polled anew.
///
/// hyper reads on within a poll as long as there is something, such as interim responses without end; a timeout, or
/// whoever drops the source, would not be heard. tokio's sockets do this by themselves, those of other runtimes don't.
#[derive(Debug)]
pub(super) struct Fair<T> {
    connection: T,
    reads_left: u8,
}

impl<T> Fair<T> {
    pub(super) fn new(connection: T) -> Self {
        Self {
            connection,
            reads_left: READS,
        }
    }
}

impl<T: Read + Unpin> Read for Fair<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = match self.reads_left {
            0 => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Pin::new(&mut self.connection).poll_read(cx, buffer),
        };
        self.reads_left = match read {
            Poll::Ready(_) => self.reads_left - 1,
            Poll::Pending => READS,
        };
        read
    }
}

impl<T: Write + Unpin> Write for Fair<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(cx, slices)
    }
}
