//! Servers of others end in good order with streams open, once the hub is closed; and streams over HTTP/2.
#![cfg(all(feature = "tokio", feature = "server"))]

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use sse_kit::log::{Framing, History};
use sse_kit::tokio::server::{EventBody, Events, Hub, drive, into_http, request_head};
use sse_kit::{Decoder, Event, Item};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn hub() -> Hub {
    let history = History::new().events(10_000).bytes(64 << 20);
    let hub = Hub::builder().epoch(7).history(history).build();
    drive(&hub);
    hub
}

async fn answer(
    events: Arc<Events>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<EventBody>, Infallible> {
    let (parts, _) = request.into_parts();
    let answer = events.answer(request_head(&parts), Framing::Raw).await;
    Ok(into_http(answer))
}

/// hyper with HTTP/1.1 and HTTP/2, until it is told to end; then it says that it has.
fn serve_hyper(
    listener: TcpListener,
    hub: &Hub,
) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let events = Arc::new(Events::new(hub));
    let (tell, mut told) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let graceful = GracefulShutdown::new();
        loop {
            let (stream, _) = tokio::select! {
                accepted = listener.accept() => accepted.unwrap(),
                _ = &mut told => break,
            };
            let events = events.clone();
            let service = service_fn(move |request| answer(events.clone(), request));
            let connection = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .into_owned();
            tokio::spawn(graceful.watch(connection));
        }
        graceful.shutdown().await;
    });
    (tell, serving)
}

/// A client's half of a stream over HTTP.
struct Stream {
    body: Incoming,
    decoder: Decoder,
    items: Vec<Item>,
}

impl Stream {
    fn new(response: hyper::Response<Incoming>) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            decoder: Decoder::new().with_comments(true),
            items: Vec::new(),
        }
    }

    async fn item(&mut self) -> Option<Item> {
        while self.items.is_empty() {
            let frame = tokio::time::timeout(PATIENCE, self.body.frame());
            let frame = frame.await.expect("something comes")?.unwrap();
            if let Ok(bytes) = frame.into_data() {
                self.items = self.decoder.feed(&bytes).collect();
            }
        }
        Some(self.items.remove(0))
    }

    /// The data of the next event, past what only says where the stream stands.
    async fn data(&mut self) -> String {
        loop {
            match self.item().await.expect("the stream goes on") {
                Item::Event(event) if event.event_type() == "message" => {
                    return event.data().to_owned();
                }
                _ => {}
            }
        }
    }

    /// It ends in good order, with a farewell.
    async fn farewell(&mut self) {
        let mut items = Vec::new();
        while let Some(item) = self.item().await {
            items.push(item);
        }
        let words = Item::Comment("drained".into());
        let time = Item::Retry(Duration::from_secs(2));
        assert_eq!(items, [words, time]);
    }
}

fn request() -> hyper::Request<Empty<Bytes>> {
    let request = hyper::Request::get("http://test/events?stream=a").header("host", "test");
    request.body(Empty::new()).unwrap()
}

async fn over_http1(address: SocketAddr) -> Stream {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    Stream::new(sender.send_request(request()).await.unwrap())
}

type Http2 = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

async fn over_http2(address: SocketAddr) -> Http2 {
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    sender
}

async fn publish(hub: &Hub, data: &str) {
    hub.publish("a", &Event::new(data)).await.unwrap();
}

/// Whether a task has ended already, all others having had their turns.
async fn has_ended<T>(task: &mut tokio::task::JoinHandle<T>) -> bool {
    poll_fn(|cx| Poll::Ready(std::pin::Pin::new(&mut *task).poll(cx).is_ready())).await
}

#[tokio::test]
async fn hypers_graceful_shutdown_returns_once_the_hub_is_closed() {
    let hub = hub();
    let (listener, address) = listen().await;
    let (tell, mut serving) = serve_hyper(listener, &hub);
    let mut one = over_http1(address).await;
    let mut http2 = over_http2(address).await;
    let mut two = Stream::new(http2.send_request(request()).await.unwrap());

    tell.send(()).unwrap();
    // With streams open it waits, and they go on.
    for number in 0..10 {
        publish(&hub, &number.to_string()).await;
        for stream in [&mut one, &mut two] {
            assert_eq!(stream.data().await, number.to_string());
        }
    }
    assert!(!has_ended(&mut serving).await);

    let closing = hub.close(Duration::from_secs(5));
    one.farewell().await;
    two.farewell().await;
    tokio::time::timeout(PATIENCE, serving)
        .await
        .unwrap()
        .unwrap();
    closing.await;
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn axums_graceful_shutdown_returns_once_the_hub_is_closed() {
    use axum::extract::{Request, State};
    use sse_kit::tokio::server::AxumAnswer;

    async fn events(State(events): State<Arc<Events>>, request: Request) -> AxumAnswer {
        let (parts, _) = request.into_parts();
        AxumAnswer(events.answer(request_head(&parts), Framing::Raw).await)
    }
    let hub = hub();
    let (listener, address) = listen().await;
    let (tell, told) = oneshot::channel::<()>();
    let router = axum::Router::new()
        .route("/events", axum::routing::get(events))
        .with_state(Arc::new(Events::new(&hub)));
    let mut serving = tokio::spawn(async move {
        let serve = axum::serve(listener, router);
        serve
            .with_graceful_shutdown(async { drop(told.await) })
            .await
    });
    let mut stream = over_http1(address).await;

    tell.send(()).unwrap();
    for number in 0..10 {
        publish(&hub, &number.to_string()).await;
        assert_eq!(stream.data().await, number.to_string());
    }
    assert!(!has_ended(&mut serving).await);

    let closing = hub.close(Duration::from_secs(5));
    stream.farewell().await;
    let served = tokio::time::timeout(PATIENCE, serving).await.unwrap();
    served.unwrap().unwrap();
    closing.await;
}

#[tokio::test]
async fn many_streams_share_a_connection_of_http_2() {
    let hub = hub();
    let (listener, address) = listen().await;
    let (_tell, _serving) = serve_hyper(listener, &hub);
    let mut http2 = over_http2(address).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Stream::new(http2.send_request(request()).await.unwrap()));
    }
    for number in 0..20 {
        publish(&hub, &number.to_string()).await;
        for stream in &mut streams {
            assert_eq!(stream.data().await, number.to_string());
        }
    }
    // One that is reset is noticed, and the others go on.
    drop(streams.pop());
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while hub.stats().subscribers > 19 {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", hub.stats());
        tokio::task::yield_now().await;
    }
    publish(&hub, "still").await;
    for stream in &mut streams {
        assert_eq!(stream.data().await, "still");
    }
}

#[tokio::test]
async fn a_stream_of_http_2_that_is_not_read_holds_up_no_other() {
    let hub = hub();
    let (listener, address) = listen().await;
    let (_tell, _serving) = serve_hyper(listener, &hub);
    let mut http2 = over_http2(address).await;
    let mut stalled = Stream::new(http2.send_request(request()).await.unwrap());
    let mut reader = Stream::new(
        over_http2(address)
            .await
            .send_request(request())
            .await
            .unwrap(),
    );
    // More than the windows of a stream and of a connection.
    let data = "x".repeat(16 << 10);
    for _ in 0..1000 {
        publish(&hub, &data).await;
        assert_eq!(reader.data().await, data);
    }
    // All of it is still there for the one that had not read.
    for _ in 0..1000 {
        assert_eq!(stalled.data().await, data);
    }
}
