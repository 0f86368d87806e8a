//! How a hub behaves.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sse_proto::log::{self, Creation, History, Ids};
use sse_proto::session::{self, LagPolicy, StalePolicy};

use crate::backplane::{Backplane, BackplaneError};
use crate::check::Check;
use crate::clock::Clock;
use crate::hub::Hub;
use crate::subscribe::Subscriber;

pub(crate) type Callback = Arc<dyn Fn(&Subscriber<'_>) + Send + Sync>;
pub(crate) type Authoriser = Arc<dyn Fn(Check) + Send + Sync>;

/// What a hub was told beside what its log and its sessions need to know.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) max_subscribers: usize,
    pub(crate) flush_window: Duration,
    pub(crate) on_subscribe: Option<Callback>,
    pub(crate) on_unsubscribe: Option<Callback>,
    pub(crate) authoriser: Option<Authoriser>,
    pub(crate) max_in_flight: usize,
}

impl Settings {
    /// Whether anybody looks at the requests of subscribers.
    pub(crate) fn has_callbacks(&self) -> bool {
        self.on_subscribe.is_some() || self.on_unsubscribe.is_some() || self.authoriser.is_some()
    }
}

/// Who gives the events of a hub their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdMode {
    /// The hub does.
    #[default]
    Automatic,
    /// The publishers do. An event without an id is transient.
    Own,
    /// Nobody does: nothing is replayed.
    None,
}

/// A [`Hub`] in the making. Every method names its default.
///
/// ```
/// use std::time::Duration;
/// use sse_hub::Hub;
/// use sse_hub::log::History;
///
/// let hub = Hub::builder()
///     .history(History::new().events(10_000).age(Some(Duration::from_secs(600))))
///     .heartbeat(Some(Duration::from_secs(25)))
///     .max_subscribers(50_000)
///     .build();
/// ```
#[derive(Clone)]
#[must_use = "a builder is not a hub yet"]
pub struct Builder {
    log: log::Config,
    ids: IdMode,
    epoch: Option<u64>,
    session: session::Config,
    settings: Settings,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            log: log::Config::new(Ids::None),
            ids: IdMode::default(),
            epoch: None,
            session: session::Config::new(),
            settings: Settings {
                max_subscribers: 100_000,
                max_in_flight: 1024,
                ..Settings::default()
            },
        }
    }

    /// Sets how much each topic keeps: 1,000 events and 4 MiB, of any age, by default.
    pub fn history(mut self, history: History) -> Self {
        self.log = self.log.history(history);
        self
    }

    /// Sets who gives the ids: the hub, by default.
    ///
    /// With a [backplane](Self::backplane) it is the backplane, whatever is set here.
    pub fn ids(mut self, ids: IdMode) -> Self {
        self.ids = ids;
        self
    }

    /// Sets what tells this hub's ids from those of another, or of an earlier process: by default, the milliseconds
    /// since 1970 when it is built. An id of another epoch is stale.
    pub fn epoch(mut self, epoch: u64) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Sets when topics come into being: [on demand](Creation::OnDemand) by default.
    pub fn creation(mut self, creation: Creation) -> Self {
        self.log = self.log.creation(creation);
        self
    }

    /// Sets how many topics there may be: 10,000 by default.
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.log = self.log.max_topics(topics);
        self
    }

    /// Sets how many topics a subscriber may follow: 100 by default.
    pub fn max_topics_followed(mut self, topics: usize) -> Self {
        self.log = self.log.max_topics_followed(topics);
        self
    }

    /// Sets how long a topic's name may be, in bytes: 256 by default.
    pub fn max_name_bytes(mut self, bytes: usize) -> Self {
        self.log = self.log.max_name_bytes(bytes);
        self
    }

    /// Sets how many streams may be open at once: 100,000 by default.
    pub fn max_subscribers(mut self, subscribers: usize) -> Self {
        self.settings.max_subscribers = subscribers;
        self
    }

    /// Sets all about the sessions at once. The methods below set one thing each.
    pub fn session(mut self, config: session::Config) -> Self {
        self.session = config;
        self
    }

    /// Sets after how long a silence a comment is sent: 15 seconds by default; `None` is never.
    pub fn heartbeat(self, silence: Option<Duration>) -> Self {
        self.with_session(|session| session.heartbeat(silence))
    }

    /// Sets the reconnection time that clients are told: 2 seconds by default; `None` leaves it to them.
    pub fn retry(self, time: Option<Duration>) -> Self {
        self.with_session(|session| session.retry(time))
    }

    /// Sets how long a client may take nothing: 30 seconds by default; `None` is for ever.
    pub fn write_deadline(self, time: Option<Duration>) -> Self {
        self.with_session(|session| session.write_deadline(time))
    }

    /// Sets how long a stream lasts at most: for ever by default.
    pub fn max_age(self, age: Option<Duration>) -> Self {
        self.with_session(|session| session.max_age(age))
    }

    /// Sets what becomes of a subscriber that falls behind: it is [disconnected](LagPolicy::Disconnect) by default.
    pub fn lag_policy(self, policy: LagPolicy) -> Self {
        self.with_session(|session| session.lag_policy(policy))
    }

    /// Sets what becomes of a last event ID that leads nowhere: the client [is told](StalePolicy::Reset) by default.
    pub fn stale_policy(self, policy: StalePolicy) -> Self {
        self.with_session(|session| session.stale_policy(policy))
    }

    fn with_session(mut self, change: impl FnOnce(session::Config) -> session::Config) -> Self {
        self.session = change(self.session);
        self
    }

    /// Asks, every so often, whether a subscriber may still have its stream; by default nobody asks.
    ///
    /// The [`Check`] can be answered at once, or taken along to a task that answers later. One that is dropped without
    /// an answer is answered with no, and so is one whose answer takes longer than the interval.
    pub fn reauthorise(
        mut self,
        interval: Duration,
        authoriser: impl Fn(Check) + Send + Sync + 'static,
    ) -> Self {
        self.settings.authoriser = Some(Arc::new(authoriser));
        self.with_session(|session| session.reauthorise(Some(interval)))
    }

    /// Calls this when a stream begins, ahead of its first byte.
    ///
    /// If it panics, there is no stream, and nothing else happens.
    pub fn on_subscribe(
        mut self,
        callback: impl Fn(&Subscriber<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.settings.on_subscribe = Some(Arc::new(callback));
        self
    }

    /// Calls this when a stream has ended, or was dropped: once for each that has begun.
    pub fn on_unsubscribe(
        mut self,
        callback: impl Fn(&Subscriber<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.settings.on_unsubscribe = Some(Arc::new(callback));
        self
    }

    /// Sets how long the driver waits for more before it delivers: not at all, by default.
    ///
    /// A few milliseconds make fewer, larger writes of many small events. What is published at once goes out in one
    /// write anyway.
    pub fn flush_window(mut self, window: Duration) -> Self {
        self.settings.flush_window = window;
        self
    }

    /// Sets where the time is read: the system's monotonic clock by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// Sets how many events may be on their way to a [backplane](Self::backplane): 1,024 by default.
    pub fn max_in_flight(mut self, events: usize) -> Self {
        self.settings.max_in_flight = events.max(1);
        self
    }

    /// The hub, whose log is the log of record.
    #[must_use]
    pub fn build(self) -> Hub {
        let epoch = self.epoch.unwrap_or_else(milliseconds_since_1970);
        let ids = match self.ids {
            IdMode::Automatic => Ids::Automatic { epoch },
            IdMode::Own => Ids::Own { epoch },
            IdMode::None => Ids::None,
        };
        Hub::new(self.log.ids(ids), self.session, self.settings, None)
    }

    /// A hub that shares the log of record with those on other nodes.
    ///
    /// It may block while the backplane finds out where it stands.
    ///
    /// # Errors
    ///
    /// The backplane cannot be reached.
    pub fn backplane(self, backplane: impl Backplane) -> Result<Hub, BackplaneError> {
        let newest = backplane.newest()?;
        let ids = Ids::Given { newest };
        let session = self.session.paged(true);
        let hub = Hub::new(
            self.log.ids(ids),
            session,
            self.settings,
            Some(Arc::new(backplane)),
        );
        hub.attach_backplane();
        Ok(hub)
    }
}

fn milliseconds_since_1970() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("log", &self.log)
            .field("ids", &self.ids)
            .field("session", &self.session)
            .field("max_subscribers", &self.settings.max_subscribers)
            .field("flush_window", &self.settings.flush_window)
            .finish_non_exhaustive()
    }
}
