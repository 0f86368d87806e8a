//! How an event source is to be.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use sse_proto::InvalidField;
use sse_proto::source::{
    Attempt, Backoff, Config, InvalidRequest, Prepared, ResponseHead, StatusRetry, Strategy,
    Verdict,
};

use super::event_source::EventSource;
use super::exchange::{PrepareFuture, ValidateFuture};
use super::hyper::HyperTransport;
use super::transport::Transport;

pub(super) type Prepare = Box<dyn FnMut(Attempt) -> PrepareFuture + Send>;
pub(super) type Validate = Box<dyn FnMut(ResponseHead) -> ValidateFuture + Send>;

/// What to request, how to behave, and through what: made by [`EventSource::builder`], or from a [`Config`].
#[must_use = "nothing is connected before `build`"]
pub struct Builder {
    config: Config,
    transport: Option<Box<dyn Transport>>,
    prepare: Option<Prepare>,
    validate: Option<Validate>,
}

/// The settings that are the machine's.
macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n\nSee [`Config::", stringify!($name), "`].")]
            pub fn $name(mut self, $($argument: $type),*) -> Self {
                self.config = self.config.$name($($argument),*);
                self
            }
        )*
    };
}

impl Builder {
    /// Sets the method: by default `GET`, and `POST` for a request with a body.
    ///
    /// # Errors
    ///
    /// See [`Config::method`].
    pub fn method(mut self, method: &str) -> Result<Self, InvalidRequest> {
        self.config = self.config.method(method)?;
        Ok(self)
    }

    /// Adds a header.
    ///
    /// # Errors
    ///
    /// See [`Config::header`].
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Result<Self, InvalidRequest> {
        self.config = self.config.header(name, value)?;
        Ok(self)
    }

    /// Starts with a last event ID, to resume where an earlier source stopped.
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL.
    pub fn last_event_id(mut self, id: &str) -> Result<Self, InvalidField> {
        self.config = self.config.last_event_id(id)?;
        Ok(self)
    }

    settings! {
        /// Sets the body, and with it the method to `POST` if no other is set.
        body(body: impl Into<Bytes>);
        /// Sets the reconnection time to start with: 3 seconds by default.
        reconnection_time(time: Duration);
        /// Sets what reconnection times a server may set: 100 milliseconds to 5 minutes by default.
        reconnection_bounds(min: Duration, max: Duration);
        /// Sets how the delay grows as failures follow one another.
        backoff(backoff: Backoff);
        /// Sets a way of the program's own to choose the delay.
        strategy(strategy: impl Strategy + 'static);
        /// Says whether the source connects again when a connection failed or ended: by default it does.
        reconnect(reconnect: bool);
        /// Says whether it does so too when no connection was open yet: by default it does.
        retry_first(retry_first: bool);
        /// Sets which statuses are worth another try: by default none.
        retry_statuses(statuses: StatusRetry);
        /// Says whether a request with a body is sent again after its stream has dispatched an event: by default not.
        resend_after_events(resend: bool);
        /// Sets how long an open stream may be silent before it counts as lost; `None`, the default, is for ever.
        idle_timeout(timeout: Option<Duration>);
        /// Sets how long a request may wait for the head of its response: 30 seconds by default; `None` is for ever.
        connect_timeout(timeout: Option<Duration>);
        /// Sets how many redirects in a row are followed: 10 by default.
        redirect_limit(limit: u8);
        /// Sets how many bytes an event may take.
        max_event_bytes(bytes: usize);
        /// Says whether comments are reported: by default they are not.
        comments(comments: bool);
    }

    /// Asks for headers, and a URL, before each attempt: for tokens that expire.
    ///
    /// An error closes the source.
    ///
    /// ```
    /// use sse_tokio::{EventSource, Headers, Prepared};
    ///
    /// async fn fresh_token() -> Result<String, std::io::Error> {
    ///     Ok("123".into())
    /// }
    ///
    /// let source = EventSource::builder("http://example.com/events")?
    ///     .prepare(async |_attempt| {
    ///         let token = fresh_token().await.map_err(|error| error.to_string())?;
    ///         let headers = Headers::from_iter([("Authorization", format!("Bearer {token}"))]);
    ///         Ok(Prepared { headers, ..Prepared::default() })
    ///     })
    ///     .build();
    /// # Ok::<(), sse_tokio::InvalidUrl>(())
    /// ```
    pub fn prepare<F>(mut self, mut prepare: impl FnMut(Attempt) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Prepared, String>> + Send + 'static,
    {
        self.prepare = Some(Box::new(move |attempt| Box::pin(prepare(attempt))));
        self
    }

    /// Asks what to make of each response that would be accepted, before its body is read.
    ///
    /// ```
    /// use sse_tokio::{EventSource, Verdict};
    ///
    /// let source = EventSource::builder("http://example.com/events")?
    ///     .validate(async |head| match head.headers.get("x-api-version") {
    ///         Some(b"2") => Verdict::Accept,
    ///         _ => Verdict::Reject("version 2 is needed".into()),
    ///     })
    ///     .build();
    /// # Ok::<(), sse_tokio::InvalidUrl>(())
    /// ```
    pub fn validate<F>(
        mut self,
        mut validate: impl FnMut(ResponseHead) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Verdict> + Send + 'static,
    {
        self.validate = Some(Box::new(move |head| Box::pin(validate(head))));
        self
    }

    /// Sends the requests through this: by default, through [`HyperTransport::new`].
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// The source. It connects when it is first polled.
    #[must_use]
    pub fn build(self) -> EventSource {
        let transport = self
            .transport
            .unwrap_or_else(|| Box::new(HyperTransport::new()));
        EventSource::new(self.config, transport, self.prepare, self.validate)
    }
}

/// Whether the program is asked before attempts and about responses is said by
/// [`prepare`](Builder::prepare) and [`validate`](Builder::validate) alone.
impl From<Config> for Builder {
    fn from(config: Config) -> Self {
        Self {
            config,
            transport: None,
            prepare: None,
            validate: None,
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Builder").field(&self.config).finish()
    }
}
