//! What the demo's server answers: a page, a stream, and short refusals.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use sse_kit::{EVENT_STREAM, Event};
use tokio::sync::Notify;

use super::broker::{Broker, Subscription};

const PAGE: &str = include_str!("page.html");
const NOT_FOUND: &str = "not found: there is a page at / and a stream at /events\n";
const NOT_ALLOWED: &str = "method not allowed: GET and HEAD are\n";

/// The page brings its own style and script along, and talks to nobody but this server.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How long a client is to wait before it reconnects.
const RECONNECTION_TIME: Duration = Duration::from_secs(1);

type Answer = Response<Either<Full<Bytes>, Subscription>>;

/// Answers one request; `hang_up` closes the connection that it came on.
pub(crate) fn answer<B>(
    request: &Request<B>,
    broker: &Arc<Broker>,
    hang_up: &Arc<Notify>,
) -> Answer {
    let path = request.uri().path();
    if path != "/" && path != "/events" {
        return text(StatusCode::NOT_FOUND, NOT_FOUND);
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, NOT_ALLOWED);
        set(&mut response, header::ALLOW, "GET, HEAD");
        return response;
    }
    match path {
        "/" => page(),
        // Asking for the head alone makes no subscriber.
        _ if request.method() == Method::HEAD => stream(Either::Left(Full::default())),
        _ => {
            let first = Event::default().retry(RECONNECTION_TIME).to_bytes();
            let hang_up = Arc::clone(hang_up);
            stream(Either::Right(broker.subscribe(first, hang_up)))
        }
    }
}

fn page() -> Answer {
    let mut response = text(StatusCode::OK, PAGE);
    set(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    set(&mut response, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    response
}

fn stream(body: Either<Full<Bytes>, Subscription>) -> Answer {
    let mut response = Response::new(body);
    set(&mut response, header::CONTENT_TYPE, EVENT_STREAM);
    set(
        &mut response,
        header::CACHE_CONTROL,
        "no-cache, no-transform",
    );
    // nginx and its like would hold events back otherwise.
    set(
        &mut response,
        HeaderName::from_static("x-accel-buffering"),
        "no",
    );
    response
}

fn text(status: StatusCode, text: &'static str) -> Answer {
    let body = Full::new(Bytes::from_static(text.as_bytes()));
    let mut response = Response::new(Either::Left(body));
    *response.status_mut() = status;
    set(
        &mut response,
        header::CONTENT_TYPE,
        "text/plain; charset=utf-8",
    );
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

fn set(response: &mut Answer, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
