//! Answers as responses of axum.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use sse_server::Answer;

use super::into_http;

/// What [`Events::answer`](sse_server::Events::answer) gives, as a response of axum.
///
/// ```ignore
/// async fn events(State(events): State<Arc<Events>>, request: Request) -> AxumAnswer {
///     let (parts, _) = request.into_parts();
///     AxumAnswer(events.answer(request_head(&parts), Framing::Raw).await)
/// }
/// ```
#[derive(Debug)]
pub struct AxumAnswer(pub Answer);

impl IntoResponse for AxumAnswer {
    fn into_response(self) -> Response {
        into_http(self.0).map(Body::new)
    }
}
