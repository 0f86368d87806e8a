//! What carries requests and responses.

use std::error::Error;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use sse_proto::source::{TransportError, TransportErrorKind};

/// The body of a response, as a [`Transport`] hands it over.
pub type Body = Pin<Box<dyn http_body::Body<Data = Bytes, Error = TransportError> + Send>>;

/// The response to be, as a [`Transport`] hands it over. Dropping it gives the exchange up.
pub type TransportFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

/// What sends a request and receives its response: by default a [`HyperTransport`](super::HyperTransport).
///
/// Implement it to go through an HTTP client of your own, to count, or to have a server inside a test. It must not
/// follow redirects, nor wait for the whole body; and dropping the future or the body must end the exchange.
///
/// ```
/// use bytes::Bytes;
/// use sse_tokio::{Body, EventSource, SourceItem, Transport, TransportError, TransportErrorKind, TransportFuture};
///
/// /// A network that is down.
/// struct Down;
///
/// impl Transport for Down {
///     fn send(&mut self, request: http::Request<Bytes>) -> TransportFuture {
///         let message = format!("{} is out of reach", request.uri());
///         Box::pin(async { Err(TransportError::new(TransportErrorKind::Connect, message)) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut source = EventSource::builder("http://example.com/")?
///     .retry_first(false)
///     .transport(Down)
///     .build();
/// let Some(SourceItem::Error(error)) = source.next().await else { panic!("it cannot connect") };
/// assert!(error.to_string().contains("http://example.com/ is out of reach"));
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + 'static {
    /// Begins an exchange. The URL of the request is absolute; its headers are complete but for `Host` and
    /// `Content-Length`; a request without a body has an empty one.
    fn send(&mut self, request: Request<Bytes>) -> TransportFuture;
}

/// An error of a transport with its causes, in one line.
#[must_use]
pub fn failed(kind: TransportErrorKind, error: &dyn Error) -> TransportError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    TransportError::new(kind, message)
}
