//! How a stream begins: primed, and behind what the client saw last, or told that this cannot be.

use alloc::sync::Arc;

use bytes::Bytes;

use super::config::{Config, StalePolicy};
use super::frames;
use super::machine::Session;
use super::state::{Question, State};
use super::transmit::NoContent;
use crate::event::Event;
use crate::framing::Framing;
use crate::log::{Cursor, Log, Resume, Sequence, SetId, Stale};
use crate::time::Instant;

impl Session {
    /// Begins the stream of a client with this last event ID, or none, that [follows](Log::follow) these topics.
    ///
    /// Call it before the head of the response is written. **Then drain the output.**
    ///
    /// # Errors
    ///
    /// The last event ID leads nowhere, and the policy is to answer with 204.
    pub fn begin(
        config: Arc<Config>,
        log: &mut Log,
        set: SetId,
        last_event_id: Option<&str>,
        framing: Framing,
        now: Instant,
    ) -> Result<Self, NoContent> {
        let resume = log.resume(set, last_event_id, now);
        let mut session = Self {
            set,
            cursor: log.head(set),
            state: State::Live,
            framing,
            question: Question::None,
            left_out: false,
            stale: None,
            missed: 0,
            pending: Bytes::new(),
            progress: now,
            over_at: config.max_age.map(|age| now + age),
            question_at: config.reauthorise.map(|interval| now + interval),
            has_ids: false,
            config,
        };
        session.has_ids = log.id_of(session.cursor).is_some();
        let place = last_event_id.and_then(|id| id.parse().ok());
        match (resume, place) {
            (Resume::Live(_), _) => session.prime(log),
            (Resume::From(cursor), _) => {
                session.replay_from(cursor, log);
                session.prime(log);
            }
            (Resume::Stale(Stale::Evicted | Stale::Future), Some(after))
                if session.config.paged =>
            {
                session.state = State::Paging {
                    after,
                    asked: false,
                };
                session.cursor = log.tail(set);
                session.prime_with(Some(after));
            }
            (Resume::Stale(stale), _) if session.config.stale_policy == StalePolicy::NoContent => {
                return Err(NoContent { stale });
            }
            (Resume::Stale(stale), _) => {
                session.start_over(stale, log);
                // A reset primes. Ahead of it, a cursor would hide it from a client that gets only that far.
                if !session.is_writing() {
                    session.prime(log);
                }
            }
        }
        Ok(session)
    }

    fn prime(&mut self, log: &Log) {
        self.prime_with(log.id_of(self.cursor));
    }

    fn prime_with(&mut self, id: Option<Sequence>) {
        if !self.config.priming {
            return;
        }
        let frame = match (id, self.config.retry) {
            (Some(id), retry) => frames::cursor(&self.config, id, retry),
            (None, Some(retry)) => frames::retry(retry),
            (None, None) => return,
        };
        self.say(frame);
    }

    pub(super) fn replay_from(&mut self, cursor: Cursor, log: &Log) {
        self.cursor = cursor;
        self.state = State::Replaying {
            until: log.newest(),
        };
    }

    /// The client cannot have what it asked for.
    pub(super) fn start_over(&mut self, stale: Stale, log: &Log) {
        self.cursor = log.head(self.set);
        self.state = State::Live;
        self.stale = Some(stale);
        match self.config.stale_policy {
            StalePolicy::LiveOnly => {}
            StalePolicy::ReplayAll => {
                self.replay_from(log.tail(self.set), log);
                self.say_reset(stale, log);
            }
            StalePolicy::Reset | StalePolicy::NoContent => self.say_reset(stale, log),
        }
    }

    fn say_reset(&mut self, stale: Stale, log: &Log) {
        let id = log.id_of(self.cursor);
        self.say(frames::reset(&self.config, stale, id));
    }

    /// Sends an event behind the priming and ahead of all others, such as the state that the others change.
    ///
    /// To be called before anything is written. Let the event have no id: the cursor is given already.
    pub fn greet(&mut self, event: &Event<'_>) {
        self.say(event.to_bytes());
    }
}
