//! Messages that are JSON.

use std::iter::FusedIterator;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use sse_proto::MessageEvent;
use sse_proto::source::JsonStreamError;

use super::{Handle, Messages};

/// The values that came as JSON, made by [`Messages::json`].
#[derive(Debug)]
#[must_use = "nothing is read before it is asked"]
pub struct Json<T> {
    messages: Messages,
    value: PhantomData<fn() -> T>,
}

impl<T> Json<T> {
    pub(super) fn new(messages: Messages) -> Self {
        let value = PhantomData;
        Self { messages, value }
    }

    /// A hand on the source.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.messages.handle()
    }
}

impl<T: DeserializeOwned> Iterator for Json<T> {
    type Item = Result<T, JsonStreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = |message: MessageEvent| message.json().map_err(JsonStreamError::Json);
        let message = self.messages.next()?;
        Some(message.map_err(JsonStreamError::Stream).and_then(read))
    }
}

impl<T: DeserializeOwned> FusedIterator for Json<T> {}
