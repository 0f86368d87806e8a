//! `cargo run --bin actix_web`, then `curl -N http://127.0.0.1:8000/events`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use sse_frameworks::{GRACE, TOPIC, address, counting_hub};
use sse_kit::RequestHead;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, into_http};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let hub = counting_hub();
    let events = Arc::new(Events::new(&hub).topics([TOPIC]));
    let app = move || {
        App::new()
            .app_data(Data::from(events.clone()))
            .route("/events", web::to(answer))
    };
    let server = HttpServer::new(app)
        .bind(address())?
        .disable_signals()
        .run();
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        hub.close(GRACE);
        handle.stop(true).await;
    });
    server.await
}

/// actix-web has types of its own for requests and responses: both are carried over.
async fn answer(events: Data<Events>, request: HttpRequest) -> HttpResponse {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let head = RequestHead::new(request.method().as_str(), target, headers);
    let (parts, body) = into_http(events.answer(head, Framing::Raw).await).into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).expect("both know the same");
    let mut response = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.streaming(body)
}
