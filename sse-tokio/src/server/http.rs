//! Answers as responses of other HTTP libraries.

use http::Response;
use http::request::Parts;
use sse_proto::Framing;
use sse_server::{Answer, EventBody, Events, request_head};

/// An answer as a response of the crate `http`, which hyper, warp and their like take: what
/// [`Events::answer`](sse_server::Events::answer) gives, or a [`Channel`](sse_hub::Channel).
///
/// ```
/// use sse_tokio::server::{channel, into_http};
///
/// let (sender, channel) = channel();
/// let response = into_http(channel);
/// assert_eq!(response.headers()["content-type"], "text/event-stream");
/// ```
#[must_use]
pub fn into_http(answer: impl Into<Answer>) -> Response<EventBody> {
    answer
        .into()
        .into_http(|time| Box::pin(tokio::time::sleep(time)))
}

/// Answers a request as these events do: with a stream, or with a response that says why there is none.
///
/// For the handlers of other HTTP libraries: the body of the response is an [`http_body::Body`] and a stream of bytes.
/// The hub has to be [driven](super::drive).
///
/// ```no_run
/// # use std::sync::Arc;
/// # use hyper::{Request, Response, body::Incoming};
/// use sse_tokio::server::{EventBody, Events, respond};
///
/// async fn handle(events: Arc<Events>, request: Request<Incoming>) -> Response<EventBody> {
///     let (parts, _) = request.into_parts();
///     respond(&events, &parts).await
/// }
/// ```
pub async fn respond(events: &Events, request: &Parts) -> Response<EventBody> {
    let answer = events.answer(request_head(request), Framing::Raw);
    into_http(answer.await)
}
