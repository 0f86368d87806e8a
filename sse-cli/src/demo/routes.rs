//! What the demo's server answers: a page, a stream, and short refusals.

use sse_kit::tokio::server::{Events, Hub, Router};
use sse_kit::{Response, ResponseHead};

use super::TOPIC;

const PAGE: &str = include_str!("page.html");
const NOT_FOUND: &str = "not found: there is a page at / and a stream at /events\n";

/// The page brings its own style and script along, and talks to nobody but this server.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes(hub: &Hub) -> Router {
    Router::new()
        .get("/", |_| page())
        .endpoint("/events", Events::new(hub).topics([TOPIC]))
        .fallback(|_| not_found())
}

fn page() -> Response {
    let headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-cache"),
        ("Content-Security-Policy", PAGE_POLICY),
        ("X-Content-Type-Options", "nosniff"),
    ];
    Response::new(ResponseHead::new(200, headers), PAGE)
}

fn not_found() -> Response {
    let headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
    ];
    Response::new(ResponseHead::new(404, headers), NOT_FOUND)
}
