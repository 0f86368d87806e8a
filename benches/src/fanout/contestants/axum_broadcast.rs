//! axum in the documented way: its `Sse` over a broadcast channel of tokio, with keep-alive.

use std::convert::Infallible;
use std::io;

use axum::Router;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use super::axum_bare::serve;
use crate::fanout::burst::Burst;
use crate::fanout::server::Server;

/// Who is further behind loses what is older, and nobody is told.
const CAPACITY: usize = 1024;

pub(super) struct Broadcast(broadcast::Sender<String>);

impl Server for Broadcast {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let (sender, _) = broadcast::channel(CAPACITY);
        let channel = sender.clone();
        let stream = move || {
            let messages = BroadcastStream::new(channel.subscribe());
            let events = messages
                .filter_map(Result::ok)
                .map(|data| Ok::<_, Infallible>(Event::default().data(data)));
            let response = Sse::new(events).keep_alive(KeepAlive::default());
            async { response }
        };
        serve(listener, Router::new().route("/", get(stream)));
        Ok(Self(sender))
    }

    fn publish(&mut self, burst: &Burst) {
        for data in burst.data() {
            // Fails where nobody is subscribed.
            let _ = self.0.send(data.to_owned());
        }
    }
}
