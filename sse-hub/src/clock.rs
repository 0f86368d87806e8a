//! What time it is.

use std::fmt;
use std::sync::Arc;

use sse_proto::Instant;

/// Where a hub reads the time.
///
/// By default it is the system's monotonic clock. A test hands in one of its own, which it sets as it likes.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The system's monotonic clock.
    #[must_use]
    pub fn system() -> Self {
        let origin = std::time::Instant::now();
        Self::new(move || Instant::since_origin(origin.elapsed()))
    }

    /// A clock of the program's own, which must never go back.
    #[must_use]
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
