//! What tokio brings to the client: a clock, connections and readers.

mod clock;
mod dial;
mod read;
#[cfg(feature = "reqwest")]
mod reqwest;

use sse_client::{Runtime, Transport};

pub use clock::TokioClock;
pub use dial::TokioDial;
pub use read::events_from;
#[cfg(feature = "reqwest")]
pub use reqwest::ReqwestTransport;

/// The runtime tokio, with time and I/O.
#[derive(Clone, Copy, Debug)]
pub enum Tokio {}

impl Runtime for Tokio {
    type Clock = TokioClock;

    fn transport() -> Box<dyn Transport> {
        Box::new(HyperTransport::new())
    }
}

/// A client that stays connected to an event stream, on tokio.
pub type EventSource = sse_client::EventSource<Tokio>;

/// What to request, how to behave, and through what, on tokio.
pub type Builder = sse_client::Builder<Tokio>;

/// The messages of an [`EventSource`], and the error after which it does not connect again.
pub type SourceMessages = sse_client::SourceMessages<Tokio>;

/// The usual transport: hyper over tokio's sockets.
pub type HyperTransport = sse_client::HyperTransport<TokioDial>;
