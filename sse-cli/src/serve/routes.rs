//! Which request is answered by what.

use std::sync::Arc;

use sse_kit::session::{Accepted, Cors, Endpoint, Refusal, RequestRules, StreamHead};
use sse_kit::tokio::server::{Answer, Events, Hub, Request, Router};
use sse_kit::{Response, ResponseHead};

use super::access::Access;
use super::{publish, status};
use crate::error::Error;

const PAGE: &str = include_str!("page.html");

/// The page brings its own style and script along, and talks to nobody but this server.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes(hub: &Hub, access: Arc<Access>, origins: &[String]) -> Result<Router, Error> {
    let readers = Arc::clone(&access);
    let events = Events::new(hub)
        .requests(Endpoint::new(RequestRules::new(), head(origins)?))
        .evaluate(move |request| {
            let may_read = readers.may_read(&request);
            async { may_read.map(|()| Accepted::new()) }
        });
    let (publishers, published_to) = (Arc::clone(&access), hub.clone());
    Ok(Router::new()
        .endpoint("/events", events)
        .route("POST", "/publish", move |request: Request| {
            let (allowed, hub) = (publishers.may_publish(&request.head), published_to.clone());
            async move {
                allowed?;
                publish::publish(hub, request).await
            }
        })
        .get("/", reading(hub, &access, |_| page()))
        .get("/stats", reading(hub, &access, status::stats))
        .get("/metrics", reading(hub, &access, status::metrics)))
}

/// Answers who may read.
fn reading(
    hub: &Hub,
    access: &Arc<Access>,
    respond: fn(&Hub) -> Response,
) -> impl Fn(Request) -> Answer + Send + Sync + 'static {
    let (hub, access) = (hub.clone(), Arc::clone(access));
    move |request| {
        let allowed: Result<(), Refusal> = access.may_read(&request.head);
        allowed.map(|()| respond(&hub)).into()
    }
}

fn head(origins: &[String]) -> Result<StreamHead, Error> {
    let head = StreamHead::new();
    Ok(match origins {
        [] => head,
        [any] if any == "*" => head.cors(Cors::any()),
        origins => {
            let cors = Cors::origins_with_credentials(origins);
            head.cors(cors.map_err(|error| Error::Failed(format!("--cors: {error}")))?)
        }
    })
}

fn page() -> Response {
    let headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-cache"),
        ("Content-Security-Policy", PAGE_POLICY),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    Response::new(ResponseHead::new(200, headers), PAGE)
}
