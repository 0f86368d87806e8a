//! How an event source is to be.

use std::fmt;
use std::marker::PhantomData;

use sse_proto::source::{Attempt, Config, Prepared, ResponseHead, Verdict};

use crate::event_source::EventSource;
use crate::exchange::{PrepareFuture, ValidateFuture};
use crate::runtime::Runtime;
use crate::transport::Transport;

pub(crate) type Prepare = Box<dyn FnMut(Attempt) -> PrepareFuture + Send>;
pub(crate) type Validate = Box<dyn FnMut(ResponseHead) -> ValidateFuture + Send>;

/// What to request, how to behave, and through what: made by [`EventSource::builder`], or from a [`Config`].
#[must_use = "nothing is connected before `build`"]
pub struct Builder<R> {
    config: Config,
    transport: Option<Box<dyn Transport>>,
    prepare: Option<Prepare>,
    validate: Option<Validate>,
    runtime: PhantomData<fn() -> R>,
}

impl<R: Runtime> Builder<R> {
    sse_proto::__config_settings!();

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

    /// Sends the requests through this: by default, through its runtime's own.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// The source. It connects when it is first polled.
    #[must_use]
    pub fn build(self) -> EventSource<R> {
        let transport = self.transport.unwrap_or_else(R::transport);
        EventSource::new(self.config, transport, self.prepare, self.validate)
    }
}

/// Whether the program is asked before attempts and about responses is said by
/// [`prepare`](Builder::prepare) and [`validate`](Builder::validate) alone.
impl<R> From<Config> for Builder<R> {
    fn from(config: Config) -> Self {
        Self {
            config,
            transport: None,
            prepare: None,
            validate: None,
            runtime: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Builder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Builder").field(&self.config).finish()
    }
}
