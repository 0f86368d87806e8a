//! Ours: a hub on our own server, and as a body of hyper and of axum.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sse_proto::log::{Framing, History};
use sse_tokio::server::{self, AxumAnswer, Events, Hub, Router, drive, into_http, request_head};
use tokio::net::TcpListener;

use crate::fanout::burst::Burst;
use crate::fanout::server::Server;
use crate::nodes::server as redis;

const TOPIC: &str = "a";

/// A hub, however its events leave.
struct Ours(Hub);

impl Ours {
    /// More history than any burst.
    fn new() -> Self {
        let history = History::new().events(4096);
        Self(Hub::builder().history(history).build())
    }

    fn events(&self) -> Events {
        Events::new(&self.0).topics([TOPIC])
    }

    fn publish(&self, burst: &Burst) {
        for data in burst.data() {
            let published = self.0.publish(TOPIC, &sse_proto::Event::new(data));
            published.wait().expect("it is published");
        }
    }

    fn counted(&self) -> String {
        let stats = self.0.stats();
        let ended = stats.ended;
        let (lagged, stalled) = (ended.lagged, ended.stalled);
        format!(
            "{lagged} lagged, {stalled} stalled, {} other ends",
            ended.total() - lagged - stalled
        )
    }
}

macro_rules! ours {
    ($(#[$doc:meta])* $name:ident, $start:expr) => {
        $(#[$doc])*
        pub(super) struct $name(Ours);

        impl Server for $name {
            fn start(listener: TcpListener) -> io::Result<Self> {
                let ours = Ours::new();
                $start(listener, &ours);
                Ok(Self(ours))
            }

            fn publish(&mut self, burst: &Burst) {
                self.0.publish(burst);
            }

            fn counted(&self) -> String {
                self.0.counted()
            }
        }
    };
}

ours! {
    /// Our own server, which writes to the sockets itself.
    OwnServer, |listener, ours: &Ours| {
        let router = Router::new().endpoint("/", ours.events());
        tokio::spawn(server::Server::new(router).serve(listener));
    }
}

/// How long a stream of [`Beating`] is silent between two heartbeats.
pub(in crate::fanout) const SILENCE: Duration = Duration::from_secs(1);

/// Our own server with a heartbeat each second; it counts what it has written.
pub(super) struct Beating(Ours);

impl Server for Beating {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let ours = Ours(Hub::builder().heartbeat(Some(SILENCE)).build());
        let router = Router::new().endpoint("/", ours.events());
        tokio::spawn(server::Server::new(router).serve(listener));
        Ok(Self(ours))
    }

    fn publish(&mut self, burst: &Burst) {
        self.0.publish(burst);
    }

    fn counted(&self) -> String {
        self.0.0.stats().writes.to_string()
    }
}

/// Our own server, whose hub has its events from a Redis that is started for it.
pub(super) struct OnRedis {
    ours: Ours,
    _redis: redis::Server,
}

impl Server for OnRedis {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let redis = redis::Server::start()?;
        let history = History::new().events(4096);
        let ours = Ours(redis.hub(Hub::builder().history(history))?);
        let router = Router::new().endpoint("/", ours.events());
        tokio::spawn(server::Server::new(router).serve(listener));
        Ok(Self {
            ours,
            _redis: redis,
        })
    }

    fn publish(&mut self, burst: &Burst) {
        let events: Vec<_> = burst.data().map(sse_proto::Event::new).collect();
        // It is on its way, whoever waits for it.
        drop(self.ours.0.publish_many(TOPIC, &events));
    }

    fn counted(&self) -> String {
        self.ours.counted()
    }
}

ours! {
    /// A body of ours in hyper.
    Hyper, |listener: TcpListener, ours: &Ours| {
        drive(&ours.0);
        tokio::spawn(accept(listener, Arc::new(ours.events())));
    }
}

ours! {
    /// A body of ours in axum.
    Axum, |listener, ours: &Ours| {
        drive(&ours.0);
        let router = axum::Router::new()
            .route("/", axum::routing::get(answer))
            .with_state(Arc::new(ours.events()));
        super::axum_bare::serve(listener, router);
    }
}

async fn accept(listener: TcpListener, events: Arc<Events>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let events = events.clone();
        let answer = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let events = events.clone();
            async move {
                let (parts, _) = request.into_parts();
                let answer = events.answer(request_head(&parts), Framing::Raw).await;
                Ok::<_, Infallible>(into_http(answer))
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

async fn answer(State(events): State<Arc<Events>>, request: Request) -> AxumAnswer {
    let (parts, _) = request.into_parts();
    AxumAnswer(events.answer(request_head(&parts), Framing::Raw).await)
}
