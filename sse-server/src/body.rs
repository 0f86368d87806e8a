//! A stream as the body of a response.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use sse_hub::Subscription;

/// The body of a response that is a stream of a hub's events: for axum, hyper, warp, salvo, actix-web, poem and their
/// like.
///
/// It is an [`http_body::Body`] and a [`Stream`] of its bytes. Each poll gives all that is pending in one piece. It
/// needs its hub to be driven, which the crates of the runtimes see to. Dropping it ends the subscription.
pub struct EventBody(Content);

enum Content {
    // Some libraries want a body that can be shared; none of them does so while it polls.
    Stream(Mutex<Subscription>),
    /// Nothing once it was given.
    Whole(Option<Bytes>),
}

impl EventBody {
    /// The body of this subscription, which must be [framed raw](sse_proto::log::Framing::Raw).
    #[must_use]
    pub fn new(subscription: Subscription) -> Self {
        Self(Content::Stream(Mutex::new(subscription)))
    }

    /// A body that is there already: of a refusal, say.
    pub(crate) fn whole(body: Bytes) -> Self {
        Self(Content::Whole(Some(body).filter(|body| !body.is_empty())))
    }

    fn poll_run(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match &mut self.0 {
            Content::Whole(body) => Poll::Ready(body.take()),
            Content::Stream(subscription) => {
                let subscription = subscription.get_mut();
                subscription
                    .unwrap_or_else(PoisonError::into_inner)
                    .poll_run(cx)
            }
        }
    }
}

impl http_body::Body for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let run = self.poll_run(cx);
        run.map(|run| run.map(|run| Ok(Frame::data(run))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Content::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Stream(_) => SizeHint::default(),
            Content::Whole(body) => {
                SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64))
            }
        }
    }
}

impl Stream for EventBody {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_run(cx).map(|run| run.map(Ok))
    }
}

impl fmt::Debug for EventBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Stream(subscription) => {
                f.debug_tuple("EventBody").field(subscription).finish()
            }
            Content::Whole(body) => {
                let bytes = body.as_ref().map_or(0, Bytes::len);
                f.debug_struct("EventBody").field("bytes", &bytes).finish()
            }
        }
    }
}
