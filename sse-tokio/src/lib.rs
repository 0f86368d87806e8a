//! Server-Sent Events on tokio: a client that stays connected.
//!
//! [`EventSource`] connects, and when the connection is lost it connects again and resumes behind the last event. It
//! is a `Stream`, and each of its items is something that happened.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("http://{}/prices", listener.local_addr()?);
//! # std::thread::spawn(move || {
//! #     use std::io::{Read, Write};
//! #     let (mut connection, _) = listener.accept().unwrap();
//! #     let _ = connection.read(&mut [0; 1024]).unwrap();
//! #     let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
//! #     write!(connection, "{head}data: 42.5\n\n").unwrap();
//! # });
//! use sse_tokio::{EventSource, SourceItem};
//!
//! let mut source = EventSource::connect(url)?;
//! while let Some(item) = source.next().await {
//!     match item {
//!         SourceItem::Message(message) => {
//!             println!("{}", message.data());
//! #           assert_eq!(message.data(), "42.5");
//! #           break;
//!         }
//!         SourceItem::Error(error) => eprintln!("{error}"),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Four ways to read
//!
//! | | for whom |
//! |---|---|
//! | [`EventSource`] as a stream of [`SourceItem`]s | programs that show whether they are connected |
//! | [`messages`](EventSource::messages) | programs that want the messages, and the error that ends them |
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
//! | `tls` | `https`, by rustls with ring and the web's roots, or a `ClientConfig` of your own; HTTP/2 where the server has it |
//! | `reqwest` | `ReqwestTransport`: requests by a client of reqwest, with its proxies, cookies and compression |
//! | `json` | `Messages::json`, typed payloads |
//!
//! A feature adds methods; it never changes what a stream means.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub mod server;

#[cfg(feature = "reqwest")]
pub use client::ReqwestTransport;
pub use client::{
    Builder, EventSource, HyperTransport, SourceMessages, Tokio, TokioClock, TokioDial, events_from,
};
pub use sse_client::{
    Attempt, Backoff, Body, BodyChunks, Cause, Config, Events, EventsError, Failure, Headers,
    InvalidField, InvalidRequest, InvalidUrl, MessageEvent, Messages, Prepared, ReadyState,
    RedirectError, Refusal, ResponseHead, SourceError, SourceItem, StatusRetry, Strategy,
    StreamedError, TooLarge, Transport, TransportError, TransportErrorKind, TransportFuture,
    Verdict, events, events_in,
};
#[cfg(feature = "json")]
pub use sse_client::{Json, JsonError, JsonStreamError};
