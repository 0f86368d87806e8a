//! The server's side of one stream: how it is asked for, how it is answered, what it says, and when it ends.
//!
//! [`Endpoint`] decides about the head of a request, and [`Session`] about all that comes behind the head of the
//! response. Neither does input or output: any HTTP library does, or the module `http1`.
//!
//! # The request
//!
//! [`Endpoint`] decides whether a request subscribes to a stream and to which topics, and builds the head of the
//! response, or the response that refuses it.
//!
//! ```
//! use sse_proto::RequestHead;
//! use sse_proto::session::{Accepted, Endpoint, Reception};
//!
//! let endpoint = Endpoint::default();
//! let request = RequestHead::new("GET", "/events?stream=news&stream=prices", [("Last-Event-ID", "7")]);
//! let Reception::Subscribe(subscriber) = endpoint.receive(&request) else { panic!("it is fine") };
//! assert_eq!(subscriber.topics, ["news", "prices"]);
//! assert_eq!(subscriber.last_event_id.as_deref(), Some("7"));
//!
//! let head = endpoint.accept(&subscriber, &Accepted::default());
//! assert_eq!(head.headers.get("content-type"), Some(&b"text/event-stream"[..]));
//!
//! // What does not belong here is answered at once.
//! let Reception::Respond(response) = endpoint.receive(&RequestHead::new::<&str, &str>("PUT", "/events", [])) else {
//!     panic!("it is no subscription")
//! };
//! assert_eq!(response.head.status, 405);
//! ```
//!
//! Between the two stands the program's own judgement, an [`Evaluation`] of the request: an adapter that is async awaits
//! one, one that blocks calls for one.
//!
//! # The stream
//!
//! [`Session`] begins behind the head of the response. It primes the client with a reconnection time and a cursor,
//! replays what the client has missed or tells it that this cannot be, hands out what is new as runs of the
//! [log](crate::log), breaks silences, and says farewell. It opens no socket and reads no clock. There is one contract:
//!
//! **One input → drain [`poll_transmit`] → read [`deadline`] again → wait.**
//!
//! ```
//! use std::sync::Arc;
//! use core::time::Duration;
//! use sse_proto::log::{self, Encoded, Framing, Ids, Log};
//! use sse_proto::session::{Config, Session, Transmit};
//! use sse_proto::{Event, Instant};
//!
//! let now = Instant::default();
//! let mut log = Log::new(log::Config::new(Ids::Automatic { epoch: 7 }));
//! let config = Arc::new(Config::new().heartbeat(Some(Duration::from_secs(15))));
//!
//! let set = log.follow(&["news"])?;
//! let mut session = Session::begin(config, &mut log, set, None, Framing::Raw, now)?;
//!
//! // It begins with the cursor. Here all of it is written; a socket may take less.
//! let Transmit::Write(bytes) = session.poll_transmit(now, &mut log) else { panic!("it primes") };
//! assert_eq!(bytes, "event: sse-cursor\nid: 7-0\nretry: 2000\ndata: \n\n");
//! session.handle_written(now, bytes.len());
//! assert_eq!(session.poll_transmit(now, &mut log), Transmit::Idle);
//!
//! // Something is published.
//! log.append("news", Encoded::new(&Event::new("hello")), now)?;
//! let Transmit::Write(bytes) = session.poll_transmit(now, &mut log) else { panic!("it is new") };
//! assert_eq!(bytes, "id: 7-1\ndata: hello\n\n");
//! session.handle_written(now, bytes.len());
//!
//! // Nothing is published.
//! let later = session.deadline().expect("a heartbeat");
//! session.handle_timeout(later);
//! assert_eq!(session.poll_transmit(later, &mut log), Transmit::Write(":\n\n".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## What it decides
//!
//! | | |
//! |---|---|
//! | no last event ID | the cursor, and what is new |
//! | one that is kept | what came after it, exactly, and then what is new |
//! | one that leads nowhere | the [`StalePolicy`] |
//! | events were lost before they were read | the [`LagPolicy`] |
//! | silence | a comment, or the cursor where the client does not know it |
//! | a client that does not read | the end, without a word |
//! | age, [`Session::kick`], [`Session::drain`], no topic left | a farewell, and the end |
//!
//! Whether a subscriber may still have the stream is a step of the machine and not a callback: see
//! [`Transmit::Reauthorise`].
//!
//! ## Many sessions
//!
//! Nearly all subscribers of the same topics are at the same cursor. Read the log once for them, and offer the run to
//! each with [`Session::take_run`]: that costs a comparison and a reference count. A session that is elsewhere says no,
//! and is polled by itself.
//!
//! ## Out of scope
//!
//! The head of the response, and where the bytes go. Whether they were received, nobody knows: the client's last event
//! ID says it when it comes back.
//!
//! [`poll_transmit`]: Session::poll_transmit
//! [`deadline`]: Session::deadline

mod config;
mod cors;
mod endpoint;
mod frames;
mod head;
mod machine;
mod opening;
mod paging;
mod refusal;
mod request;
mod state;
mod timing;
mod transmit;

pub use config::{CURSOR_EVENT_TYPE, Config, LagPolicy, StalePolicy};
pub use cors::{Cors, InvalidOrigin};
pub use endpoint::{Endpoint, Reception};
pub use head::{Accepted, Evaluation, StreamHead};
pub use machine::Session;
pub use refusal::{InvalidStatus, Refusal};
pub use request::{InvalidRequest, RequestRules, SubscribeRequest};
pub use transmit::{End, NoContent, Page, PageResult, Transmit, Verdict};
