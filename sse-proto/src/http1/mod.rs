//! The server's side of HTTP/1.1: a machine that reads requests, frames responses, and leaves sockets and timers to
//! you.
//!
//! Use it for a server of your own on any runtime, or none. [`Connection`] is one connection, and knows nothing of event
//! streams. You tell it what happened (`handle_*`), and it says what to do ([`poll_action`]), what there is to know
//! ([`poll_event`]), when to come back ([`deadline`]) and whether to read ([`wants_data`]). There is one contract:
//!
//! **One input → drain [`poll_action`] and [`poll_event`] → read [`deadline`] and [`wants_data`] again → wait.**
//!
//! ```
//! use sse_proto::http1::{Action, Config, Connection, ConnectionEvent, Framing};
//! use sse_proto::{Instant, ResponseHead};
//!
//! let now = Instant::default();
//! let mut connection = Connection::new(Config::new(), now);
//!
//! // A request arrives, cut anywhere.
//! connection.handle_data(now, b"GET /events?stream=news HTTP/1.1\r\nHo");
//! connection.handle_data(now, b"st: example.com\r\n\r\n");
//! let Some(ConnectionEvent::Request(request)) = connection.poll_event() else { panic!("it is complete") };
//! assert_eq!(request.head.path(), "/events");
//! assert_eq!(connection.poll_event(), Some(ConnectionEvent::End));
//!
//! // It is answered by a stream.
//! let head = ResponseHead::new(200, [("Content-Type", "text/event-stream")]);
//! let framing = connection.begin_stream(now, &head)?;
//! assert_eq!(framing, Some(Framing::Chunked));
//! let Some(Action::Write(head)) = connection.poll_action(now) else { panic!("the head goes out") };
//! assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n"));
//!
//! // What is written now is the program's own, a frame at a time.
//! let mut frame = Vec::new();
//! Framing::Chunked.frame(b"data: hello\n\n", &mut frame);
//!
//! // The stream ends, and the connection with it.
//! connection.end_stream();
//! assert_eq!(connection.poll_action(now), Some(Action::Write("0\r\n\r\n".into())));
//! assert_eq!(connection.poll_action(now), Some(Action::ShutDown));
//! connection.handle_eof(now);
//! assert_eq!(connection.poll_action(now), Some(Action::Close));
//! # Ok::<(), sse_proto::http1::InvalidResponse>(())
//! ```
//!
//! # What it decides
//!
//! | | |
//! |---|---|
//! | a request without a body, or whose body was [asked for](Connection::read_body) | complete; the connection is kept as the client wants it |
//! | more requests before that is answered | they wait, and the client is not read from when they are many |
//! | a whole URL as the target | taken apart: its path is the target, its authority the host |
//! | a stream for HTTP/1.1 | in chunks; the end of the stream ends the connection |
//! | a stream for HTTP/1.0 | as it is, up to the end of the connection |
//! | a `HEAD` | the head that a `GET` would have |
//! | a request that is refused | a [`Fault`], told to the client and to you; then the connection ends |
//!
//! # What it holds
//!
//! Of what arrives, as many bytes as the largest head has ([`Config`]); of a body, what the program has not taken, and
//! [`Config::max_body_bytes`] at most; of responses, what was not taken to be written. A connection whose stream is under
//! way, or that waits for a request, has no buffer.
//!
//! # Out of scope
//!
//! TLS, compression, upgrades, trailers (they are read and dropped), and the `Date` of responses, since there is no
//! clock: put one into your headers. How long a write may take is for the program to say.
//!
//! [`poll_action`]: Connection::poll_action
//! [`poll_event`]: Connection::poll_event
//! [`deadline`]: Connection::deadline
//! [`wants_data`]: Connection::wants_data

mod body;
mod config;
mod connection;
mod exchange;
mod fault;
mod request_head;
mod response_head;
mod state;

#[doc(no_inline)]
pub use crate::framing::Framing;
pub use config::Config;
pub use connection::Connection;
pub use exchange::{Action, BodyLength, ConnectionEvent, Departure, Request, Version};
pub use fault::Fault;
pub use response_head::InvalidResponse;
