//! Whom to trust.

use std::error::Error;
use std::fmt;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::Builder;

#[derive(Default)]
pub(super) struct Tls {
    /// The web's, if there are none.
    roots: Vec<Certificate<'static>>,
    accept_invalid: bool,
}

impl Tls {
    pub(super) fn config(self) -> TlsConfig {
        let config = TlsConfig::builder().disable_verification(self.accept_invalid);
        if self.roots.is_empty() {
            return config.root_certs(RootCerts::WebPki).build();
        }
        let roots = RootCerts::new_with_certs(&self.roots);
        config.root_certs(roots).build()
    }
}

impl Builder {
    /// Trusts the root certificates in this text (PEM), in place of the web's, beside others that are given.
    ///
    /// # Errors
    ///
    /// The text must have a certificate in it, and none that cannot be read.
    pub fn root_certificates_pem(mut self, pem: &[u8]) -> Result<Self, InvalidCertificate> {
        let before = self.tls.roots.len();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => self.tls.roots.push(certificate),
                Ok(_) => {}
                Err(error) => return Err(InvalidCertificate(error.to_string())),
            }
        }
        if self.tls.roots.len() == before {
            return Err(InvalidCertificate("there is none in the text".into()));
        }
        Ok(self)
    }

    /// Trusts this root certificate (DER), in place of the web's, beside others that are given.
    ///
    /// One that is no certificate trusts nobody.
    pub fn root_certificate_der(mut self, der: &[u8]) -> Self {
        self.tls.roots.push(Certificate::from_der(der).to_owned());
        self
    }

    /// **Dangerous: takes any certificate of anybody.** For tests alone.
    ///
    /// Whoever is on the way can read and change everything, tokens included.
    pub fn danger_accept_invalid_certificates(mut self) -> Self {
        self.tls.accept_invalid = true;
        self
    }
}

/// A text that has no root certificates that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCertificate(String);

impl fmt::Display for InvalidCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificates cannot be used: {}", self.0)
    }
}

impl Error for InvalidCertificate {}
