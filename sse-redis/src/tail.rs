//! The thread that follows the stream.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use redis::{Connection, RedisResult};
use sse_hub::log::Sequence;
use sse_hub::{Entry, Feed};

use crate::backoff::Backoff;
use crate::redis::Shared;
use crate::stats::add;
use crate::stream::Standing;

/// How many entries are read at once.
const BATCH: usize = 1000;
/// How long a pause is slept through before it is asked whether the hub is still there.
const NAP: Duration = Duration::from_millis(50);

pub(crate) struct Tail {
    shared: Arc<Shared>,
    feed: Feed,
    /// How many entries there ever were up to the last one that the hub was fed; `None` while that is not known.
    passed: Option<u64>,
}

impl Tail {
    pub(crate) fn new(shared: Arc<Shared>, feed: Feed) -> Self {
        let passed = None;
        Self {
            shared,
            feed,
            passed,
        }
    }

    /// Follows until the hub is gone or closed; where Redis is away, it is tried again and again.
    pub(crate) fn run(mut self) {
        let mut backoff = Backoff::default();
        while !self.is_over() {
            let connected = self.shared.stream.connect();
            let followed = connected.and_then(|connection| self.follow(connection, &mut backoff));
            if followed.is_err() && !self.is_over() {
                add(&self.shared.counters.disconnections, 1);
                self.pause(backoff.next());
            }
        }
    }

    fn follow(&mut self, mut connection: Connection, backoff: &mut Backoff) -> RedisResult<()> {
        let shared = Arc::clone(&self.shared);
        while !self.is_over() {
            let after = self.feed.newest();
            let entries = shared.stream.follow(&mut connection, after, BATCH)?;
            backoff.reset();
            if entries.is_empty() {
                continue;
            }
            // Asked behind the reading: what was gone when it was read is gone now.
            let standing = shared.stream.standing(&mut connection)?;
            self.look_for_a_gap(after, &entries, standing);
            add(&shared.counters.followed, entries.len() as u64);
            // One that the hub cannot take counts as lost there, and is told.
            self.feed.append_all(entries);
        }
        Ok(())
    }

    /// Tells the hub if entries were cut off behind the last one that it was fed.
    fn look_for_a_gap(&mut self, after: Sequence, entries: &[Entry], standing: Standing) {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return;
        };
        let read = entries.len() as u64;
        let is_gap = match self.passed {
            // As many as there ever were are gone, or there were never so many: it is another stream.
            Some(passed) => standing.gone > passed || standing.added < passed + read,
            None => standing.gone > 0 && standing.oldest.is_none_or(|oldest| after < oldest),
        };
        if is_gap {
            add(&self.shared.counters.gaps, 1);
            self.feed.lose(before(first.sequence));
        }
        self.passed = match self.passed {
            _ if last.sequence == standing.newest => Some(standing.added),
            Some(passed) if !is_gap => Some(passed + read),
            _ => None,
        };
    }

    fn is_over(&self) -> bool {
        self.feed.is_over() || self.shared.is_closed()
    }

    fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.is_over() {
            thread::sleep(NAP.min(time));
        }
    }
}

/// The place right before this one.
fn before(place: Sequence) -> Sequence {
    match (place.epoch(), place.number()) {
        (0, 0) => Sequence::MIN,
        (epoch, 0) => Sequence::new(epoch - 1, u64::MAX),
        (epoch, number) => Sequence::new(epoch, number - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_between_a_place_and_the_one_before() {
        for (place, expected) in [((7, 3), (7, 2)), ((7, 0), (6, u64::MAX)), ((0, 0), (0, 0))] {
            let before = before(Sequence::new(place.0, place.1));
            assert_eq!((before.epoch(), before.number()), expected);
        }
    }
}
