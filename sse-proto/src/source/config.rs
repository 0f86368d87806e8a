//! How a source behaves.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;

use super::checks::{self, InvalidRequest};
use super::retry::{Backoff, Reconnection, StatusRetry, Strategy};
use super::url::{InvalidUrl, Url};
use crate::codec::Decoder;
use crate::error::InvalidField;
use crate::headers::Headers;

/// What to request, and how to behave: the standard's way, unless you say otherwise.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::source::{Config, StatusRetry};
///
/// let config = Config::new("https://api.example.com/v1/answers")?
///     .header("Authorization", "Bearer 123")?
///     .header("Content-Type", "application/json")?
///     .body(r#"{"stream":true}"#)
///     .retry_statuses(StatusRetry::transient())
///     .idle_timeout(Some(Duration::from_secs(45)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Config {
    pub(super) url: Url,
    method: Option<String>,
    pub(super) headers: Headers,
    pub(super) body: Option<Bytes>,
    pub(super) decoder: Decoder,
    pub(super) reconnection: Reconnection,
    pub(super) reconnect: bool,
    pub(super) retry_first: bool,
    pub(super) resend_after_events: bool,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) redirect_limit: u8,
    pub(super) prepare_each_attempt: bool,
    pub(super) validate_responses: bool,
}

impl Config {
    /// A `GET` of this URL.
    ///
    /// What a URL cannot have as it is (spaces, letters beyond ASCII in path and query) is escaped; a fragment is
    /// left out.
    ///
    /// # Errors
    ///
    /// The URL must be absolute, `http` or `https`, and have a host and no user name.
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidUrl> {
        Ok(Self {
            url: Url::parse(&url.into())?,
            method: None,
            headers: Headers::new(),
            body: None,
            decoder: Decoder::new(),
            reconnection: Reconnection::new(),
            reconnect: true,
            retry_first: true,
            resend_after_events: false,
            idle_timeout: None,
            connect_timeout: Some(Duration::from_secs(30)),
            redirect_limit: 10,
            prepare_each_attempt: false,
            validate_responses: false,
        })
    }

    /// Sets the method: by default `GET`, and `POST` for a request with a body.
    ///
    /// `get`, `post` and the like are written in capitals, as browsers do; other methods are taken as they are.
    ///
    /// # Errors
    ///
    /// It must be one word, as HTTP defines it, and not `CONNECT`, `HEAD`, `TRACE` or `TRACK`.
    pub fn method(mut self, method: &str) -> Result<Self, InvalidRequest> {
        self.method = Some(checks::checked_method(method)?);
        Ok(self)
    }

    /// Adds a header. One of the source's own (`Accept`, `Cache-Control`) is replaced by it.
    ///
    /// A header whose name looks like that of a credential is not shown in debug output and does not follow a
    /// redirect to another origin.
    ///
    /// # Errors
    ///
    /// Name and value must be what HTTP allows, and the header not one that the transport or the source sets itself
    /// (`Content-Length`, `Last-Event-ID`).
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Result<Self, InvalidRequest> {
        let value = value.into();
        checks::check_header(name, &value)?;
        self.headers.append(name, value);
        Ok(self)
    }

    /// Sets the body, and with it the method to `POST` if no other is set.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Starts with a last event ID, to resume where an earlier source stopped. By default there is none.
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL.
    pub fn last_event_id(mut self, id: &str) -> Result<Self, InvalidField> {
        self.decoder = self.decoder.with_last_event_id(id)?;
        Ok(self)
    }

    /// Sets the reconnection time to start with, until the server sets another: 3 seconds by default.
    #[must_use]
    pub fn reconnection_time(mut self, time: Duration) -> Self {
        self.reconnection.time = time;
        self
    }

    /// Sets what reconnection times a server may set (`retry`): 100 milliseconds to 5 minutes by default.
    ///
    /// What it sets beyond is taken as the nearer bound. A maximum below the minimum counts as the minimum.
    #[must_use]
    pub fn reconnection_bounds(mut self, min: Duration, max: Duration) -> Self {
        self.reconnection.bounds = (min, max.max(min));
        self
    }

    /// Sets how the delay grows as failures follow one another.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.reconnection.backoff = backoff;
        self
    }

    /// Sets a way of the program's own to choose the delay, in place of [`backoff`](Self::backoff).
    ///
    /// It has to answer at once: it is asked in the middle of a decision. The client on threads asks it under its lock, so
    /// it must not use the source's handle.
    #[must_use]
    pub fn strategy(mut self, strategy: impl Strategy + 'static) -> Self {
        self.reconnection.strategy = Some(Arc::new(strategy));
        self
    }

    /// Says whether the source connects again when a connection failed or ended: by default it does.
    #[must_use]
    pub fn reconnect(mut self, reconnect: bool) -> Self {
        self.reconnect = reconnect;
        self
    }

    /// Says whether it does so too when no connection was open yet: by default it does.
    #[must_use]
    pub fn retry_first(mut self, retry_first: bool) -> Self {
        self.retry_first = retry_first;
        self
    }

    /// Sets which statuses are worth another try: by default none, as the standard has it.
    #[must_use]
    pub fn retry_statuses(mut self, statuses: StatusRetry) -> Self {
        self.reconnection.statuses = statuses;
        self
    }

    /// Says whether a request with a body, or of another method than `GET`, is sent again after its stream has
    /// dispatched an event: by default it is not, since its work would be done, and paid for, twice.
    #[must_use]
    pub fn resend_after_events(mut self, resend: bool) -> Self {
        self.resend_after_events = resend;
        self
    }

    /// Sets how long an open stream may be silent before it counts as lost; `None`, the default, is for ever.
    ///
    /// Any byte breaks the silence, those of a comment too. Take twice the server's heartbeat interval.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how long a request may wait for the head of its response: 30 seconds by default; `None` is for ever.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how many redirects in a row are followed: 10 by default.
    #[must_use]
    pub fn redirect_limit(mut self, limit: u8) -> Self {
        self.redirect_limit = limit;
        self
    }

    /// Sets how many bytes an event may take; see [`Decoder::with_max_event_bytes`].
    #[must_use]
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.decoder = self.decoder.with_max_event_bytes(bytes);
        self
    }

    /// Says whether comments are reported: by default they are not.
    #[must_use]
    pub fn comments(mut self, comments: bool) -> Self {
        self.decoder = self.decoder.with_comments(comments);
        self
    }

    /// Says whether it is reported that the stream sets the reconnection time: by default it is not, since the source
    /// sees to it.
    #[must_use]
    pub fn retry_fields(mut self, retry_fields: bool) -> Self {
        self.reconnection.is_reported = retry_fields;
        self
    }

    /// Says whether the source asks for headers and a URL before each attempt; see
    /// [`Action::Prepare`](super::Action::Prepare). By default it does not.
    #[must_use]
    pub fn prepare_each_attempt(mut self, prepare: bool) -> Self {
        self.prepare_each_attempt = prepare;
        self
    }

    /// Says whether the source asks what the program thinks of a response that it would accept; see
    /// [`Action::Validate`](super::Action::Validate). By default it does not.
    #[must_use]
    pub fn validate_responses(mut self, validate: bool) -> Self {
        self.validate_responses = validate;
        self
    }

    pub(super) fn effective_method(&self) -> &str {
        match &self.method {
            Some(method) => method,
            None if self.body.is_some() => "POST",
            None => "GET",
        }
    }

    /// Whether the request may be sent again although its stream has dispatched an event.
    pub(super) fn is_repeatable(&self) -> bool {
        self.resend_after_events || (self.body.is_none() && self.effective_method() == "GET")
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("method", &self.effective_method())
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("last_event_id", &self.decoder.last_event_id())
            .field("reconnect", &self.reconnect)
            .field("reconnection", &self.reconnection)
            .field("retry_first", &self.retry_first)
            .field("resend_after_events", &self.resend_after_events)
            .field("idle_timeout", &self.idle_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("redirect_limit", &self.redirect_limit)
            .field("prepare_each_attempt", &self.prepare_each_attempt)
            .field("validate_responses", &self.validate_responses)
            .finish_non_exhaustive()
    }
}
