//! `cargo run --bin warp`, then `curl -N http://127.0.0.1:8000/events`.

use std::convert::Infallible;
use std::sync::Arc;

use sse_frameworks::{TOPIC, address, counting_hub, told_to_end};
use sse_kit::RequestHead;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, into_http};
use warp::Filter;
use warp::http::{HeaderMap, Method};
use warp::path::FullPath;
use warp::reply::{Reply, Response};

#[tokio::main]
async fn main() {
    let hub = counting_hub();
    let events = Arc::new(Events::new(&hub).topics([TOPIC]));
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let route = warp::path!("events")
        .and(warp::any().map(move || events.clone()))
        .and(warp::method())
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and_then(answer);
    warp::serve(route)
        .bind(address())
        .await
        .graceful(told_to_end(hub))
        .run()
        .await;
}

/// warp takes a request apart; here its head is put together again.
async fn answer(
    events: Arc<Events>,
    method: Method,
    path: FullPath,
    query: String,
    headers: HeaderMap,
) -> Result<Response, Infallible> {
    let target = format!("{}?{query}", path.as_str());
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let request = RequestHead::new(method.as_str(), target, headers);
    let (parts, body) = into_http(events.answer(request, Framing::Raw).await).into_parts();
    let mut response = warp::reply::stream(body).into_response();
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    Ok(response)
}
