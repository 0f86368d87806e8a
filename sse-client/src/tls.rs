//! TLS: whom to trust, and what to offer.

use std::fmt;
use std::sync::{Arc, OnceLock};

use http::Uri;
use hyper::rt::{Read, Write};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sse_proto::source::{TransportError, TransportErrorKind};

use crate::transport::failed;

/// A connection with TLS on it, and what was agreed on.
pub struct Secured {
    pub(crate) connection: Box<dyn Connection>,
    /// HTTP/2 is spoken on it, and otherwise HTTP/1.1.
    pub(crate) is_http2: bool,
}

/// What hyper asks of a connection.
pub(crate) trait Connection: Read + Write + Unpin + Send {}

impl<T: Read + Write + Unpin + Send> Connection for T {}

impl Secured {
    /// A connection on which this protocol was negotiated (ALPN).
    #[must_use]
    pub fn new(
        connection: impl Read + Write + Unpin + Send + 'static,
        protocol: Option<&[u8]>,
    ) -> Self {
        Self {
            connection: Box::new(connection),
            is_http2: protocol == Some(b"h2"),
        }
    }
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secured")
            .field("is_http2", &self.is_http2)
            .finish_non_exhaustive()
    }
}

/// What TLS is done with; by default, trust in the web's roots.
#[derive(Clone, Debug, Default)]
pub struct TlsConfig(Option<Arc<ClientConfig>>);

impl TlsConfig {
    pub(crate) fn of(config: Arc<ClientConfig>) -> Self {
        if config.alpn_protocols.is_empty() {
            Self(Some(offering(Arc::unwrap_or_clone(config))))
        } else {
            Self(Some(config))
        }
    }

    pub(crate) fn accepting_anything() -> Self {
        let provider = Arc::new(ring::default_provider());
        let config = builder(&provider)
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AcceptAnything(provider)))
            .with_no_client_auth();
        Self(Some(offering(config)))
    }

    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        self.0.clone().unwrap_or_else(web)
    }
}

/// Whom the certificate must be for.
pub(crate) fn server_name(url: &Uri) -> Result<ServerName<'static>, TransportError> {
    let host = url.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(host.to_owned())
        .map_err(|error| failed(TransportErrorKind::Unsupported, &error))
}

/// The configuration that trusts the web's roots, made once.
fn web() -> Arc<ClientConfig> {
    static WEB: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let web = WEB.get_or_init(|| {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let config = builder(&Arc::new(ring::default_provider()))
            .with_root_certificates(roots)
            .with_no_client_auth();
        offering(config)
    });
    web.clone()
}

fn offering(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn builder(
    provider: &Arc<CryptoProvider>,
) -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    // The provider is named, since a process-wide default may be absent or another.
    ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("ring does TLS 1.2 and 1.3")
}

/// Only the name is not checked and the chain: that the server has the key of its certificate is.
#[derive(Debug)]
struct AcceptAnything(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAnything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
