//! `cargo run --bin poem`, then `curl -N http://127.0.0.1:8000/events`.

use std::sync::Arc;

use futures_util::TryStreamExt;
use poem::listener::TcpListener;
use poem::web::Data;
use poem::{Body, EndpointExt, Request, Response, Route, Server, handler};
use sse_frameworks::{TOPIC, address, counting_hub, told_to_end};
use sse_kit::RequestHead;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, into_http};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let hub = counting_hub();
    let events = Arc::new(Events::new(&hub).topics([TOPIC]));
    let app = Route::new().at("/events", answer).data(events);
    Server::new(TcpListener::bind(address()))
        .run_with_graceful_shutdown(app, told_to_end(hub), None)
        .await
}

#[handler]
async fn answer(Data(events): Data<&Arc<Events>>, request: &Request) -> Response {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let head = RequestHead::new(request.method().as_str(), target, headers);
    let (parts, body) = into_http(events.answer(head, Framing::Raw).await).into_parts();
    let body = body.map_err(|never| match never {});
    let mut response = Response::from(Body::from_bytes_stream::<_, _, std::io::Error>(body));
    response.set_status(parts.status);
    *response.headers_mut() = parts.headers;
    response
}
