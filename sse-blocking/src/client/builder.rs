//! How an event source is to be.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use sse_proto::Instant;
use sse_proto::source::{
    Attempt, Config, EventSource as Machine, InvalidUrl, Prepared, ResponseHead, Verdict,
};

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

impl Builder {
    /// A `GET` of this URL.
    ///
    /// # Errors
    ///
    /// See [`Config::new`].
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidUrl> {
        Config::new(url).map(Self::from)
    }

    sse_proto::__config_settings!();

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
