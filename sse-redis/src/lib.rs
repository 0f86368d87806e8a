//! Server-Sent Events from many nodes: a Redis stream as the log of record of a [`Hub`](sse_hub::Hub).
//!
//! Each node has a hub. What one of them publishes goes to Redis first, which gives it its place and its id, and from
//! there to all; so a client may connect to any node, and resume on any other, without a gap or a duplicate.
//!
//! ```no_run
//! use sse_hub::Hub;
//! use sse_hub::sse_proto::Event;
//! use sse_redis::Redis;
//!
//! let redis = Redis::builder("redis://127.0.0.1/").key("my-app").max_entries(100_000).connect()?;
//! let hub = Hub::builder().backplane(redis.clone())?;
//! let published = hub.publish("news", &Event::new("hello")).wait()?;
//! println!("{}", published.id().unwrap_or_default());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | |
//! |---|---|
//! | one stream a hub | the topic is the field of an entry, and the event its value; who needs more than one Redis bears makes several hubs |
//! | publishing | `XADD`, those of all tasks in pipelines; acknowledged with the id that subscribers see |
//! | following | one `XREAD BLOCK` a node, always behind the last place it has seen, and never `$` |
//! | history | what a node's own log does not keep any more is paged in by `XRANGE` |
//! | retention | by count and by age, of the whole stream |
//!
//! It runs two threads of its own, each with a connection, and so works with every runtime. While Redis is away,
//! publishing fails, subscribers stay connected, and both go on when it is back: nothing that was acknowledged is lost,
//! as far as Redis itself keeps what it has acknowledged (`appendfsync always`).
//!
//! Out of scope: Redis Cluster and Sentinel. Behind either, give it the address of the node that takes writes.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backoff;
mod builder;
mod desk;
mod error;
mod redis;
mod stats;
mod stream;
mod tail;

pub use builder::Builder;
pub use error::{ConnectError, ConnectErrorKind};
pub use redis::Redis;
pub use sse_hub;
pub use stats::Stats;
