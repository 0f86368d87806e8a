//! The simplest transport: the loop of the example `event_loop`, with TLS added.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sse_kit::source::{ReadyState, TransportError, TransportErrorKind};

use crate::driver::Driver;
use crate::exchange::{self, Connect, Connection};
use crate::harness::{Observed, Options, Stream, Transport};

pub(crate) struct Reference;

impl Transport for Reference {
    fn open(options: Options) -> Box<dyn Stream> {
        let mut driver = Driver::new(options.config);
        if let Some(mut prepare) = options.prepare {
            driver.prepare = Box::new(move |_| prepare());
        }
        if let Some(validate) = options.validate {
            driver.validate = validate;
        }
        if let Some(root) = options.root_certificate {
            driver.connect = connect_tls(root);
        }
        Box::new(driver)
    }
}

impl Stream for Driver {
    fn next(&mut self, within: Duration) -> Observed {
        self.next(within).map_or(Observed::Nothing, Observed::from)
    }

    fn close(&mut self) {
        self.machine.close();
    }

    fn reconnect(&mut self) {
        let now = self.now();
        self.machine.reconnect(now);
    }

    fn last_event_id(&self) -> String {
        self.machine.last_event_id().to_owned()
    }

    fn discarded_bytes(&self) -> usize {
        self.machine.discarded_bytes()
    }

    fn origin(&self) -> String {
        self.machine.origin().to_owned()
    }

    fn ready_state(&self) -> ReadyState {
        self.machine.ready_state()
    }
}

/// Connects with TLS, trusting this certificate alone.
fn connect_tls(root: Vec<u8>) -> Connect {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    Box::new(move |_, host, port, patience| {
        let failed = |error: &dyn std::error::Error| {
            TransportError::new(TransportErrorKind::Tls, error.to_string())
        };
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(&error))?;
        let mut session =
            ClientConnection::new(config.clone(), name).map_err(|error| failed(&error))?;
        let mut stream = exchange::tcp(host, port, patience)?;
        let handshake = stream
            .set_timeout(patience.max(Duration::from_millis(1)))
            .and_then(|()| session.complete_io(&mut stream));
        handshake.map_err(|error| failed(&error))?;
        Ok(Box::new(Tls(StreamOwned::new(session, stream))))
    })
}

struct Tls(StreamOwned<ClientConnection, TcpStream>);

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Connection for Tls {
    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.0.sock.set_timeout(timeout)
    }
}
