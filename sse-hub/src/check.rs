//! Whether a subscriber may still have its stream.

use std::fmt;
use std::sync::{Arc, Weak};

use sse_proto::RequestHead;
use sse_proto::session::Verdict;

use crate::core::{Core, owned};
use crate::seat::Seat;
use crate::subscribe::Subscriber;
use crate::table::SubscriberId;

/// The question whether a subscriber may still have its stream.
///
/// Answer it at once, or take it along to a task and answer later; meanwhile its events go on. Dropped, it is a no.
#[must_use = "a question that nobody answers ends the stream"]
pub struct Check {
    core: Weak<Core>,
    seat: Arc<Seat>,
    topics: Vec<String>,
    answered: bool,
}

impl Check {
    /// It may.
    pub fn accept(mut self) {
        self.answer(Verdict::Accept);
    }

    /// It may not: its stream ends with a farewell.
    pub fn reject(mut self) {
        self.answer(Verdict::Reject);
    }

    fn answer(&mut self, verdict: Verdict) {
        self.answered = true;
        if let Some(core) = self.core.upgrade() {
            core.handle_verdict(self.seat.id, verdict);
        }
    }

    /// The subscriber's number.
    #[must_use]
    pub fn id(&self) -> SubscriberId {
        self.seat.id
    }

    /// The topics that it follows.
    #[must_use]
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// Its tag; `None` if it was given none.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.seat.tag.as_deref()
    }

    /// The request that has asked for the stream; `None` if it was given none.
    #[must_use]
    pub fn request(&self) -> Option<&RequestHead> {
        self.seat.request.as_deref()
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        if !self.answered {
            self.answer(Verdict::Reject);
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subscriber = Subscriber::new(&self.seat, &self.topics, None);
        f.debug_tuple("Check").field(&subscriber).finish()
    }
}

impl Core {
    /// Has the program asked whether a subscriber may still have its stream.
    pub(crate) fn ask(self: &Arc<Self>, seat: &Arc<Seat>) {
        let Some(authoriser) = &self.settings.authoriser else {
            // Nobody thinks that it may not.
            return self.handle_verdict(seat.id, Verdict::Accept);
        };
        let check = Check {
            core: Arc::downgrade(self),
            seat: Arc::clone(seat),
            topics: owned(self.state().log.topics_of(seat.set)),
            answered: false,
        };
        self.call(|| authoriser(check));
    }
}
