//! The words of the crate `http`, for servers of others.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use sse_proto::{RequestHead, ResponseHead};

use crate::body::{EventBody, Sleep};
use crate::events::Answer;

/// The head of a request, as HTTP libraries hand it over.
#[must_use]
pub fn request_head(parts: &Parts) -> RequestHead {
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    RequestHead::new(parts.method.as_str(), target, headers)
}

impl Answer {
    /// The answer as a response of the crate `http`, which hyper, axum, warp and their like take.
    ///
    /// The crates of the runtimes have this with their own `sleep`, which the heartbeats of a channel need.
    #[must_use]
    pub fn into_http(self, sleep: Sleep) -> Response<EventBody> {
        let (head, body) = match self {
            Self::Response(response) => (response.head, EventBody::whole(response.body)),
            Self::Head(head) => (head, EventBody::whole(<_>::default())),
            Self::Stream(head, subscription) => (head, EventBody::new(subscription)),
            Self::Channel(head, channel) => (head, EventBody::channel(channel, sleep)),
        };
        with_head(head, body)
    }
}

fn with_head<B>(head: ResponseHead, body: B) -> Response<B> {
    let mut response = Response::new(body);
    let status = StatusCode::from_u16(head.status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in head.headers {
        // They were checked when the head was built.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
