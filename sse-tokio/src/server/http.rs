//! Answers as responses of other HTTP libraries.

use http::Response;
use sse_server::{Answer, EventBody};

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
