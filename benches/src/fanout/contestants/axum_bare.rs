//! The ceiling of axum: a handler whose body hands it runs that are already joined.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::runs::Runs;
use crate::fanout::burst::Burst;
use crate::fanout::server::Server;

pub(super) struct Bare(Runs);

impl Server for Bare {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let runs = Runs::default();
        let published = runs.clone();
        let stream = move || {
            let headers = [
                (header::CONTENT_TYPE, "text/event-stream"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            let response = (headers, Body::new(runs.body())).into_response();
            async { response }
        };
        serve(listener, Router::new().route("/", get(stream)));
        Ok(Self(published))
    }

    fn publish(&mut self, burst: &Burst) {
        self.0.publish(burst);
    }
}

/// Serves in a task; events leave at once.
pub(super) fn serve(listener: TcpListener, router: Router) {
    let listener = listener.tap_io(|stream| {
        // A socket that does not take the option is only slower.
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
}
