//! The log of a hub: already encoded events by topic, and cursors into them.
//!
//! A hub is an append-only log, and a subscriber is a [`Cursor`] into it. Publishing encodes an event once and appends
//! it; delivering hands out everything between the cursor and the head as one [`Run`] of bytes, which all who are at
//! the same cursor share. So one that fell behind by 50 events costs one write and not 50, and one that waits costs
//! nothing but its cursor. The same log is what is replayed to a client that reconnects, so history and live delivery
//! cannot disagree: nothing is delivered twice, and nothing is left out without a word.
//!
//! ```
//! use sse_proto::{Event, Instant};
//! use sse_proto::log::{Config, Encoded, Framing, Ids, Log, Read, Resume};
//!
//! let now = Instant::default();
//! let mut log = Log::new(Config::new(Ids::Automatic { epoch: 7 }));
//!
//! // A subscriber follows two topics, from here on.
//! let set = log.follow(&["news", "sport"])?;
//! let Resume::Live(cursor) = log.resume(set, None, now) else { panic!("it asks for nothing old") };
//!
//! log.append("news", Encoded::new(&Event::new("one")), now)?;
//! log.append("sport", Encoded::new(&Event::new("two")), now)?;
//! log.append("weather", Encoded::new(&Event::new("three")), now)?;
//!
//! // All that is new to it is one write.
//! let Read::Run(run) = log.read(set, cursor, Framing::Raw, 65536) else { panic!("two events are new") };
//! assert_eq!(run.bytes, "id: 7-1\ndata: one\n\nid: 7-2\ndata: two\n\n");
//! assert!(matches!(log.read(set, run.to, Framing::Raw, 65536), Read::UpToDate));
//!
//! // Another comes back, and says what it saw last.
//! let Resume::From(cursor) = log.resume(set, Some("7-1"), now) else { panic!("that is kept") };
//! let Read::Run(run) = log.read(set, cursor, Framing::Raw, 65536) else { panic!("it missed one") };
//! assert_eq!(run.bytes, "id: 7-2\ndata: two\n\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Order, and ids
//!
//! Every event gets a [`Sequence`], which no other event of the hub ever has; that of a later one is greater. A cursor
//! is one such place, also for a subscriber of several topics: their events are merged in the order in which they were
//! published. The text of a sequence is the id that clients see and send back, unless the caller gives
//! [ids of its own](Ids::Own).
//!
//! A sequence is two numbers, since it must be possible that another log is the one of record. A Redis stream, say,
//! gives its entries ids of two numbers, and events are [appended with those](Log::append_at): then the same id leads
//! to the same place on every node.
//!
//! # What is kept
//!
//! Each topic keeps its latest events within the bounds of its [`History`]. A cursor before the oldest has
//! [lagged](Lagged), and is told how many events it has missed; a resumption from before it is
//! [stale](Stale). A topic that is removed counts as one that has lost everything, also when it is created again.
//!
//! Beside the topics, the log holds at most 16 joined runs, each of what one read asked for. What clients can make it
//! hold is bounded by [`Config::max_topics`], [`Config::max_topics_followed`] and [`Config::max_name_bytes`].
//!
//! # Transient events
//!
//! An event without an id is delivered to those who are there, and never [replayed](Log::replay): progress, presence,
//! a cursor on a shared page. It takes its place in the order, and in the topic's history until it has been read.
//!
//! # Out of scope
//!
//! Locks, wakers and timers: a log is behind whatever the caller puts it behind. To know whom to wake, it
//! [says](Log::take_stirred) which sets of topics have something new. What one subscriber is sent beside the events is
//! its session's to say.

mod config;
mod cursor;
mod encoded;
mod error;
mod following;
mod history;
mod reading;
mod resuming;
mod ring;
mod run;
mod sequence;
mod set;
mod slots;
mod topic;

#[doc(no_inline)]
pub use crate::framing::Framing;
pub use config::{Config, Creation, History, Ids};
pub use cursor::{Cursor, Resume, Stale};
pub use encoded::{Encoded, InvalidBlock};
pub use error::{AppendError, FollowError, TopicError};
pub use following::TopicInfo;
pub use history::{Appended, Log};
pub use run::{Lagged, LogEvent, Read, Run, Slices};
pub use sequence::{InvalidSequence, Sequence};
pub use set::SetId;
