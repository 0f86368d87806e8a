//! Time without a clock: the caller says what time it is.

use core::ops::Add;
use core::time::Duration;

/// A point in time: how long after an origin that the caller picks.
///
/// The machines of this crate read no clock. Take one origin when the program starts, and measure from it by a clock
/// that never goes back; in a test, any number will do.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::Instant;
///
/// let origin = std::time::Instant::now();
/// let now = Instant::since_origin(origin.elapsed());
/// let later = now + Duration::from_secs(3);
/// assert_eq!(later.saturating_duration_since(now), Duration::from_secs(3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// The point in time so long after the origin.
    #[must_use]
    pub const fn since_origin(duration: Duration) -> Self {
        Self(duration)
    }

    /// How long after the origin it is.
    #[must_use]
    pub const fn duration_since_origin(self) -> Duration {
        self.0
    }

    /// How much later it is than `earlier`; zero if it is not later.
    #[must_use]
    pub const fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// What lies beyond the last point in time is the last point in time.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}
