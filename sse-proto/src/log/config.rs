//! How a log behaves: how much it keeps, who gives the ids, which topics there are.

use core::time::Duration;

use super::sequence::Sequence;

/// How much a topic keeps, to replay it and for subscribers that are behind: at most so many events, so many bytes,
/// for so long.
///
/// What comes first counts. By default it is 1,000 events, 4 MiB, and no limit of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Option<Duration>,
}

impl History {
    /// What each event counts for beside its encoded bytes: its place in the ring, and what the allocator takes.
    pub const EVENT_OVERHEAD: usize = 192;

    /// The default: 1,000 events, 4 MiB, of any age.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            events: 1000,
            bytes: 4 << 20,
            age: None,
        }
    }

    /// Sets how many events are kept; none counts as one, since what nobody can read need not be published.
    #[must_use]
    pub const fn events(mut self, events: usize) -> Self {
        self.events = if events == 0 { 1 } else { events };
        self
    }

    /// Sets how many bytes are kept: those of the encoded events, and [`EVENT_OVERHEAD`](Self::EVENT_OVERHEAD) for
    /// each. An event that is larger by itself is refused.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets how long an event is kept; `None` is for ever.
    #[must_use]
    pub const fn age(mut self, age: Option<Duration>) -> Self {
        self.age = age;
        self
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

/// Who gives the events their ids; one way a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ids {
    /// The log does: `epoch-number`. Events that have an id already are refused.
    ///
    /// The epoch tells the log of one process from that of an earlier one: let it be a number that grows with each,
    /// such as the milliseconds since 1970 when the process began.
    Automatic {
        /// The epoch of this log.
        epoch: u64,
    },
    /// The caller does: an event's id is its own, and unique among those that are kept. An event without an id is
    /// transient.
    ///
    /// The log has its own numbers too, for the ids of what is no event of the caller's (priming, heartbeats); so an
    /// event's id cannot be `epoch-` and a number.
    Own {
        /// The epoch of this log.
        epoch: u64,
    },
    /// A log of record outside does, with [`Log::append_at`](super::Log::append_at).
    Given {
        /// The place of the last event that the log of record has already; what it holds up to there is not here.
        newest: Sequence,
    },
    /// Nobody does. Every event is transient: delivered to those who are there, and never replayed.
    None,
}

/// When topics come into being, and when they go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Creation {
    /// The first event or the first subscriber creates a topic; it stays until it is removed.
    #[default]
    OnDemand,
    /// The first subscriber creates a topic, and the last one to leave removes it, with its history. What is
    /// published to a topic that nobody follows is not kept, and whoever resumes from before it is told.
    WhileFollowed,
    /// Topics are only created explicitly. Others can't be published to, or followed.
    Explicit,
}

/// How a log behaves.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::log::{Config, History, Ids, Log};
///
/// let history = History::new().events(100).age(Some(Duration::from_secs(3600)));
/// let log = Log::new(Config::new(Ids::Automatic { epoch: 1 }).history(history).max_topics(50));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(super) ids: Ids,
    pub(super) history: History,
    pub(super) creation: Creation,
    pub(super) max_topics: usize,
    pub(super) max_topics_followed: usize,
    pub(super) max_name_bytes: usize,
}

impl Config {
    /// The defaults, with ids of this kind.
    #[must_use]
    pub fn new(ids: Ids) -> Self {
        Self {
            ids,
            history: History::new(),
            creation: Creation::default(),
            max_topics: 10_000,
            max_topics_followed: 100,
            max_name_bytes: 256,
        }
    }

    /// Sets who gives the ids.
    #[must_use]
    pub fn ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    /// Sets how much each topic keeps.
    #[must_use]
    pub fn history(mut self, history: History) -> Self {
        self.history = history;
        self
    }

    /// Sets when topics come into being: [on demand](Creation::OnDemand) by default.
    #[must_use]
    pub fn creation(mut self, creation: Creation) -> Self {
        self.creation = creation;
        self
    }

    /// Sets how many topics there may be, those that were removed and are still followed among them: 10,000 by
    /// default.
    #[must_use]
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.max_topics = topics;
        self
    }

    /// Sets how many topics one subscriber may follow: 100 by default.
    #[must_use]
    pub fn max_topics_followed(mut self, topics: usize) -> Self {
        self.max_topics_followed = topics;
        self
    }

    /// Sets how long a topic's name may be, in bytes: 256 by default.
    #[must_use]
    pub fn max_name_bytes(mut self, bytes: usize) -> Self {
        self.max_name_bytes = bytes;
        self
    }
}
