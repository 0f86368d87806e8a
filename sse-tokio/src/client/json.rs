//! Messages that are JSON.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::de::DeserializeOwned;
use sse_proto::source::SourceError;
use sse_proto::{JsonError, MessageEvent};

use super::messages::{Messages, SourceMessages};

pin_project! {
    /// A stream of values that came as JSON, made by [`Messages::json`].
    #[derive(Debug)]
    #[must_use = "a stream does nothing until it is polled"]
    pub struct Json<T, S = SourceMessages> {
        #[pin]
        messages: Messages<S>,
        value: PhantomData<fn() -> T>,
    }
}

impl<T, S> Json<T, S> {
    pub(super) fn new(messages: Messages<S>) -> Self {
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

/// Why there is no value.
#[derive(Debug)]
pub enum JsonStreamError<E = SourceError> {
    /// The stream failed.
    Stream(E),
    /// A message was not the JSON that was expected; its text is in the error.
    Json(JsonError),
}

impl<E: fmt::Display> fmt::Display for JsonStreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(error) => error.fmt(f),
            Self::Json(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for JsonStreamError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stream(error) => error.source(),
            Self::Json(error) => error.source(),
        }
    }
}
