//! Over TLS, streams come by HTTP/2 where the server has it.
#![cfg(all(
    feature = "tls",
    any(feature = "tokio", feature = "smol", feature = "async-std")
))]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::StreamBody;
use hyper::body::Frame;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sse_client::{Dial, EventSource, HyperTransport, Runtime};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// More than the windows of HTTP/2 let through at once, so that the connection must be worked on.
const EVENTS: usize = 3000;
const BYTES: usize = 1000;

struct Server {
    address: SocketAddr,
    trusting: ClientConfig,
    connections: Arc<AtomicUsize>,
}

/// A server that speaks HTTP/2 alone, gives each client so many events, and leaves their streams open.
fn serve() -> Server {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = Arc::new(ring::default_provider());
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let mut tls = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let trusting = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();

    let connections = Arc::new(AtomicUsize::new(0));
    let alive = connections.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let tls = TlsAcceptor::from(Arc::new(tls));
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, alive) = (tls.clone(), alive.clone());
                tokio::spawn(async move {
                    alive.fetch_add(1, Ordering::SeqCst);
                    if let Ok(stream) = tls.accept(stream).await {
                        let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                            .serve_connection(TokioIo::new(stream), service_fn(answer))
                            .await;
                    }
                    alive.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
    });
    Server {
        address,
        trusting,
        connections,
    }
}

async fn answer(
    request: Request<hyper::body::Incoming>,
) -> Result<
    Response<StreamBody<impl futures_util::Stream<Item = Result<Frame<Bytes>, Infallible>>>>,
    Infallible,
> {
    assert_eq!(request.version(), Version::HTTP_2);
    let first: usize = request
        .headers()
        .get("last-event-id")
        .map_or(0, |id| id.to_str().unwrap().parse::<usize>().unwrap() + 1);
    let events = stream::iter(first..EVENTS).map(|number| {
        let event = format!("id: {number}\ndata: {}\n\n", "x".repeat(BYTES));
        Ok(Frame::data(Bytes::from(event)))
    });
    Ok(Response::builder()
        .header("Content-Type", "text/event-stream")
        .body(StreamBody::new(events.chain(stream::pending())))
        .unwrap())
}

/// Reads all events, gives up the connection in between, and leaves nothing behind.
async fn reads_all_events<R: Runtime, D: Dial + Default>(server: &Server) {
    let transport = HyperTransport::<D>::new().tls_config(server.trusting.clone());
    let url = format!("https://localhost:{}/events", server.address.port());
    let mut messages = EventSource::<R>::builder(url)
        .unwrap()
        .transport(transport)
        .build()
        .messages();
    for number in 0..EVENTS {
        let message = messages.next().await.unwrap().unwrap();
        assert_eq!(message.last_event_id(), number.to_string());
        assert_eq!(message.data().len(), BYTES);
        if number == EVENTS / 2 {
            messages.source_mut().reconnect();
            // What had arrived before is given still, and then the rest.
        }
    }
    drop(messages);
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.connections.load(Ordering::SeqCst) > 0 {
        assert!(
            Instant::now() < deadline,
            "the client keeps a connection open"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(feature = "tokio")]
#[test]
fn tokio_reads_a_stream_over_http_2_without_a_task() {
    use sse_kit::tokio::{Tokio, TokioDial};
    let server = serve();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(reads_all_events::<Tokio, TokioDial>(&server));
    assert_eq!(runtime.metrics().num_alive_tasks(), 0);
}

#[cfg(feature = "smol")]
#[test]
fn smol_reads_a_stream_over_http_2() {
    use sse_kit::smol::{FuturesDial, Smol};
    let server = serve();
    async_io::block_on(reads_all_events::<Smol, FuturesDial<Smol>>(&server));
}

#[cfg(feature = "async-std")]
#[test]
fn async_std_reads_a_stream_over_http_2() {
    use sse_kit::async_std::{AsyncStd, FuturesDial};
    let server = serve();
    async_io::block_on(reads_all_events::<AsyncStd, FuturesDial<AsyncStd>>(&server));
}
