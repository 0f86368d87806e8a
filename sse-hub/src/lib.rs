//! A broadcast hub for Server-Sent Events, the same on every runtime: one log, many cursors.
//!
//! What is published to a topic goes to all who follow it. The hub is a [log] of encoded events behind one lock; a
//! [`Subscription`] is a cursor into it, and a reconnecting client's last event ID is looked up to a cursor. So publishing
//! costs the same for one subscriber and for a hundred thousand, an idle one costs some hundred bytes, and what a client
//! has missed is replayed exactly, or it is told.
//!
//! ```
//! use sse_hub::Hub;
//! use sse_hub::sse_proto::Event;
//!
//! let hub = Hub::builder().epoch(7).build();
//! let mut subscription = hub.subscribe(["news"]).open()?;
//!
//! let published = hub.publish("news", &Event::new("hello")).wait()?;
//! assert_eq!(published.id().as_deref(), Some("7-1"));
//!
//! // The first run primes the client, the next has what was published.
//! assert_eq!(subscription.wait_run().unwrap(), "event: sse-cursor\nid: 7-0\nretry: 2000\ndata: \n\n");
//! assert_eq!(subscription.wait_run().unwrap(), "id: 7-1\ndata: hello\n\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It opens no socket and knows no runtime: the adapters bring those. What a stream says, and when it ends, is decided by
//! the [session] machine of `sse-proto`.
//!
//! # Who does what
//!
//! | | |
//! |---|---|
//! | a publisher | appends under the lock, and rings for the driver |
//! | the [`Driver`], a task or a thread | reads what is new, once for all who follow the same topics and are at the same cursor, and hands it to each; keeps the time |
//! | the body of an HTTP library | [polls](Subscription::poll_run) its subscription, which has the run already |
//! | an own server | [attaches](Subscription::attach) the socket, and the driver writes to it |
//!
//! What is published while the driver is at work is in its next round: bursts become one write by themselves.
//!
//! # What is called, and when
//!
//! Filters, callbacks and wakers are called with nothing locked, so they may call the hub. A panic in one of them ends
//! the stream that it was called for, and is [counted](Stats::panics).
//!
//! # What is bounded
//!
//! | | by |
//! |---|---|
//! | a topic's history | [`Builder::history`]: events, bytes, age |
//! | topics, and what a client may ask for | [`Builder::max_topics`], [`Builder::max_topics_followed`], [`Builder::max_name_bytes`] |
//! | streams | [`Builder::max_subscribers`] |
//! | what waits for a slow client | nothing waits: it has a cursor, one run at hand, and the [`LagPolicy`](session::LagPolicy) |
//! | a client that does not read | [`Builder::write_deadline`] |
//! | what is on its way to a [`Backplane`] | [`Builder::max_in_flight`] |
//! | a [`channel`] | [`ChannelBuilder::max_bytes`] |
//!
//! # Streams for one
//!
//! What is made for one client needs no hub: a [`channel`] is a stream with a sender that waits when the client does not
//! keep up.
//!
//! # Features
//!
//! | feature | what |
//! |---|---|
//! | `json` | `Sender::send_json`, and events from values that `serde` knows |
//!
//! # Storeys
//!
//! `hub`, `subscribe`, `subscription`, `publish`, `driver` and `closing` are handles. Below them, `core` has the state
//! behind the lock, and `delivery` brings what is new to those who wait. Below those: `seat` (what hub and subscription
//! share), `group` (who follows the same topics), `table` (all, by number), `timers`, `bell` (what wakes a driver),
//! `stats`. `backplane` is a log of record outside; `channel`, `sender` and `draft` know nothing of a hub.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backplane;
mod bell;
mod builder;
mod channel;
mod check;
mod clock;
mod closing;
mod core;
mod delivery;
mod draft;
mod driver;
mod group;
mod hub;
mod oneshot;
mod publish;
mod seat;
mod sender;
mod stats;
mod subscribe;
mod subscription;
mod sync;
mod table;
mod timers;
mod trace;

pub use backplane::{
    Backplane, BackplaneError, Entry, Feed, FeedError, NotAppended, NotRead, Record, Reply,
};
pub use builder::{Builder, IdMode};
pub use channel::{Channel, ChannelBuilder, channel};
pub use check::Check;
pub use clock::Clock;
pub use closing::Closing;
pub use draft::Draft;
pub use driver::Driver;
pub use hub::{Hub, Topic};
pub use publish::{Publish, PublishError, Published};
pub use seat::Outlet;
pub use sender::{Closed, SendError, Sender, Sending};
pub use stats::{Ended, Stats};
pub use subscribe::{Subscribe, SubscribeError, Subscriber};
pub use subscription::{Outcome, Subscription};
pub use table::SubscriberId;

pub use sse_proto;
pub use sse_proto::{log, session};
