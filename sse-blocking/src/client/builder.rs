//! How an event source is to be.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sse_proto::source::{
    Attempt, Backoff, Config, EventSource as Machine, InvalidRequest, InvalidUrl, Prepared,
    ResponseHead, StatusRetry, Strategy, Verdict,
};
use sse_proto::{Instant, InvalidField};

use super::handle::Shared;
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::transport::Transport;
use super::{CHUNK_BYTES, EventSource};

pub(super) type Prepare = Box<dyn FnMut(Attempt) -> Result<Prepared, String> + Send>;
pub(super) type Validate = Box<dyn FnMut(&ResponseHead) -> Verdict + Send>;

/// An [`EventSource`] before it is built.
///
/// What it behaves by is a [`Config`], whose every setting is here under the same name.
///
/// ```
/// use sse_blocking::EventSource;
/// use std::time::Duration;
///
/// let source = EventSource::builder("https://api.example.com/v1/answers")?
///     .header("Content-Type", "application/json")?
///     .body(r#"{"stream":true}"#)
///     .idle_timeout(Some(Duration::from_secs(45)))
///     .build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "nothing happens before it is built"]
pub struct Builder {
    config: Config,
    prepare: Prepare,
    validate: Validate,
    #[cfg(feature = "tls")]
    pub(super) tls: Tls,
}

/// Settings that are the machine's.
macro_rules! settings {
    ($($name:ident($value:ident: $type:ty)),+ $(,)?) => {
        $(
            #[doc = concat!("See [`Config::", stringify!($name), "`].")]
            pub fn $name(mut self, $value: $type) -> Self {
                self.config = self.config.$name($value);
                self
            }
        )+
    };
}

impl Builder {
    /// A `GET` of this URL.
    ///
    /// # Errors
    ///
    /// See [`Config::new`].
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidUrl> {
        Config::new(url).map(Self::from)
    }

    /// See [`Config::method`].
    ///
    /// # Errors
    ///
    /// It must be a method whose responses can have an event stream.
    pub fn method(mut self, method: &str) -> Result<Self, InvalidRequest> {
        self.config = self.config.method(method)?;
        Ok(self)
    }

    /// Adds a header; see [`Config::header`].
    ///
    /// # Errors
    ///
    /// Name and value must be what HTTP allows, and the header not one that is set for you.
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Result<Self, InvalidRequest> {
        self.config = self.config.header(name, value)?;
        Ok(self)
    }

    /// See [`Config::last_event_id`].
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL.
    pub fn last_event_id(mut self, id: &str) -> Result<Self, InvalidField> {
        self.config = self.config.last_event_id(id)?;
        Ok(self)
    }

    /// See [`Config::reconnection_bounds`].
    pub fn reconnection_bounds(mut self, min: Duration, max: Duration) -> Self {
        self.config = self.config.reconnection_bounds(min, max);
        self
    }

    settings! {
        body(body: impl Into<Bytes>),
        reconnection_time(time: Duration),
        backoff(backoff: Backoff),
        strategy(strategy: impl Strategy + 'static),
        reconnect(reconnect: bool),
        retry_first(retry_first: bool),
        retry_statuses(statuses: StatusRetry),
        resend_after_events(resend: bool),
        idle_timeout(timeout: Option<Duration>),
        connect_timeout(timeout: Option<Duration>),
        redirect_limit(limit: u8),
        max_event_bytes(bytes: usize),
        comments(comments: bool),
    }

    /// Calls this before each attempt for headers and a URL of its own, such as a fresh token. An error closes the
    /// source.
    ///
    /// It runs on the thread that asks for items.
    pub fn prepare(
        mut self,
        prepare: impl FnMut(Attempt) -> Result<Prepared, String> + Send + 'static,
    ) -> Self {
        self.config = self.config.prepare_each_attempt(true);
        self.prepare = Box::new(prepare);
        self
    }

    /// Calls this with the head of each response that would be accepted.
    ///
    /// It runs on the thread that asks for items.
    pub fn validate(
        mut self,
        validate: impl FnMut(&ResponseHead) -> Verdict + Send + 'static,
    ) -> Self {
        self.config = self.config.validate_responses(true);
        self.validate = Box::new(validate);
        self
    }

    /// The source. It connects when it is first asked for an item.
    pub fn build(self) -> EventSource {
        // Each hasher is keyed at random, and that is all that is needed here.
        let seed = RandomState::new().build_hasher().finish();
        let machine = Machine::new(self.config, seed, Instant::default());
        let shared = Arc::new(Shared::new(machine));
        let transport = Transport::new(
            &shared.wire,
            #[cfg(feature = "tls")]
            self.tls.config(),
        );
        EventSource {
            shared,
            transport,
            prepare: self.prepare,
            validate: self.validate,
            items: VecDeque::new(),
            request: None,
            response: None,
            chunk: vec![0; CHUNK_BYTES].into(),
        }
    }
}

impl From<Config> for Builder {
    fn from(config: Config) -> Self {
        Self {
            config,
            prepare: Box::new(|_| Ok(Prepared::default())),
            validate: Box::new(|_| Verdict::Accept),
            #[cfg(feature = "tls")]
            tls: Tls::default(),
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Builder").field(&self.config).finish()
    }
}
