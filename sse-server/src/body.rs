//! A stream as the body of a response.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use sse_hub::{Channel, Subscription};
use sse_proto::{Framing, Instant};

/// The body of a response that is a stream of a hub's events: for axum, hyper, warp, salvo, actix-web, poem and their
/// like.
///
/// It is an [`http_body::Body`] and a [`Stream`] of its bytes. Each poll gives all that is pending in one piece. It
/// needs its hub to be driven, which the crates of the runtimes see to. Dropping it ends the subscription.
pub struct EventBody(Content);

enum Content {
    // Some libraries want a body that can be shared; none of them does so while it polls.
    Stream(Mutex<Subscription>),
    Channel(Box<Mutex<Beating>>),
    /// Nothing once it was given.
    Whole(Option<Bytes>),
}

impl EventBody {
    /// The body of this subscription, which must be [framed raw](sse_proto::log::Framing::Raw).
    #[must_use]
    pub fn new(subscription: Subscription) -> Self {
        Self(Content::Stream(Mutex::new(subscription)))
    }

    /// The body of this channel. Its heartbeats need the time: `sleep` gives a future that is ready after so long.
    #[must_use]
    pub fn channel(channel: Channel, sleep: Sleep) -> Self {
        let channel = channel.framed(Framing::Raw);
        Self(Content::Channel(Box::new(Mutex::new(Beating {
            channel,
            sleep,
            sleeping: None,
        }))))
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
            Content::Channel(channel) => {
                let channel = channel.get_mut();
                channel.unwrap_or_else(PoisonError::into_inner).poll_run(cx)
            }
        }
    }
}

/// How a runtime sleeps: a future that is ready after so long.
pub type Sleep = fn(Duration) -> Sleeping;

type Sleeping = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A channel, and the time of its next heartbeat.
struct Beating {
    channel: Channel,
    sleep: Sleep,
    /// Until when, by the clock of the channel.
    sleeping: Option<(Instant, Sleeping)>,
}

impl Beating {
    fn poll_run(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            let run = self.channel.poll_run(cx);
            if run.is_ready() {
                return run;
            }
            let Some(deadline) = self.channel.deadline() else {
                return Poll::Pending;
            };
            let (until, sleeping) = self.sleeping.get_or_insert_with(|| {
                let left = deadline.saturating_duration_since(self.channel.now());
                (deadline, (self.sleep)(left))
            });
            ready!(sleeping.as_mut().poll(cx));
            // If the deadline has moved meanwhile, nothing happens, and the rest is waited for.
            self.channel.handle_timeout(*until);
            self.sleeping = None;
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
            Content::Stream(_) | Content::Channel(_) => SizeHint::default(),
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
            Content::Channel(_) => f.write_str("EventBody(Channel)"),
            Content::Whole(body) => {
                let bytes = body.as_ref().map_or(0, Bytes::len);
                f.debug_struct("EventBody").field("bytes", &bytes).finish()
            }
        }
    }
}
