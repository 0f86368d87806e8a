//! A log of record outside, which several hubs share.

use std::error::Error;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Waker};

use bytes::Bytes;
use sse_proto::log::{AppendError, Encoded, InvalidBlock, Sequence, Stale};
use sse_proto::session::{Page, PageResult};

use crate::core::{Core, owned};
use crate::oneshot::{Receiver, oneshot};
use crate::publish::{PublishError, Published};
use crate::seat::Seat;
use crate::sync::lock;

/// How many entries a page has at most.
const PAGE_ENTRIES: usize = 500;

/// A log of record outside of the process, such as a Redis stream, that several hubs have in common.
///
/// It gives every event its place, which is its id on every node. A hub publishes by [appending](Self::append) to it,
/// delivers what it is [fed](Feed), and gets [pages](Self::read_after) of what its own log does not keep any more. How
/// much is retained is the backplane's own affair.
///
/// Nothing here may block but [`newest`](Self::newest): hand the work to a thread or a task, and reply from there.
pub trait Backplane: Send + Sync + 'static {
    /// The place of the newest entry, or [`Sequence::MIN`] if there is none. It is asked once, ahead of all else, and
    /// may block.
    ///
    /// # Errors
    ///
    /// The backplane cannot be reached.
    fn newest(&self) -> Result<Sequence, BackplaneError>;

    /// Feeds the hub from now on: every entry behind [`Feed::newest`], once, in order, until the hub is
    /// [gone](Feed::is_over) or [closed](Self::close).
    fn attach(&self, feed: Feed);

    /// Appends a record, and replies with its place.
    ///
    /// As many may be on their way as the hub was [told](crate::Builder::max_in_flight).
    fn append(&self, record: Record, reply: Reply<Result<Sequence, NotAppended>>);

    /// Reads up to `limit` entries behind a place, in order, the oldest first.
    fn read_after(&self, after: Sequence, limit: usize, reply: Reply<Result<Vec<Entry>, NotRead>>);

    /// The hub is closed, or gone: nothing is wanted any more.
    fn close(&self) {}
}

/// An event on its way to a backplane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The topic.
    pub topic: String,
    /// The encoded event, without an id.
    pub block: Bytes,
}

/// An event that a backplane has, and has given a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub sequence: Sequence,
    /// The event.
    pub record: Record,
}

/// What went wrong with a backplane, as it says itself.
#[derive(Clone, Debug)]
pub struct BackplaneError(Arc<dyn Error + Send + Sync>);

impl BackplaneError {
    /// An error for this reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(reason.into()))
    }
}

impl fmt::Display for BackplaneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for BackplaneError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Why a record has no place.
#[derive(Clone, Debug)]
pub enum NotAppended {
    /// It is certain that it was not stored.
    NotStored(BackplaneError),
    /// It was sent, and nobody knows what became of it. It is never sent again.
    OutcomeUnknown(BackplaneError),
}

/// Why there are no entries.
#[derive(Clone, Debug)]
pub enum NotRead {
    /// What came behind that place is not retained any more, or not all of it.
    Trimmed,
    /// The place is behind the newest entry.
    Future,
    /// The backplane cannot be reached. The stream ends, and the client tries again.
    Failed(BackplaneError),
}

/// Where a backplane replies, once and from any thread. Dropped, it is a failure.
pub struct Reply<T>(Option<Box<dyn FnOnce(Option<T>) + Send>>);

impl<T> Reply<T> {
    fn new(reply: impl FnOnce(Option<T>) + Send + 'static) -> Self {
        Self(Some(Box::new(reply)))
    }

    /// Replies.
    pub fn send(mut self, value: T) {
        if let Some(reply) = self.0.take() {
            reply(Some(value));
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(reply) = self.0.take() {
            reply(None);
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}

/// How a backplane feeds a hub.
#[derive(Clone)]
pub struct Feed {
    core: Weak<Core>,
}

impl Feed {
    /// Hands the hub its next event.
    ///
    /// # Errors
    ///
    /// The entry is none that the hub can take. It counts as lost to those who follow its topic, and they are told;
    /// go on with the next one. An entry that is not behind the [newest](Self::newest) changes nothing.
    pub fn append(&self, entry: Entry) -> Result<(), FeedError> {
        self.append_all([entry]).pop().map_or(Ok(()), Err)
    }

    /// As [`append`](Self::append) for each of them, in this order; they are delivered together. Gives the errors.
    pub fn append_all(&self, entries: impl IntoIterator<Item = Entry>) -> Vec<FeedError> {
        let Some(core) = self.core.upgrade() else {
            return Vec::new();
        };
        let encoded = |entry: Entry| {
            let event = Encoded::from_block(&entry.record.block);
            (entry.sequence, entry.record.topic, event)
        };
        // Looked at before anything is locked.
        let entries: Vec<_> = entries.into_iter().map(encoded).collect();
        let now = core.now();
        let mut state = core.state();
        let mut errors = Vec::new();
        for (sequence, topic, event) in entries {
            match event {
                Ok(event) => {
                    let appended = state.log.append_at(&topic, event, sequence, now);
                    errors.extend(appended.err().map(FeedError::Refused));
                }
                Err(InvalidBlock) => {
                    state.log.lose(&topic, sequence);
                    errors.push(FeedError::Invalid);
                }
            }
        }
        let stirred = state.log.is_stirred();
        drop(state);
        if stirred {
            core.stir();
        }
        errors
    }

    /// Tells the hub that entries up to this place are gone, and that it cannot be fed them: a history that was trimmed
    /// while it could not be read, say. All who follow anything have missed something, and are told.
    pub fn lose(&self, through: Sequence) {
        let Some(core) = self.core.upgrade() else {
            return;
        };
        let mut state = core.state();
        state.log.lose_all(through);
        let stirred = state.log.is_stirred();
        drop(state);
        if stirred {
            core.stir();
        }
    }

    /// The place of the last event that the hub was fed: go on behind it.
    #[must_use]
    pub fn newest(&self) -> Sequence {
        let core = self.core.upgrade();
        core.map_or(Sequence::MIN, |core| core.state().log.newest())
    }

    /// Whether the hub is gone.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.core.strong_count() == 0
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("newest", &self.newest())
            .finish()
    }
}

/// Why an entry was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedError {
    /// Its block is not one encoded event without an id.
    Invalid,
    /// The hub's log does not take it.
    Refused(AppendError),
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => InvalidBlock.fmt(f),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl Error for FeedError {}

/// A hub's end of its backplane.
pub(crate) struct Link {
    backplane: Arc<dyn Backplane>,
    limit: usize,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    in_flight: usize,
    waiting: Vec<Waker>,
}

impl Link {
    pub(crate) fn new(backplane: Arc<dyn Backplane>, limit: usize) -> Self {
        Self {
            backplane,
            limit,
            queue: Mutex::default(),
        }
    }

    /// Takes a place among those on their way, if there is one.
    pub(crate) fn try_enter(&self) -> bool {
        let mut queue = lock(&self.queue);
        let enters = queue.in_flight < self.limit;
        queue.in_flight += usize::from(enters);
        enters
    }

    /// As [`try_enter`](Self::try_enter); if there is none, the task is woken when one is free.
    pub(crate) fn enter(&self, context: &Context<'_>) -> bool {
        let mut queue = lock(&self.queue);
        let enters = queue.in_flight < self.limit;
        if enters {
            queue.in_flight += 1;
        } else {
            queue.waiting.push(context.waker().clone());
        }
        enters
    }

    fn leave(&self) {
        let mut queue = lock(&self.queue);
        queue.in_flight -= 1;
        // All of them: one that is woken may not want it any more.
        let waiting = mem::take(&mut queue.waiting);
        drop(queue);
        for waker in waiting {
            waker.wake();
        }
    }

    pub(crate) fn close(&self) {
        self.backplane.close();
    }
}

impl Core {
    pub(crate) fn attach_backplane(self: &Arc<Self>) {
        if let Some(link) = &self.link {
            let core = Arc::downgrade(self);
            link.backplane.attach(Feed { core });
        }
    }

    /// What can be said before the backplane is asked.
    pub(crate) fn check_publishable(&self, event: &Encoded) -> Result<(), PublishError> {
        if let Some(id) = event.own_id() {
            return Err(AppendError::IdNotAllowed(id.to_owned()).into());
        }
        if self.state().is_closed {
            Err(PublishError::Closed)
        } else {
            Ok(())
        }
    }

    /// Sends an event to the backplane, for which a place was taken.
    pub(crate) fn send(
        self: &Arc<Self>,
        topic: &str,
        event: &Encoded,
    ) -> Receiver<Result<Published, PublishError>> {
        let (sender, receiver) = oneshot();
        let core = Arc::downgrade(self);
        let reply = Reply::new(move |appended| {
            if let Some(link) = core.upgrade().as_ref().and_then(|core| core.link.as_ref()) {
                link.leave();
            }
            let dropped = || {
                NotAppended::OutcomeUnknown(BackplaneError::new("the backplane has not replied"))
            };
            let appended: Result<Sequence, NotAppended> =
                appended.unwrap_or_else(|| Err(dropped()));
            sender.send(match appended {
                Ok(sequence) => Ok(Published::elsewhere(sequence)),
                Err(NotAppended::NotStored(error)) => Err(PublishError::NotStored(error)),
                Err(NotAppended::OutcomeUnknown(error)) => Err(PublishError::OutcomeUnknown(error)),
            });
        });
        let record = Record {
            topic: topic.to_owned(),
            block: Bytes::copy_from_slice(event.block()),
        };
        if let Some(link) = &self.link {
            link.backplane.append(record, reply);
        }
        receiver
    }

    /// Gets for a session what the log does not keep any more.
    pub(crate) fn ask_for_page(self: &Arc<Self>, seat: &Arc<Seat>, after: Sequence) {
        let core = Arc::downgrade(self);
        let asked = Arc::clone(seat);
        let reply = Reply::new(move |read| {
            if let Some(core) = core.upgrade() {
                core.hand_in(&asked, read);
            }
        });
        match &self.link {
            Some(link) => link.backplane.read_after(after, PAGE_ENTRIES, reply),
            None => drop(reply),
        }
    }

    fn hand_in(self: &Arc<Self>, seat: &Arc<Seat>, read: Option<Result<Vec<Entry>, NotRead>>) {
        let now = self.now();
        let mut slot = seat.lock();
        let mut state = self.state();
        let page = match read {
            Some(Ok(entries)) => page_of(&entries, &owned(state.log.topics_of(seat.set))),
            Some(Err(NotRead::Trimmed)) => Err(Stale::Evicted),
            Some(Err(NotRead::Future)) => Err(Stale::Future),
            Some(Err(NotRead::Failed(_))) | None => {
                // It has its last event ID, and comes back with it.
                drop(state);
                slot.session.kick(now);
                drop(slot);
                return self.attend(seat, now);
            }
        };
        if page.is_err() {
            state.tally.stale += 1;
        }
        slot.session.handle_page(now, page, &mut state.log);
        drop(state);
        drop(slot);
        self.attend(seat, now);
    }
}

/// The entries that are for one who follows these topics.
fn page_of(entries: &[Entry], topics: &[String]) -> PageResult {
    let mut events = Vec::new();
    for entry in entries
        .iter()
        .filter(|entry| topics.contains(&entry.record.topic))
    {
        // What can't be read is as good as lost.
        let encoded = Encoded::from_block(&entry.record.block).map_err(|_| Stale::Evicted)?;
        events.push((entry.sequence, encoded.with_id(entry.sequence)));
    }
    Ok(Page {
        events,
        through: entries.last().map(|entry| entry.sequence),
    })
}
