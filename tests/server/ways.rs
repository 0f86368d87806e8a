//! The ways out of this project.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sse_kit::http1;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, Router, Server, drive, into_http, request_head};
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};

use crate::harness::{OwnServer, Served, Way};

fn runtime() -> Runtime {
    let mut runtime = runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build().unwrap()
}

/// Our own server on tokio.
pub(crate) struct Own;

impl Own {
    fn start(server: Server) -> Served {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(server.serve(listener));
        Served {
            address,
            runtime: Some(runtime),
        }
    }
}

impl Way for Own {
    fn serve(events: Events) -> Served {
        let runtime = runtime();
        let _guard = runtime.enter();
        Self::start(Server::new(Router::new().endpoint("/events", events)))
    }
}

impl OwnServer for Own {
    fn serve_routes(router: Router, max_connections: usize) -> Served {
        let http = http1::Config::new().header_timeout(Duration::from_millis(200));
        Self::start(
            Server::new(router)
                .max_connections(max_connections)
                .http(http),
        )
    }
}

/// hyper, with a body of ours.
pub(crate) struct Hyper;

impl Way for Hyper {
    fn serve(events: Events) -> Served {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let events = Arc::new(events);
        runtime.spawn(async move {
            drive(events.hub());
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let events = events.clone();
                let service = service_fn(move |request: hyper::Request<_>| {
                    let events = events.clone();
                    async move {
                        let (parts, _): (_, hyper::body::Incoming) = request.into_parts();
                        let answer = events.answer(request_head(&parts), Framing::Raw).await;
                        Ok::<_, Infallible>(into_http(answer))
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        Served {
            address,
            runtime: Some(runtime),
        }
    }
}

/// axum, with its own shutting down.
#[cfg(feature = "axum")]
pub(crate) struct Axum;

#[cfg(feature = "axum")]
impl Way for Axum {
    fn serve(events: Events) -> Served {
        use axum::extract::{Request, State};
        use sse_kit::tokio::server::AxumAnswer;

        async fn answer(State(events): State<Arc<Events>>, request: Request) -> AxumAnswer {
            let (parts, _) = request.into_parts();
            AxumAnswer(events.answer(request_head(&parts), Framing::Raw).await)
        }
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let events = Arc::new(events);
        let hub = events.hub().clone();
        let router = axum::Router::new()
            .route("/events", axum::routing::any(answer))
            .with_state(events);
        runtime.spawn(async move {
            drive(&hub);
            axum::serve(listener, router).await
        });
        Served {
            address,
            runtime: Some(runtime),
        }
    }
}
