//! One HTTP exchange, by ureq. It follows nothing, judges nothing and keeps no connection: the machine does.

use std::io;
use std::sync::Arc;

use sse_proto::source::{Request, ResponseHead, TransportError, TransportErrorKind};
use ureq::config::{AutoHeaderValue, Config};
use ureq::{Agent, AsSendBody, BodyReader, Error, http};

use super::wire::{Wire, WireConnector, WireResolver};

/// What the head of a request takes beside its headers and its URL.
const OUTPUT_BYTES: usize = 16 << 10;

#[derive(Debug)]
pub(super) struct Transport {
    agent: Agent,
}

impl Transport {
    pub(super) fn new(wire: &Arc<Wire>, #[cfg(feature = "tls")] tls: ureq::tls::TlsConfig) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .allow_non_standard_methods(true)
            .user_agent(AutoHeaderValue::None)
            .proxy(None);
        #[cfg(feature = "tls")]
        let config = config.tls_config(tls);
        let connector = WireConnector::new(wire);
        let agent = Agent::with_parts(config.build(), connector, WireResolver::new(wire));
        Self { agent }
    }

    /// Sends a request, and waits for the head of its response.
    pub(super) fn send(
        &self,
        request: &Request,
    ) -> Result<(ResponseHead, BodyReader<'static>), TransportError> {
        let response = match &request.body {
            Some(body) => self.run(request, &body[..]),
            None if request.method == "GET" => self.run(request, ()),
            // Without a length, a server might wait for a body.
            None => self.run(request, &[][..]),
        };
        let (parts, body) = response.map_err(transport_error)?.into_parts();
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let head = ResponseHead::new(parts.status.as_u16(), headers);
        Ok((head, body.into_reader()))
    }

    fn run(
        &self,
        request: &Request,
        body: impl AsSendBody,
    ) -> Result<http::Response<ureq::Body>, Error> {
        let mut builder = http::Request::builder()
            .method(&*request.method)
            .uri(&request.url);
        let mut bytes = request.url.len() + OUTPUT_BYTES;
        for (name, value) in request.headers.iter() {
            bytes += name.len() + value.len();
            builder = builder.header(name, value);
        }
        let request = builder.body(body)?;
        // A header is written in one piece, and a last event ID may be huge.
        let request = self.agent.configure_request(request);
        self.agent.run(request.output_buffer_size(bytes).build())
    }
}

/// What went wrong while a body was read.
pub(super) fn read_error(error: io::Error) -> TransportError {
    transport_error(Error::from(error))
}

fn transport_error(error: Error) -> TransportError {
    let kind = match &error {
        Error::Other(other) => match other.downcast_ref::<TransportError>() {
            Some(error) => return error.clone(),
            None => TransportErrorKind::Other,
        },
        Error::Timeout(_) => TransportErrorKind::Timeout,
        Error::Tls(_) | Error::TlsRequired => TransportErrorKind::Tls,
        Error::Http(_) | Error::BadUri(_) => TransportErrorKind::Other,
        _ => TransportErrorKind::Broken,
    };
    TransportError::new(kind, error.to_string())
}
