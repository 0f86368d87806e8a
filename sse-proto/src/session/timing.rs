//! Time: silence, stalled writes, age, questions; and the ends that the program wants.

use core::time::Duration;

use super::frames;
use super::machine::Session;
use super::state::{FAREWELL_TIME, Question, State};
use super::transmit::End;
use crate::time::Instant;

impl Session {
    /// Ends the stream at this time, if its [age](super::Config::max_age) does not end it before: when a token expires, say.
    ///
    /// **Then read the deadline again.**
    pub fn expire_at(&mut self, at: Instant) {
        if matches!(self.state, State::Leaving { .. }) || self.state.is_over() {
            return;
        }
        self.over_at = Some(self.over_at.map_or(at, |before| before.min(at)));
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` if nothing is waited for but the client, the log
    /// and the program.
    ///
    /// **Read it again after every input: each may move it.**
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let write = self.silence().map(|time| self.progress + time);
        [write, self.over_at, self.question_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// How long nothing may be written.
    fn silence(&self) -> Option<Duration> {
        match (self.state, self.pending.is_empty()) {
            (State::Ended { .. }, _) => None,
            (_, false) => self.config.write_deadline,
            (State::Farewell { .. }, true) => None,
            (_, true) => self.config.heartbeat,
        }
    }

    /// Time has passed. Call it when the [`deadline`](Self::deadline) is reached; earlier, it changes nothing.
    ///
    /// **Then drain the output.**
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_past = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_past(self.over_at) {
            self.too_old(now);
        }
        if is_past(self.question_at) {
            self.ask(now);
        }
        if !is_past(self.silence().map(|time| self.progress + time)) {
            return;
        }
        if self.pending.is_empty() {
            self.progress = now;
            self.break_silence();
        } else {
            self.end(End::Stalled);
        }
    }

    fn too_old(&mut self, now: Instant) {
        match self.state {
            State::Farewell { end } | State::Leaving { end, .. } => self.end(end),
            State::Ended { .. } => {}
            _ => self.leave(End::Expired, now, FAREWELL_TIME),
        }
    }

    fn ask(&mut self, now: Instant) {
        if self.question == Question::None {
            self.question = Question::Due;
            self.question_at = self.config.reauthorise.map(|interval| now + interval);
        } else {
            self.say_farewell(End::Unauthorised, now);
        }
    }

    /// A comment, or, where the client does not know the cursor, the cursor.
    fn break_silence(&mut self) {
        if self.left_out {
            self.left_out = false;
            self.say(frames::cursor(&self.config, self.cursor.sequence(), None));
        } else {
            self.pending = frames::heartbeat(self.framing);
        }
    }

    /// Ends the stream, with a farewell behind what is being written.
    ///
    /// **Then drain the output.**
    pub fn kick(&mut self, now: Instant) {
        self.say_farewell(End::Kicked, now);
    }

    /// Ends the stream within a grace period: all that is there is handed out, then a farewell.
    ///
    /// **Then drain the output.**
    pub fn drain(&mut self, now: Instant, grace: Duration) {
        if !matches!(self.state, State::Leaving { .. }) && !self.state.is_over() {
            self.leave(End::Drained, now, grace);
        }
    }

    fn leave(&mut self, end: End, now: Instant, grace: Duration) {
        match self.state {
            State::Live | State::Replaying { .. } => {
                let until = self.state.replay_until();
                self.state = State::Leaving { end, until };
                self.over_at = Some(now + grace);
            }
            // What it waits for may come too late.
            _ => {
                self.say_farewell(end, now);
                self.over_at = Some(now + grace.min(FAREWELL_TIME));
            }
        }
    }
}
