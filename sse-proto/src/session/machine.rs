//! The machine: its inputs and its outputs.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf, Bytes};

use super::config::{Config, LagPolicy};
use super::frames;
use super::state::{FAREWELL_TIME, Question, State};
use super::transmit::{End, Transmit, Verdict};
use crate::framing::Framing;
use crate::log::{Cursor, Log, LogEvent, Read, Run, SetId, Slices, Stale};
use crate::time::Instant;

/// One subscriber's stream behind the head of its response, as a machine without input and output of its own.
///
/// **One input → drain [`poll_transmit`](Self::poll_transmit) → read [`deadline`](Self::deadline) again → wait.** The
/// [module](super) has an example.
pub struct Session {
    pub(super) config: Arc<Config>,
    pub(super) set: SetId,
    pub(super) cursor: Cursor,
    pub(super) state: State,
    pub(super) framing: Framing,
    pub(super) question: Question,
    /// Some of what was read was not for the client, so it does not know the cursor.
    pub(super) left_out: bool,
    /// The log gives ids, and so the cursor has one.
    pub(super) has_ids: bool,
    /// Why the client could not have what it asked for.
    pub(super) stale: Option<Stale>,
    /// Lost events that nobody has asked for yet.
    pub(super) missed: u64,
    /// What is being written.
    pub(super) pending: Bytes,
    /// When something was written last, or there began to be something to write.
    pub(super) progress: Instant,
    /// When the stream is to leave, or, where it is leaving, to be over.
    pub(super) over_at: Option<Instant>,
    /// When the question is due next, or has to be answered.
    pub(super) question_at: Option<Instant>,
}

impl Session {
    /// Puts something behind what is being written.
    pub(super) fn say(&mut self, block: Bytes) {
        let framed = self.framing.wrap(block);
        self.push(framed);
    }

    pub(super) fn push(&mut self, framed: Bytes) {
        if self.pending.is_empty() {
            self.pending = framed;
        } else {
            self.pending = [&self.pending[..], &framed].concat().into();
        }
    }

    /// What to do next, with what the log has for it.
    ///
    /// **Drain it after every input: until it says [`Idle`](Transmit::Idle), or until a write went in part only.**
    #[must_use = "what is not written is not sent"]
    pub fn poll_transmit(&mut self, now: Instant, log: &mut Log) -> Transmit {
        loop {
            if let Some(transmit) = self.poll_own(now, log) {
                return transmit;
            }
            let (framing, max) = (self.framing, self.config.max_run_bytes);
            let read = match self.state.replay_until() {
                Some(until) => log.replay(self.set, self.cursor, until, framing, max),
                None => log.read(self.set, self.cursor, framing, max),
            };
            match self.look_at(read, now, log) {
                Look::Events(run) => self.take(run.bytes, run.to, now),
                Look::Again => {}
                Look::Nothing => return Transmit::Idle,
            }
        }
    }

    /// As [`poll_transmit`](Self::poll_transmit), but for what the log has: what is left of a write, a question, the
    /// end. `None` if the log is to be read.
    ///
    /// It is for those who have many sessions, and read the log [once for all](Self::take_run).
    #[must_use = "what is not written is not sent"]
    pub fn poll_pending(&mut self) -> Option<Transmit> {
        if let State::Ended { end } = self.state {
            return Some(Transmit::End(end));
        }
        if let (Question::Due, false) = (self.question, self.state.is_over()) {
            self.question = Question::Asked;
            return Some(Transmit::Reauthorise);
        }
        if !self.pending.is_empty() {
            return Some(Transmit::Write(self.pending.clone()));
        }
        match self.state {
            State::Farewell { end } => {
                self.end(end);
                Some(Transmit::End(end))
            }
            State::Paging { after, asked } => {
                if asked {
                    return Some(Transmit::Idle);
                }
                self.state = State::Paging { after, asked: true };
                Some(Transmit::Page(after))
            }
            _ => None,
        }
    }

    fn poll_own(&mut self, now: Instant, log: &mut Log) -> Option<Transmit> {
        if let (State::Ahead { place }, true) = (self.state, self.pending.is_empty()) {
            if log.newest() < place {
                return self.poll_pending().or(Some(Transmit::Idle));
            }
            self.join_at(place, now, log);
        }
        self.poll_pending()
    }

    /// Reads what a client that does not want all of it may want, each event by itself.
    ///
    /// `None` if there is nothing, or if there is something to [write](Self::poll_pending) first. Else say what the
    /// client gets of it, with [`handle_filtered`](Self::handle_filtered).
    pub fn read_slices(&mut self, now: Instant, log: &mut Log) -> Option<Slices> {
        while self.is_reading(now, log) {
            let until = self.state.replay_until();
            let read = log.slices(self.set, self.cursor, until, self.config.max_run_bytes);
            match self.look_at(read, now, log) {
                Look::Events(slices) => return Some(slices),
                Look::Again => {}
                Look::Nothing => return None,
            }
        }
        None
    }

    /// Whether the log is to be read now.
    fn is_reading(&mut self, now: Instant, log: &mut Log) -> bool {
        if !self.pending.is_empty() || self.question == Question::Due {
            return false;
        }
        if let State::Ahead { place } = self.state {
            if log.newest() < place {
                return false;
            }
            self.join_at(place, now, log);
        }
        matches!(
            self.state,
            State::Replaying { .. } | State::Live | State::Leaving { .. }
        )
    }

    /// What a filter has left of [slices](Self::read_slices).
    ///
    /// A session that is not any more where they were read from reads them anew. **Then drain the output.**
    pub fn handle_filtered(&mut self, now: Instant, slices: &Slices, kept: &[LogEvent]) {
        if self.state.is_over() || self.cursor != slices.from {
            return;
        }
        let last_id = |events: &[LogEvent]| {
            let mut with_id = events.iter().rev().filter(|event| !event.is_transient());
            with_id.next().map(LogEvent::sequence)
        };
        let (read, known) = (last_id(&slices.events), last_id(kept));
        if self.has_ids && read.is_some() {
            self.left_out = read != known;
        }
        self.cursor = slices.to;
        let blocks: Bytes = match kept {
            [] => return,
            [event] => event.bytes().clone(),
            events => {
                let blocks: Vec<&[u8]> = events.iter().map(|event| &event.bytes()[..]).collect();
                blocks.concat().into()
            }
        };
        if self.pending.is_empty() {
            self.progress = now;
        }
        self.say(blocks);
    }

    /// Takes a run that was read for all who are where this session is; says whether it is one of them.
    ///
    /// If it is not, [poll](Self::poll_transmit) it. It is not one while it has something else to write, or is not
    /// live.
    #[inline]
    pub fn take_run(&mut self, now: Instant, framing: Framing, run: &Run) -> bool {
        let fits = self.is_live() && self.cursor == run.from && self.framing == framing;
        if fits {
            self.take(run.bytes.clone(), run.to, now);
        }
        fits
    }

    #[inline]
    fn take(&mut self, bytes: Bytes, to: Cursor, now: Instant) {
        self.pending = bytes;
        self.cursor = to;
        self.progress = now;
    }

    /// So many of the bytes to [write](Transmit::Write) have been written; none of them tells nothing.
    ///
    /// **Then drain the output.**
    #[inline]
    pub fn handle_written(&mut self, now: Instant, bytes: usize) {
        if bytes > 0 {
            self.pending.advance(bytes.min(self.pending.len()));
            self.progress = now;
        }
        if self.pending.is_empty() {
            // It lets go of what it was part of.
            self.pending = Bytes::new();
        }
    }

    /// Deals with what was read but for events.
    fn look_at<T>(&mut self, read: Read<T>, now: Instant, log: &Log) -> Look<T> {
        match read {
            Read::Run(run) => return Look::Events(run),
            Read::UpToDate => match self.state {
                State::Replaying { until } => {
                    self.cursor = log.pass(self.set, self.cursor, until);
                    self.state = State::Live;
                }
                State::Leaving {
                    end,
                    until: Some(until),
                } => {
                    self.cursor = log.pass(self.set, self.cursor, until);
                    self.state = State::Leaving { end, until: None };
                }
                State::Leaving { end, until: None } => self.say_farewell(end, now),
                _ => return Look::Nothing,
            },
            Read::Lagged(lagged) => match self.config.lag_policy {
                LagPolicy::Disconnect => self.say_farewell(End::Lagged, now),
                LagPolicy::Skip => {
                    self.cursor = lagged.oldest;
                    self.missed = self.missed.saturating_add(lagged.missed);
                    self.progress = now;
                    self.say(frames::lagged(&self.config, lagged.missed));
                }
            },
            Read::Gone => self.say_farewell(End::Gone, now),
        }
        Look::Again
    }

    pub(super) fn say_farewell(&mut self, end: End, now: Instant) {
        if self.state.is_over() {
            return;
        }
        let no_later = now + FAREWELL_TIME;
        self.over_at = Some(match (self.state, self.over_at) {
            (State::Leaving { .. }, Some(before)) => before.min(no_later),
            _ => no_later,
        });
        self.state = State::Farewell { end };
        self.question_at = None;
        if self.pending.is_empty() {
            self.progress = now;
        }
        self.say(frames::farewell(&self.config, end));
        self.push(Bytes::from_static(self.framing.end()));
    }

    pub(super) fn end(&mut self, end: End) {
        self.state = State::Ended { end };
        self.pending = Bytes::new();
        self.over_at = None;
        self.question_at = None;
    }

    /// The answer to [`Transmit::Reauthorise`]; without a question, nothing.
    ///
    /// **Then drain the output.**
    pub fn handle_verdict(&mut self, now: Instant, verdict: Verdict) {
        if self.question != Question::Asked {
            return;
        }
        self.question = Question::None;
        if verdict == Verdict::Reject {
            self.say_farewell(End::Unauthorised, now);
        }
    }

    /// The client has closed the connection, or it broke: nothing more is written.
    pub fn disconnected(&mut self) {
        if !matches!(self.state, State::Ended { .. }) {
            self.end(End::Disconnected);
        }
    }

    /// Why the stream has ended; `None` if it has not.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        match self.state {
            State::Ended { end } => Some(end),
            _ => None,
        }
    }

    /// Whether something is to be written that is not events of the log: it went in part, or is the session's own.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether what is new is all that it waits for: it is live, and has nothing to write or to ask.
    #[inline]
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state == State::Live && self.pending.is_empty() && self.question != Question::Due
    }

    /// Why the client could not resume where it left, and begins anew; `None` if it could, or did not ask to.
    #[must_use]
    pub fn stale(&self) -> Option<Stale> {
        self.stale
    }

    /// How many events were lost to it since this was called last, where the policy is to go on.
    pub fn take_missed(&mut self) -> u64 {
        core::mem::take(&mut self.missed)
    }

    /// How far it has read.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The topics that it follows.
    #[must_use]
    pub fn set(&self) -> SetId {
        self.set
    }

    /// How its runs are framed.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.framing
    }
}

/// What a look into the log has found.
enum Look<T> {
    Events(T),
    /// Not what there is, but where else to look, or what to say.
    Again,
    Nothing,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", &format_args!("{}", self.state.name()))
            .field("cursor", &format_args!("{}", self.cursor.sequence()))
            .field("pending_bytes", &self.pending.len())
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}
