//! Whether to connect again, and when.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::error::Cause;
use super::retry_after;
use crate::item::ItemRef;

/// How the delay grows as failures follow one another.
///
/// The first delay is the reconnection time; each failure in a row multiplies it by `factor`, up to `cap`. From what
/// comes out, a random part is taken off, so that the clients of a server that restarts do not return all at once; it
/// does not lead below the least reconnection time that a server may set.
///
/// A stream that ends in good order after it had an event is no failure in a row: what comes next is a first delay.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::source::Backoff;
///
/// // The same delay each time, to the millisecond.
/// let constant = Backoff::new().factor(1.0).jitter(0.0);
/// # let _ = constant;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    factor: f64,
    cap: Duration,
    jitter: f64,
    reset_after: Duration,
}

impl Backoff {
    /// Twice as long each time, up to a minute, up to half of it taken off, and anew after a stream that was open
    /// for a minute.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            factor: 2.0,
            cap: Duration::from_secs(60),
            jitter: 0.5,
            reset_after: Duration::from_secs(60),
        }
    }

    /// Sets by what each further failure multiplies the delay: 2.0 by default; less than 1 counts as 1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = factor.max(1.0);
        self
    }

    /// Sets how long the delay gets at most: a minute by default. It never gets shorter than the reconnection time by
    /// this.
    #[must_use]
    pub fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Sets what part of the delay may be taken off at random, from 0.0 to 1.0: 0.5 by default.
    #[must_use]
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = if jitter.is_nan() {
            0.0
        } else {
            jitter.clamp(0.0, 1.0)
        };
        self
    }

    /// Sets how long a stream must have been open for the failures to be forgotten: a minute by default.
    #[must_use]
    pub fn reset_after(mut self, time: Duration) -> Self {
        self.reset_after = time;
        self
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// Which statuses are worth another try: by default, none, as the standard has it.
///
/// Only 400 to 599 can be. The delay is the usual one, or what `Retry-After` says if that is longer.
///
/// ```
/// use sse_proto::source::{Config, StatusRetry};
///
/// let config = Config::new("https://example.com/")?.retry_statuses(StatusRetry::transient());
/// # Ok::<(), sse_proto::source::InvalidUrl>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRetry {
    statuses: BTreeSet<u16>,
    max_retry_after: Duration,
}

impl StatusRetry {
    /// None: each of them closes the source.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            statuses: BTreeSet::new(),
            max_retry_after: Duration::from_secs(5 * 60),
        }
    }

    /// Those that tend to pass: 408, 425, 429, 500, 502, 503 and 504.
    #[must_use]
    pub fn transient() -> Self {
        Self::only([408, 425, 429, 500, 502, 503, 504])
    }

    /// These.
    #[must_use]
    pub fn only(statuses: impl IntoIterator<Item = u16>) -> Self {
        let errors = statuses
            .into_iter()
            .filter(|status| (400..600).contains(status));
        Self {
            statuses: errors.collect(),
            ..Self::none()
        }
    }

    /// Sets how much of a `Retry-After` is honoured at most: 5 minutes by default.
    #[must_use]
    pub fn max_retry_after(mut self, time: Duration) -> Self {
        self.max_retry_after = time;
        self
    }

    /// Whether this status is one of them.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.statuses.contains(&status)
    }
}

impl Default for StatusRetry {
    fn default() -> Self {
        Self::none()
    }
}

/// A failure after which the source may connect again, as a [`Strategy`] sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Failure<'a> {
    /// How many there were in a row, this one included: 1 for the first.
    pub count: u32,
    /// What happened.
    pub cause: &'a Cause,
    /// The reconnection time in force, as the server or the configuration says.
    pub reconnection_time: Duration,
    /// What `Retry-After` says, within its limit; `None` if it says nothing.
    pub retry_after: Option<Duration>,
}

/// A program's own way to choose the delay, in place of [`Backoff`].
///
/// It is asked only where the source may connect again at all. Any function of this shape is one:
///
/// ```
/// use core::time::Duration;
/// use sse_proto::source::{Config, Failure};
///
/// // Every second, five times.
/// let five = |failure: &Failure<'_>| (failure.count <= 5).then_some(Duration::from_secs(1));
/// let config = Config::new("https://example.com/")?.strategy(five);
/// # Ok::<(), sse_proto::source::InvalidUrl>(())
/// ```
pub trait Strategy: Send + Sync {
    /// How long to wait after this failure, taken as it is; `None` to close the source.
    fn next_delay(&self, failure: &Failure<'_>) -> Option<Duration>;
}

impl<F: Fn(&Failure<'_>) -> Option<Duration> + Send + Sync> Strategy for F {
    fn next_delay(&self, failure: &Failure<'_>) -> Option<Duration> {
        self(failure)
    }
}

/// What decides the delay; the settings stay, the rest is what happened so far.
#[derive(Clone)]
pub(super) struct Reconnection {
    pub(super) backoff: Backoff,
    pub(super) strategy: Option<Arc<dyn Strategy>>,
    pub(super) statuses: StatusRetry,
    /// The standard's reconnection time.
    pub(super) time: Duration,
    /// What a server may set it to.
    pub(super) bounds: (Duration, Duration),
    /// The program is told of what it sets.
    pub(super) is_reported: bool,
    pub(super) random: Random,
    pub(super) failures: u32,
    multiplier: f64,
    /// The stream of a request has dispatched an event; see `Config::resend_after_events`.
    pub(super) event_seen: bool,
    event_since_open: bool,
}

impl Reconnection {
    pub(super) fn new() -> Self {
        Self {
            backoff: Backoff::new(),
            strategy: None,
            statuses: StatusRetry::none(),
            time: Duration::from_secs(3),
            bounds: (Duration::from_millis(100), Duration::from_secs(5 * 60)),
            is_reported: false,
            random: Random(0),
            failures: 0,
            multiplier: 1.0,
            event_seen: false,
            event_since_open: false,
        }
    }

    #[inline]
    pub(super) fn note<T: ?Sized>(&mut self, item: &ItemRef<'_, T>) {
        match item {
            ItemRef::Event(_) => self.event_seen(),
            ItemRef::Retry(time) => self.set_time(*time),
            _ => {}
        }
    }

    #[inline]
    pub(super) fn event_seen(&mut self) {
        self.event_seen = true;
        self.event_since_open = true;
    }

    pub(super) fn set_time(&mut self, time: Duration) {
        let (min, max) = self.bounds;
        self.time = time.clamp(min, max);
    }

    /// The stream was open for so long, and ended for this.
    ///
    /// Servers end streams in good order as they please, and one that had something to say has not failed.
    pub(super) fn stream_ended(&mut self, open_for: Duration, cause: &Cause) {
        let was_useful = self.event_since_open && matches!(cause, Cause::Ended);
        if was_useful || open_for >= self.backoff.reset_after {
            self.forget_failures();
        }
        self.event_since_open = false;
    }

    pub(super) fn forget_failures(&mut self) {
        self.failures = 0;
        self.multiplier = 1.0;
    }

    /// How long to wait after a failure; `None` if the program's strategy gives up.
    pub(super) fn next_delay(&mut self, cause: &Cause) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        let retry_after = match cause {
            Cause::Status(refusal) => retry_after::of(&refusal.headers),
            _ => None,
        };
        let retry_after = retry_after.map(|wait| wait.min(self.statuses.max_retry_after));
        if let Some(strategy) = &self.strategy {
            return strategy.next_delay(&Failure {
                count: self.failures,
                cause,
                reconnection_time: self.time,
                retry_after,
            });
        }
        Some(self.backed_off().max(retry_after.unwrap_or_default()))
    }

    fn backed_off(&mut self) -> Duration {
        let cap = self.backoff.cap.max(self.time);
        let seconds = self.time.as_secs_f64() * self.multiplier;
        let delay = Duration::try_from_secs_f64(seconds).map_or(cap, |delay| delay.min(cap));
        // Bounded, so that it stays a number.
        self.multiplier = (self.multiplier * self.backoff.factor).min(1e12);
        let kept = 1.0 - self.backoff.jitter * self.random.fraction();
        let jittered = Duration::try_from_secs_f64(delay.as_secs_f64() * kept).unwrap_or(delay);
        // What is taken off does not lead below what a server may set.
        jittered.max(self.bounds.0).min(delay)
    }
}

impl fmt::Debug for Reconnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnection")
            .field("time", &self.time)
            .field("bounds", &self.bounds)
            .field("backoff", &self.backoff)
            .field("own_strategy", &self.strategy.is_some())
            .field("statuses", &self.statuses)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

/// SplitMix64: enough to keep clients apart, and the same for the same seed.
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    /// From 0.0 to just below 1.0.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // The upper 32 bits are exact in a float.
        f64::from(u32::try_from(mixed >> 32).unwrap_or(0)) / 4_294_967_296.0
    }
}
