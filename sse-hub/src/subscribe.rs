//! Asking for a stream.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_proto::log::{FollowError, Framing, LogEvent, Stale, TopicError};
use sse_proto::session::{End, NoContent, Refusal, Session};
use sse_proto::{Event, RequestHead};

use crate::core::Core;
use crate::seat::{Filter, Seat};
use crate::stats::add;
use crate::subscription::Subscription;
use crate::table::SubscriberId;
use crate::trace;

/// A stream to be: say what it is to be like, and [`open`](Self::open) it.
#[must_use = "it is not opened yet"]
pub struct Subscribe {
    core: Arc<Core>,
    topics: Vec<String>,
    last_event_id: Option<String>,
    framing: Framing,
    filter: Option<Filter>,
    tag: Option<Arc<str>>,
    request: Option<Arc<RequestHead>>,
    max_age: Option<Duration>,
    greetings: Vec<Event<'static>>,
}

impl Subscribe {
    pub(crate) fn new(core: Arc<Core>, topics: Vec<String>) -> Self {
        Self {
            core,
            topics,
            last_event_id: None,
            framing: Framing::Raw,
            filter: None,
            tag: None,
            request: None,
            max_age: None,
            greetings: Vec::new(),
        }
    }

    /// Sets the last event ID that the client has sent; `None`, the default, and an empty one ask for what is new.
    pub fn last_event_id(mut self, id: Option<impl Into<String>>) -> Self {
        self.last_event_id = id.map(Into::into);
        self
    }

    /// Sets how the runs are framed: [raw](Framing::Raw) by default, as the bodies of HTTP libraries want them.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Lets only those events pass for which this says so.
    ///
    /// It is called for each event, with nothing locked. If it panics, the stream ends.
    pub fn filter(mut self, filter: impl Fn(&LogEvent) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// Gives the stream a tag, such as its user, to [kick](crate::Hub::kick_tag) it by. Many may have the same.
    pub fn tag(mut self, tag: impl Into<Arc<str>>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Sets the request that asks for the stream, for callbacks to look at. It is kept while the stream lasts, if the
    /// hub has any.
    pub fn request(mut self, request: impl Into<Arc<RequestHead>>) -> Self {
        self.request = Some(request.into());
        self
    }

    /// Sets how long this stream lasts at most, if that is less than the hub allows: until a token expires, say.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Sends an event behind the priming and ahead of all others: the state that the others change.
    ///
    /// What is published from the moment on when the stream is [opened](Self::open) comes behind it. Let it have no id.
    pub fn greet(mut self, event: &Event<'_>) -> Self {
        self.greetings.push(event.clone().into_owned());
        self
    }

    /// Opens the stream. Do so before the head of the response is sent: it may have to be another one.
    ///
    /// # Errors
    ///
    /// No such topic, too many, no room; or the last event ID leads nowhere, and the policy is to answer with 204.
    pub fn open(self) -> Result<Subscription, SubscribeError> {
        let core = Arc::clone(&self.core);
        let opened = self.try_open();
        if let Err(error) = &opened {
            add(&core.counters.refused, 1);
            trace::refused(error);
        }
        opened
    }

    fn try_open(self) -> Result<Subscription, SubscribeError> {
        let core = self.core;
        let now = core.now();
        let mut state = core.state();
        if state.is_closed {
            return Err(SubscribeError::Closed);
        }
        let limit = core.settings.max_subscribers;
        if state.table.len() >= limit {
            return Err(SubscribeError::TooMany { limit });
        }
        let set = state.log.follow(&self.topics)?;
        let id = self.last_event_id.as_deref();
        let resumes = id.is_some_and(|id| !id.is_empty());
        let config = Arc::clone(&core.session_config);
        let begun = Session::begin(config, &mut state.log, set, id, self.framing, now);
        let stale = match &begun {
            Ok(session) => session.stale(),
            Err(NoContent { stale }) => Some(*stale),
        };
        state.tally.stale += u64::from(resumes && stale.is_some());
        state.tally.resumed += u64::from(resumes && stale.is_none());
        let mut session = match begun {
            Ok(session) => session,
            Err(NoContent { stale }) => {
                state.log.unfollow(set);
                return Err(SubscribeError::NoContent(stale));
            }
        };
        for event in &self.greetings {
            session.greet(event);
        }
        if let Some(age) = self.max_age {
            session.expire_at(now + age);
        }
        let group = state.group(set);
        let (filter, tag) = (self.filter, self.tag);
        let request = self.request.filter(|_| core.settings.has_callbacks());
        let seat = state.table.insert(|id| {
            Arc::new(Seat::new(
                id,
                Arc::clone(&group),
                session,
                filter,
                tag,
                request,
            ))
        });
        group.join(&seat);
        state.tally.subscribed += 1;
        drop(state);
        trace::opened(&seat, resumes, stale);
        let subscription = Subscription::new(Arc::clone(&core), Arc::clone(&seat));
        core.settle(&seat, seat.lock());
        let told = match &core.settings.on_subscribe {
            None => Some(()),
            Some(callback) => {
                let topics = subscription.topics();
                let subscriber = Subscriber::new(&seat, &topics, None);
                core.call(|| callback(&subscriber))
            }
        };
        // Dropped, it leaves again.
        told.map(|()| subscription).ok_or(SubscribeError::Panicked)
    }
}

impl fmt::Debug for Subscribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribe")
            .field("topics", &self.topics)
            .field("last_event_id", &self.last_event_id)
            .field("framing", &self.framing)
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}

/// A subscriber, for callbacks to look at.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    seat: &'a Seat,
    topics: &'a [String],
    ended: Option<End>,
}

impl<'a> Subscriber<'a> {
    pub(crate) fn new(seat: &'a Seat, topics: &'a [String], ended: Option<End>) -> Self {
        Self {
            seat,
            topics,
            ended,
        }
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> SubscriberId {
        self.seat.id
    }

    /// The topics that it follows.
    #[must_use]
    pub fn topics(&self) -> &'a [String] {
        self.topics
    }

    /// Its tag; `None` if it was given none.
    #[must_use]
    pub fn tag(&self) -> Option<&'a str> {
        self.seat.tag.as_deref()
    }

    /// The request that has asked for it; `None` if it was given none.
    #[must_use]
    pub fn request(&self) -> Option<&'a RequestHead> {
        self.seat.request.as_deref()
    }

    /// Why its stream has ended; `None` if it has not.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.ended
    }
}

/// Why there is no stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscribeError {
    /// The topics can't be followed: the client asks for what there is not, or for too much.
    Follow(FollowError),
    /// The last event ID leads nowhere: the response is 204, and the client does not come back.
    NoContent(Stale),
    /// There are as many streams as there may be: the response is 503, with a `Retry-After`.
    TooMany {
        /// How many that is.
        limit: usize,
    },
    /// The hub is closed.
    Closed,
    /// The callback for new subscribers has panicked.
    Panicked,
}

impl SubscribeError {
    /// The response that says so, with this error as its text.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        /// When there may be room again, or another server.
        const LATER: Duration = Duration::from_secs(5);
        let text = format!("{self}\n");
        match self {
            Self::Follow(FollowError::Topic(TopicError::Unknown(_))) => Refusal::not_found(text),
            Self::Follow(FollowError::Topic(TopicError::TooMany { .. }))
            | Self::TooMany { .. }
            | Self::Closed => Refusal::unavailable(LATER, text),
            Self::Follow(_) => Refusal::bad_request(text),
            Self::NoContent(_) => Refusal::no_content(),
            Self::Panicked => Refusal::internal_error("the server failed to answer this\n"),
        }
    }
}

impl fmt::Display for SubscribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Follow(error) => error.fmt(f),
            Self::NoContent(stale) => write!(f, "no stream: {stale}"),
            Self::TooMany { limit } => {
                write!(f, "there are {limit} streams already, which is the limit")
            }
            Self::Closed => f.write_str("the hub is closed"),
            Self::Panicked => f.write_str("the callback for new subscribers has panicked"),
        }
    }
}

impl Error for SubscribeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Follow(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FollowError> for SubscribeError {
    fn from(error: FollowError) -> Self {
        Self::Follow(error)
    }
}
