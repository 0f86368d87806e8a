//! The messages of an event source, and nothing else.

use std::fmt;
use std::iter::FusedIterator;

use sse_proto::MessageEvent;
use sse_proto::source::{SourceError, SourceItem, StreamedError};

use super::{EventSource, Handle};

impl EventSource {
    /// The messages alone, over all reconnections.
    ///
    /// An error that the source recovers from is passed over; the one that ends it is the last item. A source that
    /// is [closed](Handle::close) ends without one. That a message was over the limit is an error with
    /// [`Cause::TooLarge`](sse_proto::source::Cause::TooLarge), and the messages go on after it.
    pub fn messages(self) -> Messages {
        Messages {
            source: self,
            sentinel: None,
            check: None,
        }
    }
}

type Check = Box<dyn FnMut(&MessageEvent) -> Result<(), String> + Send>;

/// The iterator of [`EventSource::messages`].
#[must_use = "nothing is read before it is asked"]
pub struct Messages {
    source: EventSource,
    sentinel: Option<String>,
    check: Option<Check>,
}

impl Messages {
    /// Ends at the message with this data, which is not given, and closes the source: `[DONE]`, as many language
    /// models say.
    pub fn until(mut self, sentinel: impl Into<String>) -> Self {
        self.sentinel = Some(sentinel.into());
        self
    }

    /// Asks of each message whether it is an error, as language models send one in a stream that is open already.
    ///
    /// One that is comes out as a [`StreamedError`] with the reason and the message, and closes the source.
    pub fn check(
        mut self,
        check: impl FnMut(&MessageEvent) -> Result<(), String> + Send + 'static,
    ) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// Reads the data of each message as JSON.
    ///
    /// Data that is not the JSON of a `T` is an error that has it, and the iterator goes on.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T>(self) -> super::Json<T> {
        super::Json::new(self)
    }

    /// A hand on the source.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.source.handle()
    }
}

impl Iterator for Messages {
    type Item = Result<MessageEvent, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let message = match self.source.find_map(|item| match item {
            SourceItem::Message(message) => Some(Ok(message)),
            SourceItem::TooLarge(error) => Some(Err(error.into())),
            SourceItem::Error(error) if error.retry_in.is_none() => Some(Err(error)),
            _ => None,
        })? {
            Ok(message) => message,
            Err(error) => return Some(Err(error)),
        };
        if self.sentinel.as_deref() == Some(message.data()) {
            self.source.abandon();
            return None;
        }
        if let Some(Err(reason)) = self.check.as_mut().map(|check| check(&message)) {
            self.source.abandon();
            return Some(Err(StreamedError { reason, message }.into()));
        }
        Some(Ok(message))
    }
}

impl FusedIterator for Messages {}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("source", &self.source)
            .field("sentinel", &self.sentinel)
            .field("is_checked", &self.check.is_some())
            .finish()
    }
}
