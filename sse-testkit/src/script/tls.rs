//! TLS for the peer, with a certificate authority of its own.

use std::fmt;
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A certificate for `localhost` and `127.0.0.1`, made for one server, and the root that it was issued by.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) root: Vec<u8>,
    config: Arc<ServerConfig>,
}

impl Identity {
    pub(super) fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority
            .distinguished_name
            .push(DnType::CommonName, "sse-testkit root");
        let key = KeyPair::generate().expect("a key can be made");
        let root = CertifiedIssuer::self_signed(authority, key).expect("a root can be made");

        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let own = CertificateParams::new(names).expect("both are names");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = own
            .signed_by(&key, &root)
            .expect("the root can sign a certificate");

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .expect("the key belongs to the certificate");
        let root: CertificateDer<'static> = root.der().clone();
        Self {
            root: root.to_vec(),
            config: Arc::new(config),
        }
    }

    /// The server's side of a connection; None if TLS cannot begin at all.
    pub(super) fn accept(
        &self,
        stream: TcpStream,
    ) -> Option<StreamOwned<ServerConnection, TcpStream>> {
        let connection = ServerConnection::new(self.config.clone()).ok()?;
        Some(StreamOwned::new(connection, stream))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
