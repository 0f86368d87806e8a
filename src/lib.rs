//! Server-Sent Events: one sans-IO core, and everything around it by feature.
//!
//! This crate gives you the core, [`sse_proto`], whole: a [`Decoder`] that turns the bytes of any transport into
//! events, an [`Event`] that encodes itself, and in [`source`] the machine of a client; and beside it the clients that
//! are made of that machine, a module a runtime.
//!
//! ```
//! use sse_kit::{Decoder, Item};
//!
//! let mut decoder = Decoder::new();
//! for item in decoder.feed(b"event: greeting\ndata: hello\n\n") {
//!     if let Item::Event(event) = item {
//!         assert_eq!((event.event_type(), event.data()), ("greeting", "hello"));
//!     }
//! }
//! ```
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `tokio` (default) | the client on tokio, in the module `tokio` |
//! | `smol` | the client on smol, in the module `smol` |
//! | `async-std` | the client on async-std, in the module `async_std`; that runtime is discontinued upstream |
//! | `blocking` | the client on threads, in the module `blocking` |
//! | `simd` (default) | line ends are searched 64 bytes at a time, UTF-8 is validated with SIMD |
//! | `json` | events from and to JSON |
//! | `base64` | events from and to binary payloads |
//! | `server` | a hub, and a server of its events, as `server` in the modules of the runtimes |
//! | `axum` | its answers as responses of axum |
//! | `redis` | many nodes with one log, by Redis Streams, in the module `redis` |
//! | `tls` | `https` for the clients, by rustls |
//! | `reqwest` | requests of the client on tokio by reqwest, with its proxies, cookies and compression |
//! | `tracing` | what the clients and the hub do, as events of `tracing` |
//! | `gzip` | compressed streams for the client on threads |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "async-std")]
pub use sse_async_std::async_std;
#[cfg(feature = "smol")]
pub use sse_async_std::smol;
#[cfg(feature = "blocking")]
pub use sse_blocking as blocking;
pub use sse_proto::*;
#[cfg(feature = "redis")]
pub use sse_redis as redis;
#[cfg(feature = "tokio")]
pub use sse_tokio as tokio;

/// The README's examples are tests, where all that they need is there.
#[cfg(all(doctest, feature = "tokio", feature = "server"))]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// And so are those of the guides.
#[cfg(all(doctest, feature = "tokio", feature = "server"))]
#[doc = include_str!("../docs/frameworks.md")]
pub struct Frameworks;

#[cfg(all(doctest, feature = "tokio", feature = "redis"))]
#[doc = include_str!("../docs/many-nodes.md")]
pub struct ManyNodes;
