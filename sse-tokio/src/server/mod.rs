//! What tokio brings to the server: sockets, and a task that drives the hub.

#[cfg(feature = "axum")]
mod axum;
mod connection;
mod drive;
mod http;
mod serve;
mod stream;

#[cfg(feature = "axum")]
pub use axum::AxumAnswer;
pub use drive::drive;
pub use http::into_http;
pub use serve::Server;
pub use sse_hub::*;
pub use sse_server::*;
