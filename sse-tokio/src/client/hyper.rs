//! The usual transport: hyper, on a connection of its own for each exchange.

use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use sse_proto::source::{TransportError, TransportErrorKind};
use tower_service::Service;

use super::transport::{Body, Transport, TransportFuture};

/// HTTP/1.1 over TCP, or over TLS with the feature `tls`, by hyper.
///
/// Each exchange has a connection of its own, which ends with it. Names with several addresses are tried side by
/// side, IPv4 and IPv6. Nothing is spawned, but that tokio looks names up on its blocking threads.
#[derive(Clone, Debug)]
pub struct HyperTransport {
    connector: HttpConnector,
    #[cfg(feature = "tls")]
    pub(super) tls: super::tls::Tls,
}

impl HyperTransport {
    /// A transport that trusts the web's certificate authorities.
    #[must_use]
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        Self {
            connector,
            #[cfg(feature = "tls")]
            tls: super::tls::Tls::default(),
        }
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for HyperTransport {
    fn send(&mut self, request: Request<Bytes>) -> TransportFuture {
        let mut transport = self.clone();
        Box::pin(async move {
            let request = in_origin_form(request)?;
            let url = &request.url;
            let tcp = transport.connect(url.clone()).await?;
            if url.scheme() != Some(&Scheme::HTTPS) {
                return exchange(tcp, request.request).await;
            }
            #[cfg(feature = "tls")]
            {
                let tls = transport.tls.handshake(url, tcp).await?;
                exchange(tls, request.request).await
            }
            #[cfg(not(feature = "tls"))]
            Err(TransportError::new(
                TransportErrorKind::Tls,
                "https needs the feature `tls`",
            ))
        })
    }
}

impl HyperTransport {
    async fn connect(&mut self, url: Uri) -> Result<Tcp, TransportError> {
        let connect = TransportErrorKind::Connect;
        poll_fn(|cx| self.connector.poll_ready(cx))
            .await
            .map_err(|error| failed(connect, &error))?;
        self.connector
            .call(url)
            .await
            .map_err(|error| failed(connect, &error))
    }
}

pub(super) type Tcp = hyper_util::rt::TokioIo<tokio::net::TcpStream>;

/// A request as a server wants it, and the URL that it was made of.
struct Addressed {
    url: Uri,
    request: Request<Full<Bytes>>,
}

/// Moves the authority of the URL into the header `Host`.
fn in_origin_form(request: Request<Bytes>) -> Result<Addressed, TransportError> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().cloned();
    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
    let url = std::mem::replace(&mut head.uri, Uri::from(path));
    if !head.headers.contains_key(HOST) {
        let host = HeaderValue::try_from(host(&url))
            .map_err(|error| failed(TransportErrorKind::Other, &error))?;
        head.headers.insert(HOST, host);
    }
    let request = Request::from_parts(head, Full::new(body));
    Ok(Addressed { url, request })
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

/// Sends the request over a new connection, and gives the response as soon as its head is there.
async fn exchange<T>(
    connection: T,
    request: Request<Full<Bytes>>,
) -> Result<Response<Body>, TransportError>
where
    T: Read + Write + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| failed(TransportErrorKind::Broken, &error);
    let (mut sender, connection) = http1::Builder::new()
        .handshake(connection)
        .await
        .map_err(broken)?;
    let mut connection = Some(connection);
    let response = {
        let mut response = pin!(sender.send_request(request));
        poll_fn(|cx| {
            drive(&mut connection, cx);
            response.as_mut().poll(cx)
        })
        .await
        .map_err(broken)?
    };
    Ok(response.map(|incoming| {
        Box::pin(HyperBody {
            incoming,
            connection,
            _sender: sender,
        }) as Body
    }))
}

type Connection<T> = http1::Connection<T, Full<Bytes>>;

/// Lets the connection do what it can. What ends it is seen where its response is.
fn drive<T: Read + Write + Unpin>(connection: &mut Option<Connection<T>>, cx: &mut Context<'_>) {
    if let Some(alive) = connection {
        if Pin::new(alive).poll(cx).is_ready() {
            *connection = None;
        }
    }
}

/// The body of a response, with the connection that it comes over.
struct HyperBody<T: Read + Write> {
    incoming: Incoming,
    connection: Option<Connection<T>>,
    /// A connection without its sender would be taken for one that is done.
    _sender: http1::SendRequest<Full<Bytes>>,
}

impl<T: Read + Write + Unpin> http_body::Body for HyperBody<T> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = &mut *self;
        let mut frame = Pin::new(&mut this.incoming).poll_frame(cx);
        if frame.is_pending() {
            drive(&mut this.connection, cx);
            frame = Pin::new(&mut this.incoming).poll_frame(cx);
        }
        let frame = ready!(frame);
        Poll::Ready(
            frame.map(|frame| frame.map_err(|error| failed(TransportErrorKind::Broken, &error))),
        )
    }
}

/// An error with its causes, in one line.
pub(super) fn failed(kind: TransportErrorKind, error: &dyn Error) -> TransportError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    TransportError::new(kind, message)
}
