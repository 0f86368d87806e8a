//! What the log does not keep any more, from where it is kept.

use alloc::vec::Vec;

use bytes::Bytes;

use super::machine::Session;
use super::state::State;
use super::transmit::PageResult;
use crate::log::{Log, Resume, Sequence, Stale};
use crate::time::Instant;

impl Session {
    /// The answer to [`Transmit::Page`](super::Transmit::Page); without that question, nothing.
    ///
    /// **Then drain the output.**
    pub fn handle_page(&mut self, now: Instant, page: PageResult, log: &mut Log) {
        let State::Paging { after, asked: true } = self.state else {
            return;
        };
        let page = match page {
            Ok(page) => page,
            Err(stale) => return self.start_over(stale, log),
        };
        // What the log has itself is read from there.
        let here = log.newest();
        let within = |(at, _): &&(Sequence, Bytes)| after < *at && *at <= here;
        let events = page.events.iter().filter(within);
        let blocks: Vec<&[u8]> = events.map(|(_, block)| &block[..]).collect();
        if !blocks.is_empty() {
            self.say(blocks.concat().into());
            self.progress = now;
        }
        match page.through.filter(|through| *through > after) {
            Some(through) => self.join_at(through.min(here).max(after), now, log),
            None => {
                self.join_at(after, now, log);
                // There is nothing more to be had, and the log has lost something none the less.
                if let State::Paging { .. } = self.state {
                    self.start_over(Stale::Evicted, log);
                }
            }
        }
    }

    /// Reads on in the log behind a place: now, or once the log is there; or from a page, if the log does not keep
    /// what comes next.
    pub(super) fn join_at(&mut self, place: Sequence, now: Instant, log: &mut Log) {
        if place > log.newest() {
            self.state = State::Ahead { place };
            return;
        }
        match log.resume_at(self.set, place, now) {
            Resume::From(cursor) | Resume::Live(cursor) => self.replay_from(cursor, log),
            Resume::Stale(_) => {
                self.state = State::Paging {
                    after: place,
                    asked: false,
                }
            }
        }
    }
}
