//! When which subscription is to be looked at again.

use std::collections::BTreeMap;
use std::time::Duration;

use sse_proto::Instant;

use crate::table::SubscriberId;

/// Deadlines in buckets of [`TICK`], in order.
///
/// Heartbeats of thousands come due one after the other. In buckets, setting one costs the same however many there are,
/// and a driver wakes for a bucket and not for each. What is set is never taken out: whoever moves a deadline sets it
/// again, and takes no notice of the earlier one when it comes.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    buckets: BTreeMap<Tick, Vec<SubscriberId>>,
}

/// How late a deadline may be noticed.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// A multiple of [`TICK`] since the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(u64);

impl Tick {
    /// The first one that is not before this time.
    pub(crate) fn at_or_after(time: Instant) -> Self {
        let ticks = time
            .duration_since_origin()
            .as_nanos()
            .div_ceil(TICK.as_nanos());
        Self(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    fn time(self) -> Instant {
        let nanos = u128::from(self.0) * TICK.as_nanos();
        let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        Instant::since_origin(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
    }
}

impl Timers {
    pub(crate) fn set(&mut self, tick: Tick, subscriber: SubscriberId) {
        self.buckets.entry(tick).or_default().push(subscriber);
    }

    /// When the first bucket is due.
    pub(crate) fn first(&self) -> Option<Instant> {
        let (tick, _) = self.buckets.first_key_value()?;
        Some(tick.time())
    }

    /// Takes the first bucket, if it is due.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Tick, Vec<SubscriberId>)> {
        let first = self.buckets.first_entry()?;
        (first.key().time() <= now).then(|| first.remove_entry())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_never_early_and_less_than_a_tick_late() {
        for nanos in [0, 1, 49_999_999, 50_000_000, 50_000_001, 1_000_000_000_123] {
            let time = Instant::since_origin(Duration::from_nanos(nanos));
            let noticed = Tick::at_or_after(time).time();
            assert!(time <= noticed, "{time:?} {noticed:?}");
            assert!(noticed.saturating_duration_since(time) < TICK);
        }
    }

    #[test]
    fn the_end_of_time_is_no_overflow() {
        let end = Instant::since_origin(Duration::MAX);
        assert!(Tick::at_or_after(end).time() <= end);
    }
}
