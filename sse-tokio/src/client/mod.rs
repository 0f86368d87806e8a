//! The client: the machine of `sse_proto::source`, given a transport and a timer.

mod builder;
mod event_source;
mod events;
mod exchange;
mod hyper;
#[cfg(feature = "json")]
mod json;
mod messages;
mod timer;
#[cfg(feature = "tls")]
mod tls;
mod transport;

pub use builder::Builder;
pub use event_source::{EventSource, SourceItem};
pub use events::{BodyChunks, Events, EventsError, events, events_in};
pub use hyper::HyperTransport;
#[cfg(feature = "json")]
pub use json::{Json, JsonStreamError};
pub use messages::{Messages, SourceMessages};
pub use transport::{Body, Transport, TransportFuture};
