//! `cargo run --bin hyper`, then `curl -N http://127.0.0.1:8000/events`, or with `--http2-prior-knowledge`.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper::{Request, body::Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use sse_frameworks::{GRACE, TOPIC, address, counting_hub};
use sse_kit::tokio::server::{Events, respond};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let hub = counting_hub();
    let events = Arc::new(Events::new(&hub).topics([TOPIC]));
    let listener = tokio::net::TcpListener::bind(address()).await?;
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = tokio::signal::ctrl_c() => break,
        };
        let events = events.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let events = events.clone();
            async move {
                let (parts, _) = request.into_parts();
                Ok::<_, Infallible>(respond(&events, &parts).await)
            }
        });
        // HTTP/1.1 and HTTP/2, as the client begins.
        let connection = Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        tokio::spawn(graceful.watch(connection));
    }
    hub.close(GRACE);
    graceful.shutdown().await;
    Ok(())
}
