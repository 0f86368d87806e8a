//! Answers as responses of axum.

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::{IntoResponse, Response};
use sse_server::{Answer, Events};

use super::{into_http, respond};

/// An answer as a response of axum: what [`Events::answer`] gives, or a [`Channel`](sse_hub::Channel).
///
/// ```
/// use sse_tokio::server::{AxumAnswer, channel};
///
/// async fn count() -> AxumAnswer {
///     let (sender, channel) = channel();
///     // … hand the sender to a task …
/// #   drop(sender);
///     AxumAnswer::from(channel)
/// }
/// ```
#[derive(Debug)]
pub struct AxumAnswer(pub Answer);

impl<T: Into<Answer>> From<T> for AxumAnswer {
    fn from(answer: T) -> Self {
        Self(answer.into())
    }
}

impl IntoResponse for AxumAnswer {
    fn into_response(self) -> Response {
        into_http(self.0).map(Body::new)
    }
}

/// Answers a request of axum as these events do: with a stream, or with a response that says why there is none.
///
/// The hub has to be [driven](super::drive).
///
/// ```no_run
/// use std::sync::Arc;
/// use axum::extract::{Request, State};
/// use axum::response::Response;
/// use sse_tokio::server::{Events, Hub, axum_respond, drive};
///
/// async fn events(State(events): State<Arc<Events>>, request: Request) -> Response {
///     axum_respond(&events, request).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let hub = Hub::builder().build();
/// drive(&hub);
/// let router = axum::Router::new()
///     .route("/events", axum::routing::get(events))
///     .with_state(Arc::new(Events::new(&hub).topics(["news"])));
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// axum::serve(listener, router).await
/// # }
/// ```
pub async fn axum_respond(events: &Events, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    respond(events, &parts).await.map(Body::new)
}
