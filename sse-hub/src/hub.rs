//! The hub.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_proto::log::{self, AppendError, Encoded, Log, TopicError};
use sse_proto::session;
use sse_proto::{Event, Instant};

use crate::backplane::{Backplane, Link};
use crate::builder::{Builder, Settings};
use crate::closing::Closing;
use crate::core::Core;
use crate::driver::Driver;
use crate::publish::{Publish, PublishError};
use crate::stats::Stats;
use crate::subscribe::Subscribe;
use crate::table::SubscriberId;

/// A broadcast hub: what is published to a topic goes to all who follow it.
///
/// It is a handle: cloning it is cheap, and all clones are the same hub. It is gone with the last of them and of its
/// [subscriptions](crate::Subscription).
#[derive(Clone)]
pub struct Hub {
    core: Arc<Core>,
}

impl Hub {
    /// A hub in the making.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(
        log: log::Config,
        session: session::Config,
        settings: Settings,
        backplane: Option<Arc<dyn Backplane>>,
    ) -> Self {
        let link = backplane.map(|backplane| Link::new(backplane, settings.max_in_flight));
        let core = Core::new(Log::new(log), session, settings, link);
        Self {
            core: Arc::new(core),
        }
    }

    pub(crate) fn attach_backplane(&self) {
        self.core.attach_backplane();
    }

    /// Publishes an event to a topic.
    ///
    /// Without a backplane that is done when it returns: it takes the same time however many topics and subscribers
    /// there are. **What becomes of it is in the [`Publish`].**
    pub fn publish(&self, topic: &str, event: &Event<'_>) -> Publish {
        Publish::begin(&self.core, topic, Encoded::new(event))
    }

    /// Publishes several events to a topic, in this order, and says what becomes of each.
    ///
    /// They go out together: to a backplane as far as there is [room](Builder::max_in_flight) on the way, and the rest
    /// as they are awaited.
    pub fn publish_many<'e>(
        &self,
        topic: &str,
        events: impl IntoIterator<Item = &'e Event<'e>>,
    ) -> Vec<Publish> {
        let events = events.into_iter();
        events.map(|event| self.publish(topic, event)).collect()
    }

    /// As [`publish`](Self::publish), but for those who are there only: the event has no id, and is never replayed.
    ///
    /// With a backplane it is refused, since a backplane gives every event its place.
    pub fn publish_transient(&self, topic: &str, event: &Event<'_>) -> Publish {
        if self.core.link.is_some() {
            return Publish::refused(AppendError::OrderedElsewhere);
        }
        Publish::begin(&self.core, topic, Encoded::transient(event))
    }

    /// As [`publish`](Self::publish), unless that would have to wait for others on their way to the backplane.
    ///
    /// # Errors
    ///
    /// [`PublishError::Full`] if it would.
    pub fn try_publish(&self, topic: &str, event: &Event<'_>) -> Result<Publish, PublishError> {
        let publish = self.publish(topic, event);
        if publish.is_queued() {
            Err(PublishError::Full)
        } else {
            Ok(publish)
        }
    }

    /// Asks for a stream of these topics.
    pub fn subscribe<T: Into<String>>(&self, topics: impl IntoIterator<Item = T>) -> Subscribe {
        let topics = topics.into_iter().map(Into::into).collect();
        Subscribe::new(Arc::clone(&self.core), topics)
    }

    /// The topics that exist, in the order of their names.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        let state = self.core.state();
        let mut topics: Vec<_> = state
            .log
            .topics()
            .map(|info| Topic {
                name: info.name.to_owned(),
                followers: info.followers,
                events: info.events,
                bytes: info.bytes,
            })
            .collect();
        drop(state);
        topics.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        topics
    }

    /// Creates a topic; says whether it is new.
    ///
    /// # Errors
    ///
    /// There are as many as there may be, or the name is too long.
    pub fn create(&self, topic: &str) -> Result<bool, TopicError> {
        self.core.state().log.create(topic)
    }

    /// Whether there is a topic of this name.
    #[must_use]
    pub fn exists(&self, topic: &str) -> bool {
        self.core.state().log.exists(topic)
    }

    /// Removes a topic with all its events; says whether it was there.
    ///
    /// Streams that follow no other topic end.
    pub fn remove(&self, topic: &str) -> bool {
        let removed = self.core.state().log.remove(topic);
        self.core.stir();
        removed
    }

    /// Ends a stream, with a farewell; says whether it was there.
    ///
    /// Its client comes back, unless it is refused then.
    pub fn kick(&self, subscriber: SubscriberId) -> bool {
        let seat = self.core.seat(subscriber);
        if let Some(seat) = &seat {
            self.core.kick(seat);
        }
        seat.is_some()
    }

    /// As [`kick`](Self::kick), all streams with this [tag](Subscribe::tag) on this node; says how many they were.
    ///
    /// It looks at all streams for it.
    pub fn kick_tag(&self, tag: &str) -> usize {
        let state = self.core.state();
        let has_tag = state
            .table
            .iter()
            .filter(|seat| seat.tag.as_deref() == Some(tag));
        let seats: Vec<_> = has_tag.cloned().collect();
        drop(state);
        for seat in &seats {
            self.core.kick(seat);
        }
        seats.len()
    }

    /// What it has done since it was built, and what it holds now. It looks at all topics for it.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }

    /// Closes the hub: nothing can be published or subscribed to any more, and every stream gets what is there and a
    /// farewell, and ends within the grace period. Then a server's own graceful end finishes at once.
    pub fn close(&self, grace: Duration) -> Closing {
        self.core.close(grace);
        Closing::new(Arc::clone(&self.core))
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.core.state().is_closed
    }

    /// What delivers, and keeps the time: to be run as a task or as a thread.
    #[must_use]
    pub fn driver(&self) -> Driver {
        Driver::new(&self.core)
    }

    /// Whether both are handles of one hub.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core)
    }

    /// Whether it has a [driver](Self::driver).
    #[must_use]
    pub fn is_driven(&self) -> bool {
        self.core.bell.is_driven()
    }

    /// The time, as its clock has it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.core.now()
    }
}

/// A hub with all defaults.
impl Default for Hub {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.core.state();
        f.debug_struct("Hub")
            .field("log", &state.log)
            .field("subscribers", &state.table.len())
            .field("closed", &state.is_closed)
            .finish_non_exhaustive()
    }
}

/// A topic of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many follow it on this node.
    pub followers: usize,
    /// How many events are kept.
    pub events: usize,
    /// What they take, in bytes, with [their overhead](log::History::EVENT_OVERHEAD).
    pub bytes: usize,
}
