//! `cargo run --bin salvo`, then `curl -N http://127.0.0.1:8000/events`.

use std::sync::Arc;

use salvo::http::ResBody;
use salvo::prelude::*;
use sse_frameworks::{GRACE, TOPIC, address, counting_hub};
use sse_kit::RequestHead;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, into_http};

/// The streams, as a handler of salvo's.
struct Streams(Arc<Events>);

#[async_trait]
impl Handler for Streams {
    async fn handle(
        &self,
        request: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let head = RequestHead::new(request.method().as_str(), target, headers);
        let (parts, body) = into_http(self.0.answer(head, Framing::Raw).await).into_parts();
        response.status_code(parts.status);
        response.set_headers(parts.headers);
        response.body(ResBody::stream(body));
    }
}

#[tokio::main]
async fn main() {
    let hub = counting_hub();
    let events = Arc::new(Events::new(&hub).topics([TOPIC]));
    let router = Router::with_path("events").goal(Streams(events));
    let server = Server::new(TcpListener::new(address()).bind().await);
    let handle = server.handle();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        hub.close(GRACE);
        handle.stop_graceful(None);
    });
    server.serve(router).await;
}
