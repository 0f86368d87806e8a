//! Messages that are JSON.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::de::DeserializeOwned;
use sse_proto::MessageEvent;
use sse_proto::source::{JsonStreamError, StreamedError};

use crate::messages::Messages;

pin_project! {
    /// A stream of values that came as JSON, made by [`Messages::json`].
    #[derive(Debug)]
    #[must_use = "a stream does nothing until it is polled"]
    pub struct Json<T, S> {
        #[pin]
        messages: Messages<S>,
        value: PhantomData<fn() -> T>,
    }
}

impl<T, S> Json<T, S> {
    pub(crate) fn new(messages: Messages<S>) -> Self {
        let value = PhantomData;
        Self { messages, value }
    }

    /// The messages that the values are read from.
    pub fn messages(&self) -> &Messages<S> {
        &self.messages
    }
}

impl<T, S, E> Json<T, S>
where
    T: DeserializeOwned,
    S: Stream<Item = Result<MessageEvent, E>> + Unpin,
    E: From<StreamedError>,
{
    /// The next value; `None` at the end. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Option<Result<T, JsonStreamError<E>>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T, S, E> Stream for Json<T, S>
where
    T: DeserializeOwned,
    S: Stream<Item = Result<MessageEvent, E>>,
    E: From<StreamedError>,
{
    type Item = Result<T, JsonStreamError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.project().messages.poll_next(cx));
        Poll::Ready(message.map(|message| {
            let message = message.map_err(JsonStreamError::Stream)?;
            message.json().map_err(JsonStreamError::Json)
        }))
    }
}
