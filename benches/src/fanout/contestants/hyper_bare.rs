//! The ceiling of hyper: a handler whose body hands it runs that are already joined.

use std::convert::Infallible;
use std::io;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::runs::Runs;
use crate::fanout::burst::Burst;
use crate::fanout::server::Server;

pub(super) struct Bare(Runs);

impl Server for Bare {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let runs = Runs::default();
        tokio::spawn(accept(listener, runs.clone()));
        Ok(Self(runs))
    }

    fn publish(&mut self, burst: &Burst) {
        self.0.publish(burst);
    }
}

async fn accept(listener: TcpListener, runs: Runs) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let runs = runs.clone();
        let answer = service_fn(move |_| {
            let response = Response::builder()
                .header(header::CONTENT_TYPE, "text/event-stream")
                .header(header::CACHE_CONTROL, "no-cache")
                .body(runs.body());
            async { Ok::<_, Infallible>(response.expect("the headers are valid")) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}
