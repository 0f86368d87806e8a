//! The events of a reader.

use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

use sse_client::{Events, Messages, events_in};

/// The events of anything that can be read: a child process's output, a pipe, a QUIC stream.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let output = &b"data: 42\n\n"[..];
/// let mut events = sse_tokio::events_from(output);
/// while let Some(event) = events.next().await {
///     assert_eq!(event?.data(), "42");
/// }
/// # Ok(())
/// # }
/// ```
pub fn events_from<R: AsyncRead>(reader: R) -> Messages<Events<ReaderStream<R>>> {
    events_in(ReaderStream::with_capacity(reader, 16 << 10))
}
