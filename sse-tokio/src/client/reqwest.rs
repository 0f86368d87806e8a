//! Requests by reqwest.

use std::error::Error;
use std::fmt;
#[cfg(feature = "tls")]
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use reqwest::{Client, ClientBuilder, redirect};
use sse_client::{Body, Transport, TransportError, TransportErrorKind, TransportFuture, failed};

/// Requests by a [`reqwest::Client`]: with its proxies, cookies, compression, connection pool and TLS.
///
/// ```no_run
/// use sse_tokio::{EventSource, ReqwestTransport};
///
/// let client = reqwest::Client::builder().user_agent("prices/1.0");
/// let source = EventSource::builder("http://example.com/prices")?
///     .transport(ReqwestTransport::new(client)?)
///     .build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ReqwestTransport(Client);

impl ReqwestTransport {
    /// A transport by the client that this builder makes, with redirects off: the source follows them itself.
    ///
    /// A [`timeout`](ClientBuilder::timeout) of the client ends streams too, since it is one for whole exchanges.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    ///
    /// # Panics
    ///
    /// As that: where reqwest is built without a provider of cryptography, and none is installed for the process.
    pub fn new(client: ClientBuilder) -> Result<Self, reqwest::Error> {
        client.redirect(redirect::Policy::none()).build().map(Self)
    }
}

/// A client that is there already, which **keeps its own policy for redirects:** what it follows, the source does not
/// see, and what it says of origin and credentials is not the source's.
impl From<Client> for ReqwestTransport {
    fn from(client: Client) -> Self {
        Self(client)
    }
}

impl Transport for ReqwestTransport {
    fn send(&mut self, request: Request<Bytes>) -> TransportFuture {
        let client = self.0.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)
                .map_err(|error| failed(TransportErrorKind::Unsupported, &error))?;
            let response = client.execute(request).await;
            let response = Response::from(response.map_err(transport_error)?);
            Ok(response.map(|body| Box::pin(ResponseBody(body)) as Body))
        })
    }
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Unsupported
    } else if is_of_tls(&error) {
        TransportErrorKind::Tls
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Broken
    };
    // The source knows its URL, and what is said of it may have secrets in its query.
    failed(kind, &error.without_url())
}

/// Whether TLS is what failed, as far as it is our own rustls that says so.
#[cfg(feature = "tls")]
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    // An I/O error passes over what it is made of.
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    error.is::<sse_client::rustls::Error>()
        || inner.is_some_and(|inner| is_of_tls(inner))
        || error.source().is_some_and(is_of_tls)
}

#[cfg(not(feature = "tls"))]
fn is_of_tls(_: &(dyn Error + 'static)) -> bool {
    false
}

struct ResponseBody(reqwest::Body);

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = Pin::new(&mut self.0).poll_frame(cx);
        frame.map(|frame| frame.map(|frame| frame.map_err(transport_error)))
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReqwestTransport").field(&self.0).finish()
    }
}
