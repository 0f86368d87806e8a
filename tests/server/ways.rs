//! The ways out of this project.

use std::convert::Infallible;
use std::sync::Arc;
#[cfg(feature = "blocking")]
use std::sync::mpsc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sse_kit::http1;
use sse_kit::log::Framing;
use sse_kit::tokio::server::{Events, Router, Server, drive, into_http, request_head};
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};

use crate::harness::{Ending, OwnServer, Served, Way};

fn runtime() -> Runtime {
    let mut runtime = runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build().unwrap()
}

/// A runtime of tokio that does not wait for its tasks.
struct Background(Option<Runtime>);

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Our own server on tokio.
pub(crate) struct Own;

impl Own {
    fn start(server: Server) -> Served {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(server.serve(listener));
        Served::new(address, Background(Some(runtime)))
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

    fn serve_until(router: Router) -> (Served, Ending) {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (ending, told, has_ended) = Ending::new();
        runtime.spawn(async move {
            let served = Server::new(router).serve_until(listener, told).await;
            served.unwrap();
            has_ended.send(()).unwrap();
        });
        (Served::new(address, Background(Some(runtime))), ending)
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
        Served::new(address, Background(Some(runtime)))
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
        Served::new(address, Background(Some(runtime)))
    }
}

/// Our own server on tokio, given connections of which it knows nothing but that they can be read and written.
pub(crate) struct OwnByStream;

impl Way for OwnByStream {
    fn serve(events: Events) -> Served {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            let server = Server::new(Router::new().endpoint("/events", events));
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = server.clone();
                tokio::spawn(async move { server.serve_connection(stream).await });
            }
        });
        Served::new(address, Background(Some(runtime)))
    }
}

/// The same on smol.
#[cfg(feature = "smol")]
pub(crate) struct OwnOnSmolByStream;

#[cfg(feature = "smol")]
impl Way for OwnOnSmolByStream {
    fn serve(events: Events) -> Served {
        let listener = smol::block_on(smol::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let server = sse_kit::smol::server::Server::new(Router::new().endpoint("/events", events));
        let accepting: smol::Task<()> = smol::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = server.clone();
                smol::spawn(async move { server.serve_connection(stream).await }).detach();
            }
        });
        Served::new(address, accepting)
    }
}

/// Our own server on a runtime of smol's family.
macro_rules! own_on_async_io {
    ($way:ident, $runtime:ident, $bind:path, $spawn:expr) => {
        pub(crate) struct $way;

        impl $way {
            fn start(server: sse_kit::$runtime::server::Server) -> Served {
                let listener = smol::block_on($bind("127.0.0.1:0")).unwrap();
                let address = listener.local_addr().unwrap();
                Served::new(address, $spawn(server.serve(listener)))
            }
        }

        impl Way for $way {
            fn serve(events: Events) -> Served {
                let router = Router::new().endpoint("/events", events);
                Self::start(sse_kit::$runtime::server::Server::new(router))
            }
        }

        impl OwnServer for $way {
            fn serve_routes(router: Router, max_connections: usize) -> Served {
                let http = http1::Config::new().header_timeout(Duration::from_millis(200));
                let server = sse_kit::$runtime::server::Server::new(router);
                Self::start(server.max_connections(max_connections).http(http))
            }

            fn serve_until(router: Router) -> (Served, Ending) {
                let listener = smol::block_on($bind("127.0.0.1:0")).unwrap();
                let address = listener.local_addr().unwrap();
                let (ending, told, has_ended) = Ending::new();
                let serving = $spawn(async move {
                    let server = sse_kit::$runtime::server::Server::new(router);
                    let served = server.serve_until(listener, told).await;
                    served.unwrap();
                    has_ended.send(()).unwrap();
                });
                (Served::new(address, serving), ending)
            }
        }
    };
}

#[cfg(feature = "smol")]
own_on_async_io!(OwnOnSmol, smol, smol::net::TcpListener::bind, smol::spawn);
#[cfg(feature = "async-std")]
own_on_async_io!(
    OwnOnAsyncStd,
    async_std,
    async_std::net::TcpListener::bind,
    async_std::task::spawn
);

/// Our own server on threads.
#[cfg(feature = "blocking")]
pub(crate) struct OwnOnThreads;

/// Ends a server on threads.
#[cfg(feature = "blocking")]
struct ShutDown(sse_kit::blocking::server::Handle);

#[cfg(feature = "blocking")]
impl Drop for ShutDown {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

#[cfg(feature = "blocking")]
impl OwnOnThreads {
    fn start(server: sse_kit::blocking::server::Server) -> Served {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ending = ShutDown(server.handle());
        std::thread::spawn(move || server.serve(listener));
        Served::new(address, ending)
    }
}

#[cfg(feature = "blocking")]
impl Way for OwnOnThreads {
    fn serve(events: Events) -> Served {
        let router = Router::new().endpoint("/events", events);
        Self::start(sse_kit::blocking::server::Server::new(router))
    }
}

#[cfg(feature = "blocking")]
impl OwnServer for OwnOnThreads {
    fn serve_routes(router: Router, max_connections: usize) -> Served {
        let http = http1::Config::new().header_timeout(Duration::from_millis(200));
        let server = sse_kit::blocking::server::Server::new(router);
        Self::start(server.max_connections(max_connections).http(http))
    }

    fn serve_until(router: Router) -> (Served, Ending) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = sse_kit::blocking::server::Server::new(router);
        let handle = server.handle();
        let (has_ended, ended) = mpsc::channel();
        std::thread::spawn(move || {
            server.serve(listener).unwrap();
            has_ended.send(())
        });
        let tell = Box::new(move || handle.shut_down());
        (Served::new(address, ()), Ending { tell, ended })
    }
}
