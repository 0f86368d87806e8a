//! What `sse serve` can be told.

use std::net::SocketAddr;
use std::time::Duration;

use sse_kit::log::History;
use sse_kit::tokio::server::{Builder, Hub, IdMode};

use super::access::Access;
use crate::error::Error;
use crate::listening::parse_address;
use crate::time::parse_time;

/// Serve a hub: streams by topic, published to with HTTP requests
///
/// GET /events?stream=a&stream=b is a stream; POST /publish?stream=a publishes its body (with
/// ?event=, ?id= and ?retry= besides; as application/x-ndjson, each line). / is a status page,
/// /stats the same as JSON, /metrics for Prometheus.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The address to listen on, or a port of 127.0.0.1; port 0 takes any free one
    #[arg(
        long, value_name = "ADDRESS", default_value = "127.0.0.1:8000",
        value_parser = parse_address,
    )]
    pub(super) listen: SocketAddr,

    /// Who publishes must bring this token: Authorization: Bearer …, or ?token=…
    #[arg(
        long,
        value_name = "TOKEN",
        env = "SSE_PUBLISH_TOKEN",
        hide_env_values = true
    )]
    publish_token: Option<String>,

    /// Who reads must bring this token: the same, or a cookie sse_token=…
    #[arg(
        long,
        value_name = "TOKEN",
        env = "SSE_SUBSCRIBE_TOKEN",
        hide_env_values = true
    )]
    subscribe_token: Option<String>,

    /// Let anybody publish, also on an address that others reach
    #[arg(long)]
    open: bool,

    /// Let pages of this origin read the streams; * is any. May be given several times
    #[arg(long, value_name = "ORIGIN")]
    pub(super) cors: Vec<String>,

    /// Publish each line of standard input to this topic
    #[arg(long, value_name = "TOPIC")]
    pub(super) stdin: Option<String>,

    /// How many events are kept: of each topic, or with --redis of all together
    #[arg(long, value_name = "EVENTS", default_value_t = 10_000)]
    pub(super) history: usize,

    /// How many bytes of events each topic keeps
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    history_bytes: usize,

    /// How old an event may get, as in 10m; any age, unless this is given
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(super) history_age: Option<Duration>,

    /// Take the ids of events from their publishers, with ?id=
    #[arg(long, conflicts_with = "redis")]
    own_ids: bool,

    /// After which silence a stream gets a heartbeat
    #[arg(long, value_name = "TIME", default_value = "15s", value_parser = parse_time)]
    heartbeat: Duration,

    /// How many connections there may be
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(super) max_connections: usize,

    /// How many topics there may be
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    max_topics: usize,

    /// How large the body of a request may be, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub(super) max_body: usize,

    /// Share the log with other nodes by this Redis, as in redis://127.0.0.1/
    #[arg(long, value_name = "URL", env = "SSE_REDIS", hide_env_values = true)]
    pub(super) redis: Option<String>,

    /// The key of the stream in Redis; nodes with the same one are one hub
    #[arg(long, value_name = "KEY", default_value = "sse")]
    pub(super) redis_key: String,
}

const EXAMPLES: &str = "Examples:
  sse serve &
  curl -N 'http://127.0.0.1:8000/events?stream=news' &
  curl -d hello 'http://127.0.0.1:8000/publish?stream=news'

  tail -f app.log | sse serve --stdin log";

impl Arguments {
    /// What can be wrong about all of it together.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_private = self.listen.ip().is_loopback();
        if self.publish_token.is_none() && !is_private && !self.open {
            let message = "anybody could publish there: give a --publish-token, or say --open";
            return Err(Error::Failed(message.to_owned()));
        }
        Ok(())
    }

    pub(super) fn access(&self) -> Access {
        Access {
            publish: self.publish_token.clone(),
            subscribe: self.subscribe_token.clone(),
        }
    }

    pub(super) fn hub(&self) -> Builder {
        let history = History::new()
            .events(self.history)
            .bytes(self.history_bytes);
        let ids = if self.own_ids {
            IdMode::Own
        } else {
            IdMode::Automatic
        };
        Hub::builder()
            .history(history.age(self.history_age))
            .ids(ids)
            .heartbeat(Some(self.heartbeat))
            .max_subscribers(self.max_connections)
            .max_topics(self.max_topics)
    }
}
