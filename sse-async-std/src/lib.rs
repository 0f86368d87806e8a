//! Server-Sent Events on async-std and smol: a client that stays connected, a hub, and the server of its events.
//!
//! The two runtimes share their reactor, and so this crate; each has a module with the same names in it. async-std is
//! discontinued upstream, and here for programs that have it: new ones take smol.
//!
//! ```
//! # #[cfg(feature = "smol")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use sse_testkit::script::{Answer, Script};
//! # let server = Script::new().answer(Answer::stream().event("data: 42.5\n\n").hold()).start();
//! # let url = server.url("/prices");
//! use sse_async_std::SourceItem;
//! use sse_async_std::smol::EventSource;
//!
//! smol::block_on(async {
//!     let mut source = EventSource::connect(url)?;
//!     while let Some(item) = source.next().await {
//!         match item {
//!             SourceItem::Message(message) => {
//!                 println!("{}", message.data());
//! #               assert_eq!(message.data(), "42.5");
//! #               break;
//!             }
//!             SourceItem::Error(error) => eprintln!("{error}"),
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! })
//! # }
//! # #[cfg(not(feature = "smol"))]
//! # fn main() {}
//! ```
//!
//! # Four ways to read
//!
//! | | for whom |
//! |---|---|
//! | `EventSource` as a stream of [`SourceItem`]s | programs that show whether they are connected |
//! | `EventSource::messages` | programs that want the messages, and the error that ends them |
//! | `Messages::json`, [`Messages::until`] | the same for typed payloads, and for streams with a last word |
//! | [`events`], [`events_in`], [`events_from`] | programs that have a response already, or any other stream |
//!
//! # What it promises
//!
//! - Every decision is made by the machine in the core (`sse_proto::source`), the same on every runtime.
//! - Nothing is spawned: all work is done while the stream is polled. Dropping it drops its connection, at once.
//! - It reads no further than the program does: while items wait to be taken, nothing is read from the connection.
//! - What arrived in time is seen, however late the program asks: timeouts are looked at when there is nothing to read.
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `async-std` | the module `async_std` |
//! | `smol` | the module `smol` |
//! | `tls` | `https`, by rustls with ring and the web's roots, or a `ClientConfig` of your own; HTTP/2 where the server has it |
//! | `json` | `Messages::json`, typed payloads |
//! | `server` | the module `server` in each of theirs: a hub, and the server of its events |
//! | `tracing` | what the clients and the hub do, as events of `tracing` |
//!
//! A feature adds methods and modules; it never changes what a stream means.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod names;
#[cfg(any(feature = "async-std", feature = "smol"))]
mod runtime;
#[cfg(all(feature = "server", any(feature = "async-std", feature = "smol")))]
mod server;

pub use names::*;
#[cfg(feature = "async-std")]
pub use runtime::async_std;
#[cfg(feature = "smol")]
pub use runtime::smol;
