//! What a way out must provide to be told the stories.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use sse_kit::Event;
use sse_kit::tokio::server::{Builder, Events, Hub, Router};
use tokio::sync::oneshot;

pub(crate) use crate::client::{Client, PATIENCE};

/// A way to serve.
pub(crate) trait Way {
    /// Serves these events at `/events`.
    fn serve(events: Events) -> Served;
}

/// A way to serve that is all ours.
pub(crate) trait OwnServer: Way {
    /// Serves these routes to at most so many connections, with a header time of 200 milliseconds.
    fn serve_routes(router: Router, max_connections: usize) -> Served;

    /// Serves these routes until it is told to take no more connections.
    fn serve_until(router: Router) -> (Served, Ending);
}

/// How a server is told to end, and says that it has.
pub(crate) struct Ending {
    pub(crate) tell: Box<dyn FnOnce()>,
    pub(crate) ended: Receiver<()>,
}

impl Ending {
    /// Something that is told to end, a future of being told, and what says that the end has come.
    pub(crate) fn new() -> (Self, impl Future<Output = ()> + Send + 'static, Sender<()>) {
        let (tell, told) = oneshot::channel::<()>();
        let (has_ended, ended) = mpsc::channel();
        let tell = Box::new(|| drop(tell));
        (Self { tell, ended }, async { drop(told.await) }, has_ended)
    }
}

/// A server under test; dropped, it takes no more connections.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    _running: Box<dyn Any>,
}

impl Served {
    /// Something keeps it running.
    pub(crate) fn new(address: SocketAddr, running: impl Any) -> Self {
        Self {
            address,
            _running: Box::new(running),
        }
    }
}

/// A hub and its server.
pub(crate) struct Scene {
    pub(crate) hub: Hub,
    served: Served,
}

impl Scene {
    /// A hub as it is by default.
    pub(crate) fn new<W: Way>() -> Self {
        Self::with::<W>(|hub| hub, |events| events)
    }

    /// A hub that is not.
    pub(crate) fn with<W: Way>(
        build: impl FnOnce(Builder) -> Builder,
        serve: impl FnOnce(Events) -> Events,
    ) -> Self {
        let hub = build(Hub::builder().epoch(7)).build();
        let served = W::serve(serve(Events::new(&hub)));
        Self { hub, served }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.served.address
    }

    pub(crate) fn publish(&self, topic: &str, data: impl Into<String>) {
        let event = Event::new(data.into());
        self.hub
            .publish(topic, &event)
            .wait()
            .expect("it is published");
    }

    /// Waits until there are so many subscribers.
    #[track_caller]
    pub(crate) fn wait_for_subscribers(&self, count: usize) {
        wait_until(|| self.hub.stats().subscribers == count);
    }
}

#[track_caller]
pub(crate) fn wait_until(mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "it never comes to that");
        thread::sleep(Duration::from_millis(2));
    }
}
