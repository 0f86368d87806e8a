//! What async-io brings to the client: a clock, connections and readers.

#[cfg(any(feature = "async-std", feature = "smol"))]
mod clock;
#[cfg(any(feature = "async-std", feature = "smol"))]
mod dial;
mod read;

#[cfg(any(feature = "async-std", feature = "smol"))]
pub use clock::AsyncIoClock;
#[cfg(any(feature = "async-std", feature = "smol"))]
pub use dial::{Connect, FuturesDial};
pub use read::{ReaderChunks, events_from};
