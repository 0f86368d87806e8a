//! Server-Sent Events on threads: no runtime, no `async`.
//!
//! [`EventSource`] is a client that stays connected: an iterator of what happens on the stream, which reconnects and
//! resumes by itself.
//!
//! ```
//! use sse_blocking::EventSource;
//! # use sse_testkit::script::{Answer, Script};
//! # let answer = Answer::stream().event("data: 41\n\n").truncate();
//! # let rest = Answer::stream().event("retry: 100\nid: 7\ndata: 42\n\n").hold();
//! # let server = Script::new().answer(answer).answer(rest).start();
//! # let url = server.url("/prices");
//!
//! let source = EventSource::builder(&url)?
//!     .header("Authorization", "Bearer 123")?
//! #   .reconnection_time(std::time::Duration::from_millis(1))
//!     .build();
//! for message in source.messages() {
//!     let message = message?;
//!     println!("{}: {}", message.event_type(), message.data());
//!     if message.data() == "42" {
//!         break;
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Ways to use it
//!
//! | | |
//! |---|---|
//! | `for item in source` | everything that happens, as [`SourceItem`]s |
//! | [`messages`](EventSource::messages) | the messages alone, and the error that ends it |
//! | [`for_each`](EventSource::for_each) | a callback, until it breaks |
//! | [`into_channel`](EventSource::into_channel) | a thread of its own, and a [`Receiver`] |
//! | [`handle`](EventSource::handle) | closing, reconnecting and looking from other threads |
//! | [`events`] | for a response that you have already, or any other [`Read`](std::io::Read) |
//!
//! Every decision is made by the machine in [`sse_proto::source`], the same as on every other runtime; here are the
//! sockets (of `ureq`, HTTP/1.1) and the waiting.
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `tls` | `https`, by rustls with ring and the web's root certificates |
//! | `gzip` | compressed streams are asked for and unpacked |
//! | `json` | messages as values that `serde` knows: `source.messages().json()` |
//! | `server` | a hub, and the server of its events, in the module `server` |
//! | `tracing` | what the clients and the hub do, as events of `tracing` |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod events;
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub mod server;

#[cfg(feature = "tls")]
pub use client::InvalidCertificate;
#[cfg(feature = "json")]
pub use client::Json;
pub use client::{Builder, EventSource, Handle, Messages, Receiver};
pub use events::{Events, events};
pub use sse_proto::source::{
    Attempt, Backoff, Cause, Config, Failure, Headers, InvalidRequest, InvalidUrl, Prepared,
    ReadyState, RedirectError, Refusal, ResponseHead, SourceError, SourceItem, StatusRetry,
    Strategy, StreamedError, TransportError, TransportErrorKind, Verdict,
};
pub use sse_proto::{InvalidField, MessageEvent, TooLarge};
#[cfg(feature = "json")]
pub use sse_proto::{JsonError, source::JsonStreamError};
