//! How a session behaves.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::time::Duration;

use crate::error::{self, InvalidField};

/// What becomes of a subscriber that is so far behind that events were lost to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LagPolicy {
    /// Its stream ends. When it comes back, its last event ID says what it has missed, and the [`StalePolicy`] what
    /// becomes of that.
    #[default]
    Disconnect,
    /// It gets an event that says how many events it has missed, and then the oldest that is kept.
    Skip,
}

/// What becomes of a client whose last event ID leads nowhere: it is not known, or what came after it is not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StalePolicy {
    /// It gets an event that says so, on which it may fetch its state anew, and then what is new.
    #[default]
    Reset,
    /// It gets that event, and then all that is kept.
    ReplayAll,
    /// It gets what is new, and is not told that it has missed something.
    LiveOnly,
    /// It gets no stream: the response is 204, after which a browser does not come back.
    NoContent,
}

/// The type of the events that say where a stream stands, unless the [configuration](Config::cursor_event_type) says
/// otherwise. Their data is empty; who shows all events may leave them out.
pub const CURSOR_EVENT_TYPE: &str = "sse-cursor";

/// How sessions behave; one for all of a hub.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::session::{Config, LagPolicy};
///
/// let config = Config::new()
///     .heartbeat(Some(Duration::from_secs(25)))
///     .lag_policy(LagPolicy::Skip)
///     .lagged_event_type("missed")?;
/// # Ok::<(), sse_proto::InvalidField>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(super) priming: bool,
    pub(super) retry: Option<Duration>,
    pub(super) heartbeat: Option<Duration>,
    pub(super) write_deadline: Option<Duration>,
    pub(super) max_age: Option<Duration>,
    pub(super) reauthorise: Option<Duration>,
    pub(super) lag_policy: LagPolicy,
    pub(super) stale_policy: StalePolicy,
    pub(super) max_run_bytes: usize,
    pub(super) paged: bool,
    pub(super) cursor_event_type: String,
    pub(super) reset_event_type: String,
    pub(super) lagged_event_type: String,
    pub(super) farewell_event_type: Option<String>,
}

impl Config {
    /// The defaults, which each method names.
    #[must_use]
    pub fn new() -> Self {
        Self {
            priming: true,
            retry: Some(Duration::from_secs(2)),
            heartbeat: Some(Duration::from_secs(15)),
            write_deadline: Some(Duration::from_secs(30)),
            max_age: None,
            reauthorise: None,
            lag_policy: LagPolicy::default(),
            stale_policy: StalePolicy::default(),
            max_run_bytes: 64 << 10,
            paged: false,
            cursor_event_type: CURSOR_EVENT_TYPE.to_owned(),
            reset_event_type: "reset".to_owned(),
            lagged_event_type: "lagged".to_owned(),
            farewell_event_type: None,
        }
    }

    /// Says whether a stream begins with an event that carries the reconnection time and the cursor as its id: by
    /// default it does.
    ///
    /// Without it, a client that loses its connection before its first event comes back without an id, and misses what
    /// was published in between. It is of a [type](Self::cursor_event_type) that nobody listens to, and its data is
    /// empty.
    #[must_use]
    pub fn priming(mut self, priming: bool) -> Self {
        self.priming = priming;
        self
    }

    /// Sets the reconnection time that a stream begins with, and ends with: 2 seconds by default; `None` leaves it to
    /// the client.
    #[must_use]
    pub fn retry(mut self, time: Option<Duration>) -> Self {
        self.retry = time;
        self
    }

    /// Sets after how long a silence a comment is sent: 15 seconds by default; `None` is never.
    ///
    /// It keeps proxies from closing the connection, and finds out that a client is gone. 0 counts as 1 millisecond.
    #[must_use]
    pub fn heartbeat(mut self, silence: Option<Duration>) -> Self {
        self.heartbeat = silence.map(at_least_a_millisecond);
        self
    }

    /// Sets how long a write may make no progress: 30 seconds by default; `None` is for ever.
    ///
    /// A stream that is over it ends, since its client does not read.
    #[must_use]
    pub fn write_deadline(mut self, time: Option<Duration>) -> Self {
        self.write_deadline = time;
        self
    }

    /// Sets how long a stream lasts at most: `None`, the default, is for ever.
    ///
    /// It ends with a farewell, and the client comes back at once with its last event ID: for load balancers, and so
    /// that what was decided when it came is decided anew.
    #[must_use]
    pub fn max_age(mut self, age: Option<Duration>) -> Self {
        self.max_age = age;
        self
    }

    /// Sets how often the program is [asked](super::Transmit::Reauthorise) whether a subscriber may still have the
    /// stream: `None`, the default, is never. 0 counts as 1 millisecond.
    ///
    /// Events go on while it thinks. A question that is not answered when the next one is due is answered with no.
    #[must_use]
    pub fn reauthorise(mut self, interval: Option<Duration>) -> Self {
        self.reauthorise = interval.map(at_least_a_millisecond);
        self
    }

    /// Sets what becomes of a subscriber that falls behind: it is [disconnected](LagPolicy::Disconnect) by default.
    #[must_use]
    pub fn lag_policy(mut self, policy: LagPolicy) -> Self {
        self.lag_policy = policy;
        self
    }

    /// Sets what becomes of a last event ID that leads nowhere: the client [is told](StalePolicy::Reset) by default.
    #[must_use]
    pub fn stale_policy(mut self, policy: StalePolicy) -> Self {
        self.stale_policy = policy;
        self
    }

    /// Sets how many bytes of events are joined into one run: 64 KiB by default. One event is always taken, of
    /// whatever size.
    #[must_use]
    pub fn max_run_bytes(mut self, bytes: usize) -> Self {
        self.max_run_bytes = bytes;
        self
    }

    /// How many bytes of events are joined into one run.
    #[must_use]
    pub fn run_bytes(&self) -> usize {
        self.max_run_bytes
    }

    /// Says whether what the log does not keep can be had from elsewhere, a [page](super::Transmit::Page) at a time: by
    /// default it cannot.
    ///
    /// An id that leads nowhere is found out only behind the head of the response then, so 204 is no answer to it, and
    /// [`StalePolicy::NoContent`] counts as [`StalePolicy::Reset`].
    #[must_use]
    pub fn paged(mut self, paged: bool) -> Self {
        self.paged = paged;
        self
    }

    /// Sets the type of the events that carry nothing but a cursor: `sse-cursor` by default.
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL.
    pub fn cursor_event_type(mut self, event_type: &str) -> Result<Self, InvalidField> {
        self.cursor_event_type = checked(event_type)?;
        Ok(self)
    }

    /// Sets the type of the event that tells a client that it cannot resume: `reset` by default. Its data is why.
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL.
    pub fn reset_event_type(mut self, event_type: &str) -> Result<Self, InvalidField> {
        self.reset_event_type = checked(event_type)?;
        Ok(self)
    }

    /// Sets the type of the event that tells a client that it has missed events: `lagged` by default. Its data is how
    /// many.
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL.
    pub fn lagged_event_type(mut self, event_type: &str) -> Result<Self, InvalidField> {
        self.lagged_event_type = checked(event_type)?;
        Ok(self)
    }

    /// Sets the type of an event that a stream ends with: `None`, the default, makes it a comment. Its data is why.
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL.
    pub fn farewell_event_type(mut self, event_type: Option<&str>) -> Result<Self, InvalidField> {
        self.farewell_event_type = event_type.map(checked).transpose()?;
        Ok(self)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

fn checked(event_type: &str) -> Result<String, InvalidField> {
    error::check_event_type(event_type)?;
    Ok(event_type.to_owned())
}

/// What is due all the time would leave no time for anything else.
fn at_least_a_millisecond(time: Duration) -> Duration {
    time.max(Duration::from_millis(1))
}
