//! The events of a reader.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_io::AsyncRead;
use pin_project_lite::pin_project;
use sse_client::{Events, Messages, events_in};

/// How much is read at once.
const CHUNK_BYTES: usize = 16 << 10;

/// The events of anything that can be read: a child process's output, a pipe, a response's body.
///
/// ```
/// # async_std::task::block_on(async {
/// let output = &b"data: 42\n\n"[..];
/// let mut events = sse_async_std::events_from(output);
/// while let Some(event) = events.next().await {
///     assert_eq!(event?.data(), "42");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub fn events_from<R: AsyncRead>(reader: R) -> Messages<Events<ReaderChunks<R>>> {
    events_in(ReaderChunks {
        reader: Some(reader),
        chunk: vec![0; CHUNK_BYTES].into(),
    })
}

pin_project! {
    /// A reader as a stream of what it reads, made by [`events_from`].
    #[derive(Debug)]
    pub struct ReaderChunks<R> {
        // None once it has ended.
        #[pin]
        reader: Option<R>,
        chunk: Box<[u8]>,
    }
}

impl<R: AsyncRead> Stream for ReaderChunks<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            let Some(reader) = this.reader.as_mut().as_pin_mut() else {
                return Poll::Ready(None);
            };
            let item = match ready!(reader.poll_read(cx, this.chunk)) {
                Ok(0) => None,
                Ok(length) => {
                    return Poll::Ready(Some(Ok(Bytes::copy_from_slice(&this.chunk[..length]))));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Some(Err(error)),
            };
            this.reader.set(None);
            return Poll::Ready(item);
        }
    }
}
