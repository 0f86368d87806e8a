//! What tokio brings to the server: sockets, and a task that drives the hub.

#[cfg(feature = "axum")]
mod axum;
mod http;
mod runtime;

#[cfg(feature = "axum")]
pub use axum::{AxumAnswer, axum_respond};
pub use http::{into_http, respond};
pub use runtime::{Clock as ServerClock, Socket, SocketOutlet, Stream};
pub use sse_hub::*;
pub use sse_server::{
    Answer, Conversation, EventBody, Events, Request, Router, Sleep, Step, request_head,
    set_up_socket,
};

use crate::Tokio;

/// An HTTP/1.1 server of event streams, which writes a hub's events to the sockets itself.
///
/// ```no_run
/// use sse_tokio::server::{Hub, Router, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let hub = Hub::builder().build();
/// let router = Router::new().events("/events", &hub);
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// Server::new(router).serve(listener).await
/// # }
/// ```
///
/// Its methods spawn tasks, and panic outside of a tokio runtime.
pub type Server = sse_server::Server<Tokio>;

/// Spawns the driver of a hub, which delivers what is published and keeps the time, unless it has one.
///
/// A [`Server`] does this by itself. It is needed where the streams are bodies of another HTTP library.
/// The task ends when the last handle of the hub is gone, or when the hub is closed and everyone has left.
///
/// # Panics
///
/// Outside of a tokio runtime.
pub fn drive(hub: &Hub) {
    sse_server::drive::<Tokio>(hub);
}
