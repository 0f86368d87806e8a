//! The client: a machine that makes every decision of an `EventSource`, and leaves sockets and timers to you.
//!
//! [`EventSource`] connects, follows redirects, checks the response, decodes the stream, reconnects with the last
//! event ID, backs off, watches for silence, and knows when to stop. It opens no socket and reads no clock. You tell
//! it what happened (`handle_*`), and it says what to do ([`poll_action`]), what there is to know ([`poll_item`]),
//! and when to come back ([`deadline`]). There is one contract:
//!
//! **One input → drain [`poll_action`] and [`poll_item`] → read [`deadline`] again → wait.**
//!
//! ```
//! use core::time::Duration;
//! use sse_proto::source::{Action, Config, EventSource, ResponseHead, SourceItem};
//! use sse_proto::Instant;
//!
//! let now = Instant::default();
//! let mut source = EventSource::new(Config::new("https://example.com/prices")?, 42, now);
//!
//! // It wants a request to be sent. A real program opens a connection here.
//! let Some(Action::Send(attempt, request)) = source.poll_action() else { panic!("it connects at once") };
//! assert_eq!(request.url, "https://example.com/prices");
//! assert_eq!(request.headers.get("accept"), Some(&b"text/event-stream"[..]));
//!
//! // The response begins.
//! let head = ResponseHead::new(200, [("Content-Type", "text/event-stream")]);
//! source.handle_response_head(now, attempt, head);
//! assert!(matches!(source.poll_item(), Some(SourceItem::Open(_))));
//!
//! // Its body arrives, cut anywhere.
//! for item in source.handle_data(now, attempt, b"id: 7\ndata: 42.5\n\n") {
//!     if let SourceItem::Message(message) = item {
//!         assert_eq!(message.data(), "42.5");
//!     }
//! }
//!
//! // The connection is lost: the machine waits, and then asks for a request that resumes.
//! source.handle_eof(now, attempt);
//! let Some(SourceItem::Error(error)) = source.poll_item() else { panic!("it says what happened") };
//! assert!(error.retry_in.is_some_and(|delay| delay <= Duration::from_secs(3)));
//! let later = source.deadline().expect("it waits");
//! source.handle_timeout(later);
//! let Some(Action::Send(_, request)) = source.poll_action() else { panic!("it reconnects") };
//! assert_eq!(request.headers.get("last-event-id"), Some(&b"7"[..]));
//! # Ok::<(), sse_proto::source::InvalidUrl>(())
//! ```
//!
//! # Attempts
//!
//! Every HTTP exchange has a number, its [`Attempt`], and every input says which it belongs to. At most one is under
//! way. What arrives for another one, since it was on its way when the exchange was aborted, changes nothing.
//!
//! # What it decides
//!
//! | | |
//! |---|---|
//! | 200 and `text/event-stream` | the stream is open |
//! | 204 | the server wants no reconnection: closed |
//! | 301, 302, 303, 307, 308 | followed, as browsers do; a reconnection starts at the first URL again |
//! | any other status or type | closed, unless [`Config::retry_statuses`] says otherwise; the error has the body's beginning |
//! | the stream ends or breaks | reconnected after the reconnection time, longer at each failure in a row |
//! | silence, if [`Config::idle_timeout`] says so | the same |
//! | [`EventSource::close`] | closed |
//!
//! What a program wants to say per attempt (a fresh token) or per response is a step of the machine and not a
//! callback: see [`Action::Prepare`] and [`Action::Validate`].
//!
//! # Out of scope
//!
//! Connections, TLS, proxies, cookies, compression and HTTP itself: these are the transport's. Redirects must be off
//! in it.
//!
//! [`poll_action`]: EventSource::poll_action
//! [`poll_item`]: EventSource::poll_item
//! [`deadline`]: EventSource::deadline

mod checks;
mod config;
mod error;
mod event_source;
mod exchange;
mod item;
#[cfg(feature = "json")]
mod json;
mod received;
mod redirect;
mod request;
mod retry;
mod retry_after;
mod settings;
mod state;
mod trace;
mod url;

pub use checks::InvalidRequest;
pub use config::Config;
pub use error::{Cause, Refusal, SourceError, StreamedError, TransportError, TransportErrorKind};
pub use event_source::EventSource;
pub use exchange::{Action, Attempt, Prepared, ReadyState, Request, Verdict};

pub use item::SourceItem;
#[cfg(feature = "json")]
pub use json::JsonStreamError;
pub use received::Received;
pub use redirect::RedirectError;
pub use retry::{Backoff, Failure, StatusRetry, Strategy};
pub use url::InvalidUrl;

pub use crate::head::ResponseHead;
pub use crate::headers::Headers;
