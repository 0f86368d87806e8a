//! Publishing, and what becomes of it.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use sse_proto::log::{AppendError, Appended, Encoded, Sequence};

use crate::backplane::BackplaneError;
use crate::core::Core;
use crate::oneshot::Receiver;
use crate::sync::thread_waker;

/// An event that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    sequence: Sequence,
    is_id: bool,
    own_id: Option<String>,
    followers: usize,
    kept: bool,
}

impl Published {
    pub(crate) fn new(appended: Appended, own_id: Option<String>) -> Self {
        Self {
            sequence: appended.sequence,
            is_id: appended.is_id,
            own_id,
            followers: appended.followers,
            kept: appended.kept,
        }
    }

    pub(crate) fn elsewhere(sequence: Sequence) -> Self {
        Self {
            sequence,
            is_id: true,
            own_id: None,
            followers: 0,
            kept: true,
        }
    }

    /// The id that subscribers see; `None` if the event is transient, or was not kept.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match &self.own_id {
            Some(id) => Some(id.clone()),
            None => self.is_id.then(|| self.sequence.to_string()),
        }
    }

    /// Its place in the order of all events of the hub.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// How many on this node follow its topic. With a backplane nobody has it yet, and this is 0.
    #[must_use]
    pub fn followers(&self) -> usize {
        self.followers
    }

    /// Whether it is kept. It is not if nobody follows its topic, and topics exist [while they are
    /// followed](sse_proto::log::Creation::WhileFollowed).
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.kept
    }
}

/// Why an event was not published, or perhaps not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PublishError {
    /// The log does not take it.
    Refused(AppendError),
    /// The hub is closed.
    Closed,
    /// As many events as may be are on their way to the backplane.
    Full,
    /// The backplane has not stored it: it may be published again.
    NotStored(BackplaneError),
    /// Nobody knows whether the backplane has stored it. Published again, it may be there twice.
    OutcomeUnknown(BackplaneError),
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Closed => f.write_str("the hub is closed"),
            Self::Full => f.write_str("too many events are on their way to the backplane"),
            Self::NotStored(error) => write!(f, "the event was not stored: {error}"),
            Self::OutcomeUnknown(error) => {
                write!(f, "it is not known whether the event was stored: {error}")
            }
        }
    }
}

impl Error for PublishError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::NotStored(error) | Self::OutcomeUnknown(error) => Some(error),
            Self::Closed | Self::Full => None,
        }
    }
}

impl From<AppendError> for PublishError {
    fn from(error: AppendError) -> Self {
        Self::Refused(error)
    }
}

/// An event on its way: a future of what becomes of it.
///
/// Without a backplane the event is published, and this ready, before anybody looks at it. With one, the event is on
/// its way already, unless too many are: then it sets out when this is polled.
#[must_use = "whether it was published is in here"]
pub struct Publish(State);

enum State {
    Done(Result<Published, PublishError>),
    Queued(Arc<Core>, String, Encoded),
    Sent(Receiver<Result<Published, PublishError>>),
    Taken,
}

impl Publish {
    pub(crate) fn begin(core: &Arc<Core>, topic: &str, event: Encoded) -> Self {
        let Some(link) = &core.link else {
            return Self(State::Done(core.append(topic, event)));
        };
        match core.check_publishable(&event) {
            Err(error) => Self(State::Done(Err(error))),
            Ok(()) if link.try_enter() => Self(State::Sent(core.send(topic, &event))),
            Ok(()) => Self(State::Queued(Arc::clone(core), topic.to_owned(), event)),
        }
    }

    pub(crate) fn refused(error: AppendError) -> Self {
        Self(State::Done(Err(error.into())))
    }

    /// Whether it waits for others to arrive.
    pub(crate) fn is_queued(&self) -> bool {
        matches!(self.0, State::Queued(..))
    }

    /// Waits for it on this thread.
    ///
    /// # Errors
    ///
    /// The event was not published, or perhaps not.
    pub fn wait(mut self) -> Result<Published, PublishError> {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut self).poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl Future for Publish {
    type Output = Result<Published, PublishError>;

    /// # Panics
    ///
    /// It was ready already.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match std::mem::replace(&mut self.0, State::Taken) {
                State::Done(result) => return Poll::Ready(result),
                State::Queued(core, topic, event) => {
                    let entered = core.link.as_ref().is_none_or(|link| link.enter(context));
                    if !entered {
                        self.0 = State::Queued(core, topic, event);
                        return Poll::Pending;
                    }
                    let sent = core.send(&topic, &event);
                    self.0 = State::Sent(sent);
                }
                State::Sent(mut receiver) => {
                    let result = receiver.poll(context);
                    if result.is_pending() {
                        self.0 = State::Sent(receiver);
                    }
                    return result;
                }
                State::Taken => panic!("a publish was polled after it was ready"),
            }
        }
    }
}

impl fmt::Debug for Publish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Done(result) => return f.debug_tuple("Publish").field(result).finish(),
            State::Queued(..) => "queued",
            State::Sent(_) => "sent",
            State::Taken => "taken",
        };
        write!(f, "Publish({state})")
    }
}
