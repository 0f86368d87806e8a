//! What the contract tests ask of the service, and what they are answered.

mod callbacks;
mod params;
mod stream;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use callbacks::Client;
use params::Params;
use stream::{Command, Stream};

/// The optional parts of the tests that make sense for this client: all of them.
const CAPABILITIES: [&str; 13] = [
    "bom",
    "comments",
    "cr-only",
    "empty-or-missing-location",
    "event-type-listeners",
    "headers",
    "last-event-id",
    "payload-size-stress-testable",
    "post",
    "read-timeout",
    "report",
    "restart",
    "server-directed-shutdown-request",
];

/// The largest body of a request, far more than any of theirs.
const MAX_BODY_BYTES: usize = 1 << 20;
/// How many streams there may be at once; the tests have one or two.
const MAX_STREAMS: usize = 100;
/// The pause after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long the last answers may take to leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until it is told to quit.
pub(crate) async fn serve(listener: &TcpListener) {
    let service = Arc::new(Service::default());
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = service.told_to_quit.notified() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                eprintln!("cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let service = Arc::clone(&service);
        let answer = service_fn(move |request| {
            let service = Arc::clone(&service);
            async move { Ok::<_, Infallible>(service.answer(request).await) }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new());
        let connection = connections.watch(builder.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("a connection failed: {error}");
            }
        });
    }
    service.streams().open.clear();
    // Who keeps a connection busy now is not waited for.
    let _ = tokio::time::timeout(FAREWELL, connections.shutdown()).await;
}

#[derive(Default)]
struct Service {
    streams: Mutex<Streams>,
    callbacks: Client,
    told_to_quit: Notify,
}

#[derive(Default)]
struct Streams {
    open: HashMap<u64, Stream>,
    count: u64,
}

/// An answer, or why there is none better.
type Answer = Result<Response<Full<Bytes>>, Refusal>;

struct Refusal(StatusCode, String);

impl Service {
    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let answer = match body_of(body).await {
            Err(refusal) => Err(refusal),
            Ok(body) => self.route(&head.method, head.uri.path(), &body).await,
        };
        answer.unwrap_or_else(|Refusal(status, reason)| {
            eprintln!("{} {}: {reason}", head.method, head.uri);
            with_status(status, format!("{reason}\n"))
        })
    }

    async fn route(&self, method: &Method, path: &str, body: &[u8]) -> Answer {
        if path == "/" {
            return match *method {
                Method::GET => Ok(capabilities()),
                Method::POST => self.open(body),
                Method::DELETE => {
                    self.told_to_quit.notify_one();
                    Ok(done())
                }
                _ => Err(no_such_method()),
            };
        }
        let stream = path
            .strip_prefix("/streams/")
            .and_then(|number| number.parse().ok())
            .ok_or_else(no_such_stream)?;
        match *method {
            Method::POST => self.command(stream, body).await,
            Method::DELETE => self.close(stream),
            _ => Err(no_such_method()),
        }
    }

    fn open(&self, body: &[u8]) -> Answer {
        let params: Params = serde_json::from_slice(body).map_err(|error| invalid(&error))?;
        let source = params.source().map_err(|error| invalid(&*error))?;
        let callbacks = self.callbacks.to(&params.callback_url);
        let callbacks = callbacks.map_err(|error| invalid(&*error))?;

        let mut streams = self.streams();
        if streams.open.len() >= MAX_STREAMS {
            let reason = "there are too many streams; close one first".to_owned();
            return Err(Refusal(StatusCode::SERVICE_UNAVAILABLE, reason));
        }
        streams.count += 1;
        let number = streams.count;
        streams
            .open
            .insert(number, Stream::start(source, callbacks));
        let mut answer = with_status(StatusCode::CREATED, "");
        let location = format!("/streams/{number}").try_into();
        let location = location.expect("digits can stand in a header");
        answer.headers_mut().insert(LOCATION, location);
        Ok(answer)
    }

    async fn command(&self, stream: u64, body: &[u8]) -> Answer {
        let command: Command = serde_json::from_slice(body).map_err(|error| invalid(&error))?;
        let commands = self.streams().open.get(&stream).map(Stream::commands);
        let commands = commands.ok_or_else(no_such_stream)?;
        // A source that is closed takes none.
        let sent = commands.send(command).await;
        sent.map_err(|_| no_such_stream())?;
        Ok(done())
    }

    fn close(&self, stream: u64) -> Answer {
        let closed = self.streams().open.remove(&stream);
        closed.map(|_| done()).ok_or_else(no_such_stream)
    }
}

async fn body_of(body: Incoming) -> Result<Bytes, Refusal> {
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = body.map_err(|error| invalid(&*error))?;
    Ok(body.to_bytes())
}

fn capabilities() -> Response<Full<Bytes>> {
    let capabilities = json!({ "name": "sse-kit", "capabilities": CAPABILITIES });
    let mut answer = with_status(StatusCode::OK, capabilities.to_string());
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

fn done() -> Response<Full<Bytes>> {
    with_status(StatusCode::NO_CONTENT, "")
}

fn with_status(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response
}

fn invalid(error: &dyn std::error::Error) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error.to_string())
}

fn no_such_stream() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "there is no such stream".to_owned())
}

fn no_such_method() -> Refusal {
    let reason = "the contract has no such method here".to_owned();
    Refusal(StatusCode::METHOD_NOT_ALLOWED, reason)
}
