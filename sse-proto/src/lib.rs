//! The sans-IO core of Server-Sent Events: a decoder, an encoder, the machine of a reconnecting client,
//! and those of a server.
//!
//! Use it when you have a transport of your own. It opens no socket, starts no thread and reads no clock: bytes go
//! in, events come out, and the other way round. With a runtime of your choice around it, it is the crate `sse-kit`.
//!
//! ```
//! use sse_proto::{Decoder, Event, Item};
//!
//! // To send: an event is valid once it is built, and encoding cannot fail.
//! let sent = Event::new("42.5").event_type("price")?.id("7")?;
//! let bytes = sent.to_bytes();
//! assert_eq!(bytes, "event: price\nid: 7\ndata: 42.5\n\n");
//!
//! // To receive: chunks may be cut anywhere.
//! let mut decoder = Decoder::new();
//! let (first, second) = bytes.split_at(20);
//! assert_eq!(decoder.feed(first).next(), None);
//! let Some(Item::Event(received)) = decoder.feed(second).next() else { panic!("the event is complete") };
//! assert_eq!(received.event_type(), "price");
//! assert_eq!(received.data().parse(), Ok(42.5));
//! assert_eq!(received.last_event_id(), "7");
//! # Ok::<(), sse_proto::InvalidField>(())
//! ```
//!
//! # Two nouns
//!
//! An [`Event`] is a block that you write; its id is its own. A [`MessageEvent`] is what the other side dispatches;
//! its last event ID may stem from an earlier block.
//!
//! # Three ways to receive
//!
//! | | what you get | what it costs |
//! |---|---|---|
//! | [`Feed`] as an iterator | an owned [`Item`] | one allocation an event |
//! | [`Feed::next_ref`] | an [`ItemRef`] of `&str`, valid until the next call | nothing is copied that a chunk has in one piece |
//! | [`Feed::next_bytes`] | an [`ItemRef`] of `&[u8]` | the same, and UTF-8 is not looked at |
//!
//! They read one stream. A client that connects, follows redirects, reconnects and resumes is in [`source`]; what a
//! server decides about a subscriber, in [`session`].
//!
//! # To serve
//!
//! What is published goes into a [`log`], whose subscribers are cursors; what one of them is sent, and when its stream
//! ends, is for its [`session`] to say.
//!
//! # What it promises
//!
//! - Any bytes, cut anywhere, decode to what the [standard] says they mean, without a panic.
//! - An item is out at the very byte that completes it; a CR counts at once.
//! - The time is linear in the bytes, for chunks of one byte as well.
//! - What is held of a stream is bounded by [`Decoder::with_max_event_bytes`].
//! - No unsafe code, no `std` unless asked for.
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `std` (default) | lets `memchr` and `simdutf8` use the widest registers of the machine |
//! | `simd` | line ends are searched 64 bytes at a time, UTF-8 is validated with SIMD; needs Rust 1.89 |
//! | `json` | [`Event`]s from, and [`MessageEvent`]s to, values that `serde` knows |
//! | `base64` | the same for binary payloads |
//! | `http1` | the server's side of HTTP/1.1, as the module `http1` |
//!
//! A feature adds methods, or speed; it never changes what a stream means.
//!
//! [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod codec;
mod error;
mod event;
mod framing;
mod head;
mod headers;
#[cfg(feature = "http1")]
pub mod http1;
mod item;
pub mod log;
mod media_type;
mod message_event;
#[cfg(any(feature = "json", feature = "base64"))]
mod payload;
pub mod session;
pub mod source;
mod time;

pub use codec::{DEFAULT_MAX_EVENT_BYTES, Decoder, Feed, MAX_ID_BYTES};
pub use error::{InvalidField, TooLarge};
pub use event::Event;
pub use framing::Framing;
pub use head::{RequestHead, Response, ResponseHead};
pub use headers::{Headers, InvalidHeader};
pub use item::{EventRef, Item, ItemRef};
pub use media_type::{EVENT_STREAM, is_event_stream};
pub use message_event::MessageEvent;
#[cfg(feature = "base64")]
pub use payload::Base64Error;
#[cfg(feature = "json")]
pub use payload::JsonError;
pub use time::Instant;
