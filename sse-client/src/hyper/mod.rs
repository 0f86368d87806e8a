//! The usual transport: hyper, on a connection of its own for each exchange.

mod fair;
mod http1;
#[cfg(feature = "tls")]
mod http2;
mod sleeper;

use std::error::Error;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{Request, Response};
use http_body_util::Full;
use hyper::rt::{Read, Write};
use sse_proto::source::{TransportError, TransportErrorKind};

#[cfg(feature = "tls")]
use crate::tls::{Secured, TlsConfig, server_name};
use crate::transport::{Body, Transport, TransportFuture, failed};

/// How connections are made: the part of a transport that a runtime has to bring.
pub trait Dial: Clone + Send + Sync + 'static {
    /// A connection.
    type Connection: Read + Write + Unpin + Send + 'static;

    /// Connects to the host and port of this URL, by TCP.
    fn dial(
        &self,
        url: Uri,
    ) -> impl Future<Output = Result<Self::Connection, TransportError>> + Send;

    /// Does TLS on a connection, as its client. By default it cannot.
    ///
    /// Another crate may have turned the feature on, so that nobody need implement this.
    #[cfg(feature = "tls")]
    fn secure(
        &self,
        connection: Self::Connection,
        server: rustls::pki_types::ServerName<'static>,
        config: std::sync::Arc<rustls::ClientConfig>,
    ) -> impl Future<Output = Result<Secured, TransportError>> + Send {
        drop((connection, server, config));
        async { Err(no_tls()) }
    }
}

/// HTTP by hyper, over TCP, or over TLS with the feature `tls`: HTTP/1.1, and with TLS HTTP/2 where the server has it.
///
/// Each exchange has a connection of its own, which ends with it. Nothing is spawned: the connection is worked on
/// while its response is read.
#[derive(Clone, Debug, Default)]
pub struct HyperTransport<D> {
    dial: D,
    #[cfg(feature = "tls")]
    tls: TlsConfig,
}

impl<D: Dial + Default> HyperTransport<D> {
    /// A transport that trusts the web's certificate authorities.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
impl<D: Dial> HyperTransport<D> {
    /// Does TLS by this configuration: with roots, client certificates or a provider of your own.
    ///
    /// HTTP/2 and HTTP/1.1 are offered to the server, unless the configuration has protocols of its own.
    #[must_use]
    pub fn tls_config(mut self, config: impl Into<std::sync::Arc<rustls::ClientConfig>>) -> Self {
        self.tls = TlsConfig::of(config.into());
        self
    }

    /// **Dangerous: accepts any certificate,** expired ones, those of other hosts, and those of an attacker, who then
    /// reads and changes everything, credentials included.
    ///
    /// For tests alone. A server with a private authority is trusted by [`tls_config`](Self::tls_config).
    #[must_use]
    pub fn danger_accept_invalid_certificates(mut self) -> Self {
        self.tls = TlsConfig::accepting_anything();
        self
    }
}

impl<D: Dial> Transport for HyperTransport<D> {
    fn send(&mut self, request: Request<Bytes>) -> TransportFuture {
        let transport = self.clone();
        let request = request.map(Full::new);
        Box::pin(async move {
            let url = request.uri().clone();
            if url.scheme() != Some(&Scheme::HTTPS) {
                let connection = transport.dial.dial(url).await?;
                return http1::exchange(connection, in_origin_form(request)?).await;
            }
            transport.send_securely(url, request).await
        })
    }
}

impl<D: Dial> HyperTransport<D> {
    #[cfg(feature = "tls")]
    async fn send_securely(
        &self,
        url: Uri,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Body>, TransportError> {
        let server = server_name(&url)?;
        let connection = self.dial.dial(url).await?;
        let secured = self.dial.secure(connection, server, self.tls.config());
        let secured = secured.await?;
        if secured.is_http2 {
            http2::exchange(secured.connection, request).await
        } else {
            http1::exchange(secured.connection, in_origin_form(request)?).await
        }
    }

    #[cfg(not(feature = "tls"))]
    async fn send_securely(
        &self,
        _: Uri,
        _: Request<Full<Bytes>>,
    ) -> Result<Response<Body>, TransportError> {
        Err(no_tls())
    }
}

fn no_tls() -> TransportError {
    TransportError::new(
        TransportErrorKind::Unsupported,
        "https needs the feature `tls`",
    )
}

/// Moves the authority of the URL into the header `Host`, as HTTP/1.1 wants it.
fn in_origin_form(
    mut request: Request<Full<Bytes>>,
) -> Result<Request<Full<Bytes>>, TransportError> {
    let path = request.uri().path_and_query().cloned();
    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
    let url = std::mem::replace(request.uri_mut(), Uri::from(path));
    if !request.headers().contains_key(HOST) {
        let host = HeaderValue::try_from(host(&url))
            .map_err(|error| failed(TransportErrorKind::Unsupported, &error))?;
        request.headers_mut().insert(HOST, host);
    }
    Ok(request)
}

/// The host, and the port where it is not the scheme's own.
fn host(url: &Uri) -> String {
    let host = url.host().unwrap_or_default();
    let usual = if url.scheme() == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    match url.port_u16() {
        Some(port) if port != usual => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}

/// What broke it; that it happened while something was read or written is hyper's to know.
fn broken(error: &hyper::Error) -> TransportError {
    failed(TransportErrorKind::Broken, error.source().unwrap_or(error))
}
