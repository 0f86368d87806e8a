//! `cargo run --bin axum`, then `curl -N http://127.0.0.1:8000/events`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use sse_frameworks::{TOPIC, address, counting_hub, told_to_end};
use sse_kit::tokio::server::{Events, axum_respond};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let hub = counting_hub();
    let router = Router::new()
        .route("/events", get(events))
        .with_state(Arc::new(Events::new(&hub).topics([TOPIC])));
    let listener = tokio::net::TcpListener::bind(address()).await?;
    axum::serve(listener, router)
        .with_graceful_shutdown(told_to_end(hub))
        .await
}

async fn events(State(events): State<Arc<Events>>, request: Request) -> Response {
    axum_respond(&events, request).await
}
