//! Connections on tokio.

use std::error::Error;
use std::future::poll_fn;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use sse_client::{Dial, TransportError, TransportErrorKind, failed};
use tokio::net::TcpStream;
use tower_service::Service;

/// TCP by hyper's connector, which tries the addresses of a name side by side, IPv4 and IPv6.
///
/// Nothing is spawned, but that tokio looks names up on its blocking threads.
#[derive(Clone, Debug)]
pub struct TokioDial(HttpConnector);

/// What the system says; that it was about connecting is said by the kind of the error.
fn not_connected(error: &dyn Error) -> TransportError {
    failed(TransportErrorKind::Connect, error.source().unwrap_or(error))
}

impl Default for TokioDial {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        Self(connector)
    }
}

impl Dial for TokioDial {
    type Connection = TokioIo<TcpStream>;

    async fn dial(&self, url: Uri) -> Result<Self::Connection, TransportError> {
        let mut connector = self.0.clone();
        poll_fn(|cx| connector.poll_ready(cx))
            .await
            .map_err(|error| not_connected(&error))?;
        connector
            .call(url)
            .await
            .map_err(|error| not_connected(&error))
    }

    #[cfg(feature = "tls")]
    async fn secure(
        &self,
        connection: Self::Connection,
        server: sse_client::rustls::pki_types::ServerName<'static>,
        config: std::sync::Arc<sse_client::rustls::ClientConfig>,
    ) -> Result<sse_client::Secured, TransportError> {
        let stream = tokio_rustls::TlsConnector::from(config)
            .connect(server, connection.into_inner())
            .await
            .map_err(|error| failed(TransportErrorKind::Tls, &error))?;
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        let connection = TokioIo::new(stream);
        Ok(sse_client::Secured::new(connection, protocol.as_deref()))
    }
}
