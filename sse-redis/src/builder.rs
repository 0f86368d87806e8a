//! How Redis is used.

use std::time::Duration;

use redis::Client;

use crate::error::ConnectError;
use crate::redis::Redis;
use crate::stream::Stream;

/// A [`Redis`] in the making. Every method names its default.
#[derive(Clone, Debug)]
#[must_use = "nothing is connected yet"]
pub struct Builder {
    url: String,
    key: String,
    max_entries: u64,
    max_age: Option<Duration>,
    timeout: Duration,
}

impl Builder {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            key: "sse".to_owned(),
            max_entries: 100_000,
            max_age: None,
            timeout: Duration::from_secs(5),
        }
    }

    /// Sets the key of the stream: `sse` by default. Hubs with the same key are one.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Sets how many entries are retained, of all topics together: 100,000 by default. Redis may keep some more.
    pub fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = entries.max(1);
        self
    }

    /// Sets how old an entry may get: `None`, the default, is any age. Redis may keep some longer.
    pub fn max_age(mut self, age: Option<Duration>) -> Self {
        self.max_age = age;
        self
    }

    /// Sets how long Redis may take for an answer: 5 seconds by default. After that it counts as gone.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.max(Duration::from_millis(1));
        self
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// The URL is none, Redis cannot be reached or does not let us in, or the key has something else.
    pub fn connect(self) -> Result<Redis, ConnectError> {
        let client = Client::open(self.url).map_err(ConnectError::url)?;
        let stream = Stream {
            client,
            key: self.key,
            max_entries: self.max_entries,
            max_age: self.max_age,
            timeout: self.timeout,
        };
        let mut connection = stream.connect()?;
        stream.newest(&mut connection)?;
        Ok(Redis::new(stream))
    }
}
