//! Messages without the rest.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;
use sse_proto::MessageEvent;
use sse_proto::source::{SourceError, SourceItem, StreamedError};

use crate::event_source::EventSource;
use crate::runtime::Runtime;

type Check = Box<dyn FnMut(&MessageEvent) -> Result<(), String> + Send>;

pin_project! {
    /// A stream of messages: of an [`EventSource`], or of a response in hand.
    ///
    /// Made by [`EventSource::messages`], [`events`](crate::events) and [`events_in`](crate::events_in).
    #[must_use = "a stream does nothing until it is polled"]
    pub struct Messages<S> {
        #[pin]
        stream: S,
        sentinel: Option<String>,
        check: Option<Check>,
        is_over: bool,
        // What becomes of the stream where the messages end before it.
        leave: fn(Pin<&mut S>),
    }
}

impl<S> Messages<S> {
    pub(crate) fn new(stream: S, leave: fn(Pin<&mut S>)) -> Self {
        Self {
            leave,
            stream,
            sentinel: None,
            check: None,
            is_over: false,
        }
    }

    /// Ends the stream at the message with this data, which is not given: `[DONE]`, as many language models say.
    ///
    /// Where a source would connect again after it, this is also what keeps it from doing so: it is closed.
    pub fn until(mut self, sentinel: impl Into<String>) -> Self {
        self.sentinel = Some(sentinel.into());
        self
    }

    /// Asks of each message whether it is an error, as language models send one in a stream that is open already.
    ///
    /// One that is comes out as a [`StreamedError`] with the reason and the message, and ends the stream.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let body = String::from("data: Hello\n\nevent: error\ndata: overloaded\n\n");
    /// let mut events = sse_client::events(body).check(|message| match message.event_type() {
    ///     "error" => Err(message.data().to_owned()),
    ///     _ => Ok(()),
    /// });
    /// assert_eq!(events.next().await.unwrap().unwrap().data(), "Hello");
    /// let error = events.next().await.unwrap().unwrap_err();
    /// assert_eq!(error.to_string(), "the stream has an error in it: overloaded");
    /// assert!(events.next().await.is_none());
    /// # }
    /// ```
    pub fn check(
        mut self,
        check: impl FnMut(&MessageEvent) -> Result<(), String> + Send + 'static,
    ) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// Reads the data of each message as JSON.
    ///
    /// Data that is not the JSON of a `T` is an error that has it, and the stream goes on.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T>(self) -> crate::json::Json<T, S> {
        crate::json::Json::new(self)
    }
}

impl<S, E> Messages<S>
where
    S: Stream<Item = Result<MessageEvent, E>> + Unpin,
    E: From<StreamedError>,
{
    /// The next message; `None` at the end. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Option<S::Item> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<S, E> Stream for Messages<S>
where
    S: Stream<Item = Result<MessageEvent, E>>,
    E: From<StreamedError>,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if *this.is_over {
            return Poll::Ready(None);
        }
        let mut next = ready!(this.stream.as_mut().poll_next(cx));
        if let Some(Ok(message)) = &next {
            let is_last = this.sentinel.as_deref() == Some(message.data());
            let checked = match this.check {
                Some(check) if !is_last => check(message),
                _ => Ok(()),
            };
            if let Err(reason) = checked {
                let message = message.clone();
                *this.is_over = true;
                next = Some(Err(StreamedError { reason, message }.into()));
            } else if is_last {
                next = None;
            }
        }
        *this.is_over |= next.is_none();
        if *this.is_over {
            (this.leave)(this.stream);
        }
        Poll::Ready(next)
    }
}

impl<S: fmt::Debug> fmt::Debug for Messages<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("stream", &self.stream)
            .field("sentinel", &self.sentinel)
            .field("is_checked", &self.check.is_some())
            .field("is_over", &self.is_over)
            .finish()
    }
}

impl<R: Runtime> Messages<SourceMessages<R>> {
    /// The source of the messages.
    #[must_use]
    pub fn source(&self) -> &EventSource<R> {
        &self.stream.0
    }

    /// The source of the messages, to close it or to have it reconnect.
    pub fn source_mut(&mut self) -> &mut EventSource<R> {
        &mut self.stream.0
    }
}

/// The messages of an [`EventSource`], and the error after which it does not connect again.
///
/// Errors after which it does are passed over: read the source itself to see them. That a message was over the limit
/// is an error with [`Cause::TooLarge`](sse_proto::source::Cause::TooLarge), and the stream goes on after it.
/// That a stream has ended in good order is an error too where the source does not connect again, since only the
/// program knows whether it was complete; [`Messages::until`] ends the stream before.
pub struct SourceMessages<R: Runtime>(EventSource<R>);

impl<R: Runtime> SourceMessages<R> {
    pub(crate) fn messages(source: EventSource<R>) -> Messages<Self> {
        Messages::new(Self(source), |stream| stream.get_mut().0.close())
    }
}

impl<R: Runtime> Stream for SourceMessages<R> {
    type Item = Result<MessageEvent, SourceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_next(cx)) {
                Some(SourceItem::Message(message)) => return Poll::Ready(Some(Ok(message))),
                Some(SourceItem::TooLarge(error)) => return Poll::Ready(Some(Err(error.into()))),
                Some(SourceItem::Error(error)) if error.retry_in.is_none() => {
                    return Poll::Ready(Some(Err(error)));
                }
                Some(_) => {}
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<R: Runtime> fmt::Debug for SourceMessages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
