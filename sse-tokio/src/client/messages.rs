//! Messages without the rest.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;
use sse_proto::MessageEvent;
use sse_proto::source::SourceError;

use super::event_source::{EventSource, SourceItem};

pin_project! {
    /// A stream of messages: of an [`EventSource`], or of a response in hand.
    ///
    /// Made by [`EventSource::messages`], [`events`](super::events) and [`events_in`](super::events_in).
    #[derive(Debug)]
    #[must_use = "a stream does nothing until it is polled"]
    pub struct Messages<S> {
        #[pin]
        stream: S,
        sentinel: Option<String>,
        is_over: bool,
    }
}

impl<S> Messages<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            sentinel: None,
            is_over: false,
        }
    }

    /// Ends the stream at the message with this data, which is not given: `[DONE]`, as many language models say.
    ///
    /// Where a source would connect again after it, this is also what keeps it from doing so. The connection is
    /// dropped with the stream.
    pub fn until(mut self, sentinel: impl Into<String>) -> Self {
        self.sentinel = Some(sentinel.into());
        self
    }

    /// Reads the data of each message as JSON.
    ///
    /// Data that is not the JSON of a `T` is an error that has it, and the stream goes on.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T>(self) -> super::json::Json<T, S> {
        super::json::Json::new(self)
    }
}

impl<S, E> Messages<S>
where
    S: Stream<Item = Result<MessageEvent, E>> + Unpin,
{
    /// The next message; `None` at the end. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Option<S::Item> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<S, E> Stream for Messages<S>
where
    S: Stream<Item = Result<MessageEvent, E>>,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        if *this.is_over {
            return Poll::Ready(None);
        }
        let message = ready!(this.stream.poll_next(cx)).filter(|message| {
            let data = message.as_ref().ok().map(MessageEvent::data);
            data.is_none() || data != this.sentinel.as_deref()
        });
        *this.is_over = message.is_none();
        Poll::Ready(message)
    }
}

impl Messages<SourceMessages> {
    /// The source of the messages.
    #[must_use]
    pub fn source(&self) -> &EventSource {
        &self.stream.0
    }

    /// The source of the messages, to close it or to have it reconnect.
    pub fn source_mut(&mut self) -> &mut EventSource {
        &mut self.stream.0
    }
}

/// The messages of an [`EventSource`], and the error after which it does not connect again.
///
/// Errors after which it does are passed over, as are messages over the limit: read the source itself to see them.
/// That a stream has ended in good order is an error too where the source does not connect again, since only the
/// program knows whether it was complete; [`Messages::until`] ends the stream before.
#[derive(Debug)]
pub struct SourceMessages(EventSource);

impl SourceMessages {
    pub(super) fn new(source: EventSource) -> Self {
        Self(source)
    }
}

impl Stream for SourceMessages {
    type Item = Result<MessageEvent, SourceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_next(cx)) {
                Some(SourceItem::Message(message)) => return Poll::Ready(Some(Ok(message))),
                Some(SourceItem::Error(error)) if error.retry_in.is_none() => {
                    return Poll::Ready(Some(Err(error)));
                }
                Some(_) => {}
                None => return Poll::Ready(None),
            }
        }
    }
}
