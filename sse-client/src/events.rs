//! The events of a response that is there already.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;
use sse_proto::source::StreamedError;
use sse_proto::{Decoder, Item, MessageEvent, TooLarge};

use crate::messages::Messages;

/// The events in a body: of hyper, reqwest, axum, or whatever else gives an [`http_body::Body`].
///
/// It reads one body to its end: checking the response, and connecting again, is what [`EventSource`] is for.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let body = String::from("data: Hello\n\ndata: [DONE]\n\n");
/// let mut events = sse_client::events(body).until("[DONE]");
/// while let Some(event) = events.next().await {
///     assert_eq!(event?.data(), "Hello");
/// }
/// # Ok(())
/// # }
/// ```
///
/// [`EventSource`]: crate::EventSource
pub fn events<B: Body<Data = Bytes>>(body: B) -> Messages<Events<BodyChunks<B>>> {
    events_in(BodyChunks { body })
}

/// The events in a stream of chunks, cut anywhere, such as reqwest's `bytes_stream`.
///
/// The stream must be [`Unpin`] for [`Messages::next`]; `Box::pin` makes it so.
pub fn events_in<S, B, E>(chunks: S) -> Messages<Events<S>>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    let events = Events {
        chunks,
        decoder: Decoder::new(),
        items: VecDeque::new(),
        is_over: false,
    };
    Messages::new(events, |_| ())
}

pin_project! {
    /// The events in a stream of chunks, made by [`events`] and [`events_in`].
    #[derive(Debug)]
    pub struct Events<S> {
        #[pin]
        chunks: S,
        decoder: Decoder,
        items: VecDeque<Item>,
        is_over: bool,
    }
}

impl<S, B, E> Stream for Events<S>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    type Item = Result<MessageEvent, EventsError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match this.items.pop_front() {
                Some(Item::Event(event)) => return Poll::Ready(Some(Ok(event))),
                Some(Item::TooLarge(error)) => {
                    return Poll::Ready(Some(Err(EventsError::TooLarge(error))));
                }
                Some(_) => continue,
                None if *this.is_over => return Poll::Ready(None),
                None => {}
            }
            match ready!(this.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => this.items.extend(this.decoder.feed(chunk.as_ref())),
                Some(Err(error)) => {
                    *this.is_over = true;
                    return Poll::Ready(Some(Err(EventsError::Body(error))));
                }
                None => *this.is_over = true,
            }
        }
    }
}

pin_project! {
    /// A body as a stream of its chunks.
    #[derive(Debug)]
    pub struct BodyChunks<B> {
        #[pin]
        body: B,
    }
}

impl<B: Body<Data = Bytes>> Stream for BodyChunks<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.project().body;
        loop {
            match ready!(body.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// What can go wrong with the events of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventsError<E> {
    /// The body broke off: nothing follows.
    Body(E),
    /// An event was larger than the decoder's limit, and is lost; the others follow.
    TooLarge(TooLarge),
    /// An event was an error, as the program's own check found: nothing follows.
    Streamed(StreamedError),
}

impl<E> From<StreamedError> for EventsError<E> {
    fn from(error: StreamedError) -> Self {
        Self::Streamed(error)
    }
}

impl<E: fmt::Display> fmt::Display for EventsError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(error) => error.fmt(f),
            Self::TooLarge(error) => error.fmt(f),
            Self::Streamed(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for EventsError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Body(error) => Some(error),
            Self::TooLarge(error) => Some(error),
            Self::Streamed(error) => Some(error),
        }
    }
}
