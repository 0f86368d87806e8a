//! What a test says of the stream that it wants opened.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use serde::Deserialize;
use sse_kit::tokio::EventSource;

/// Above the largest message of the tests, which is of 128 MiB.
const MAX_EVENT_BYTES: usize = 256 << 20;
/// The shortest delay: the tests ask for none at all, and a port that is closed must not be asked without pause.
const MIN_DELAY: Duration = Duration::from_millis(1);

/// The body of the request that opens a stream.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    stream_url: String,
    pub(super) callback_url: String,
    initial_delay_ms: Option<u64>,
    read_timeout_ms: Option<u64>,
    last_event_id: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    method: Option<String>,
    body: Option<String>,
}

impl Params {
    /// The source that is asked for.
    pub(super) fn source(&self) -> Result<EventSource, Box<dyn Error>> {
        let mut builder = EventSource::builder(&self.stream_url)?
            .comments(true)
            .max_event_bytes(MAX_EVENT_BYTES)
            .idle_timeout(self.read_timeout_ms.map(Duration::from_millis));
        if let Some(delay) = self.initial_delay_ms {
            builder = builder.reconnection_time(Duration::from_millis(delay).max(MIN_DELAY));
        }
        if let Some(id) = &self.last_event_id {
            builder = builder.last_event_id(id)?;
        }
        if let Some(method) = &self.method {
            builder = builder.method(method)?;
        }
        if let Some(body) = &self.body {
            builder = builder.body(body.clone());
        }
        for (name, value) in self.headers.iter().flatten() {
            builder = builder.header(name, value.as_str())?;
        }
        Ok(builder.build())
    }
}
