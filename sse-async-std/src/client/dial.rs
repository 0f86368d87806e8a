//! Connections with the traits of futures-io.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use futures_io::{AsyncRead, AsyncWrite};
use http::Uri;
use http::uri::Scheme;
use smol_hyper::rt::FuturesIo;
use sse_client::{Dial, TransportError, TransportErrorKind, failed};

/// How a runtime opens a TCP connection.
pub trait Connect: Send + Sync + 'static {
    /// The connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Connects, without Nagle's delay.
    fn connect(host: &str, port: u16) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// Connects as the runtime `C` does, one address of a name after the other.
pub struct FuturesDial<C>(PhantomData<C>);

impl<C> Default for FuturesDial<C> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<C> Clone for FuturesDial<C> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<C> fmt::Debug for FuturesDial<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FuturesDial")
    }
}

impl<C: Connect> Dial for FuturesDial<C> {
    type Connection = FuturesIo<C::Stream>;

    async fn dial(&self, url: Uri) -> Result<Self::Connection, TransportError> {
        let host = url.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let usual = if url.scheme() == Some(&Scheme::HTTPS) {
            443
        } else {
            80
        };
        let stream = C::connect(host, url.port_u16().unwrap_or(usual)).await;
        stream
            .map(FuturesIo::new)
            .map_err(|error| failed(TransportErrorKind::Connect, &error))
    }

    #[cfg(feature = "tls")]
    async fn secure(
        &self,
        connection: Self::Connection,
        server: sse_client::rustls::pki_types::ServerName<'static>,
        config: std::sync::Arc<sse_client::rustls::ClientConfig>,
    ) -> Result<sse_client::Secured, TransportError> {
        let stream = futures_rustls::TlsConnector::from(config)
            .connect(server, connection.into_inner())
            .await
            .map_err(|error| failed(TransportErrorKind::Tls, &error))?;
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        let connection = FuturesIo::new(stream);
        Ok(sse_client::Secured::new(connection, protocol.as_deref()))
    }
}
