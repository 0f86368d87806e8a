//! The messages of an event source, and nothing else.

use std::iter::FusedIterator;

use sse_proto::MessageEvent;
use sse_proto::source::SourceError;

use super::{EventSource, Handle, SourceItem};

impl EventSource {
    /// The messages alone, over all reconnections.
    ///
    /// An error that the source recovers from is passed over; the one that ends it is the last item. A source that
    /// is [closed](Handle::close) ends without one. Events over the limit are passed over too.
    pub fn messages(self) -> Messages {
        let sentinel = None;
        let source = self;
        Messages { source, sentinel }
    }
}

/// The iterator of [`EventSource::messages`].
#[derive(Debug)]
#[must_use = "nothing is read before it is asked"]
pub struct Messages {
    source: EventSource,
    sentinel: Option<String>,
}

impl Messages {
    /// Ends at the message with this data, which is not given, and closes the source: `[DONE]`, as many language
    /// models say.
    pub fn until(mut self, sentinel: impl Into<String>) -> Self {
        self.sentinel = Some(sentinel.into());
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
        let next = self.source.find_map(|item| match item {
            SourceItem::Message(message) => Some(Ok(message)),
            SourceItem::Error(error) if error.retry_in.is_none() => Some(Err(error)),
            _ => None,
        });
        if let (Some(Ok(message)), Some(sentinel)) = (&next, &self.sentinel) {
            if message.data() == sentinel {
                self.source.abandon();
                return None;
            }
        }
        next
    }
}

impl FusedIterator for Messages {}
