//! The asynchronous client of Server-Sent Events, the same on every runtime.
//!
//! Take the crate of your runtime: `sse-tokio`, or `sse-async-std` for async-std and smol. Take this one to bring
//! another runtime: what it needs is a [`Clock`] with an alarm, and a [`Transport`] for requests, which
//! [`HyperTransport`] is for whoever can [`Dial`].
//!
//! ```
//! use std::task::{Context, Poll};
//! use std::time::Duration;
//! use sse_client::{Clock, Runtime, Transport};
//!
//! struct Mine;
//!
//! impl Runtime for Mine {
//!     type Clock = MyClock;
//!     fn transport() -> Box<dyn Transport> {
//!         unimplemented!("what sends requests here, such as a HyperTransport of something that can Dial")
//!     }
//! }
//!
//! # #[derive(Debug)] struct MyAlarm;
//! # impl MyAlarm { fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> { Poll::Pending } }
//! #[derive(Debug)]
//! struct MyClock(std::time::Instant, MyAlarm);
//!
//! impl Clock for MyClock {
//!     fn start() -> Self {
//!         Self(std::time::Instant::now(), MyAlarm)
//!     }
//!     fn elapsed(&self) -> Duration {
//!         self.0.elapsed()
//!     }
//!     fn set_alarm(&mut self, _at: Duration) {}
//!     fn clear_alarm(&mut self) {}
//!     fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
//!         self.1.poll(cx)
//!     }
//! }
//!
//! type EventSource = sse_client::EventSource<Mine>;
//! ```
//!
//! # What it promises
//!
//! - Every decision is made by the machine in [`sse_proto::source`], the same on every runtime.
//! - Nothing is spawned: all work is done while the stream is polled. Dropping it drops its connection, at once.
//! - It reads no further than the program does: while items wait to be taken, nothing is read from the connection.
//! - What arrived in time is seen, however late the program asks: timeouts are looked at when there is nothing to read.
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `tls` | `https`, by rustls with ring and the web's roots, or a `ClientConfig` of your own; HTTP/2 where the server has it |
//! | `json` | `Messages::json`, typed payloads |
//!
//! A feature adds methods; it never changes what a stream means.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod event_source;
mod events;
mod exchange;
mod hyper;
#[cfg(feature = "json")]
mod json;
mod messages;
mod runtime;
mod timer;
#[cfg(feature = "tls")]
mod tls;
mod transport;

pub use builder::Builder;
pub use event_source::EventSource;
pub use events::{BodyChunks, Events, EventsError, events, events_in};
pub use hyper::{Dial, HyperTransport};
#[cfg(feature = "json")]
pub use json::Json;
pub use messages::{Messages, SourceMessages};
pub use runtime::{Clock, Runtime};
#[cfg(feature = "tls")]
pub use tls::{Secured, TlsConfig};
pub use transport::{Body, Transport, TransportFuture, failed};

#[cfg(feature = "tls")]
pub use rustls;

pub use sse_proto::source::{
    Attempt, Backoff, Cause, Config, Failure, Headers, InvalidRequest, InvalidUrl, Prepared,
    ReadyState, RedirectError, Refusal, ResponseHead, SourceError, SourceItem, StatusRetry,
    Strategy, StreamedError, TransportError, TransportErrorKind, Verdict,
};
pub use sse_proto::{InvalidField, MessageEvent, TooLarge};
#[cfg(feature = "json")]
pub use sse_proto::{JsonError, source::JsonStreamError};
