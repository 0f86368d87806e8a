//! TLS: whom to trust.

use std::io;
use std::sync::{Arc, OnceLock};

use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sse_proto::source::{TransportError, TransportErrorKind};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::hyper::{HyperTransport, Tcp, failed};

/// What TLS is done with; `None` for the web's roots.
#[derive(Clone, Debug, Default)]
pub(super) struct Tls(Option<Arc<ClientConfig>>);

impl HyperTransport {
    /// Does TLS by this configuration: with roots, client certificates or a provider of your own.
    ///
    /// The protocol that is negotiated is HTTP/1.1, whatever it says.
    #[must_use]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls_config(mut self, config: impl Into<Arc<ClientConfig>>) -> Self {
        let mut config = Arc::unwrap_or_clone(config.into());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        self.tls = Tls(Some(Arc::new(config)));
        self
    }

    /// **Dangerous: accepts any certificate,** expired ones, those of other hosts, and those of an attacker, who then
    /// reads and changes everything, credentials included.
    ///
    /// For tests alone. A server with a private authority is trusted by [`tls_config`](Self::tls_config).
    #[must_use]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn danger_accept_invalid_certificates(self) -> Self {
        let provider = Arc::new(ring::default_provider());
        let config = builder(&provider)
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AcceptAnything(provider)))
            .with_no_client_auth();
        self.tls_config(config)
    }
}

impl Tls {
    pub(super) async fn handshake(
        &self,
        url: &Uri,
        tcp: Tcp,
    ) -> Result<TokioIo<TlsStream<tokio::net::TcpStream>>, TransportError> {
        let kind = TransportErrorKind::Tls;
        let host = url.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(kind, &error))?;
        let config = self.0.clone().unwrap_or_else(web);
        let stream = TlsConnector::from(config)
            .connect(name, tcp.into_inner())
            .await
            .map_err(|error: io::Error| failed(kind, &error))?;
        Ok(TokioIo::new(stream))
    }
}

/// The configuration that trusts the web's roots, made once.
fn web() -> Arc<ClientConfig> {
    static WEB: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let web = WEB.get_or_init(|| {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let mut config = builder(&Arc::new(ring::default_provider()))
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    });
    web.clone()
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
