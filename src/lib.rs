//! Server-Sent Events: one sans-IO core, and everything around it by feature.
//!
//! This crate gives you the core, [`sse_proto`], whole: a [`Decoder`] that turns the bytes of any transport into
//! events, and an [`Event`] that encodes itself.
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
//! | `simd` (default) | line ends are searched 64 bytes at a time, UTF-8 is validated with SIMD |
//! | `json` | events from and to JSON |
//! | `base64` | events from and to binary payloads |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use sse_proto::*;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
