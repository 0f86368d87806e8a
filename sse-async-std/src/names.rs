//! What the crate and the modules of its runtimes have alike.

pub use crate::client::{ReaderChunks, events_from};
pub use sse_client::{
    Attempt, Backoff, Body, BodyChunks, Cause, Config, Events, EventsError, Failure, Headers,
    InvalidField, InvalidRequest, InvalidUrl, MessageEvent, Messages, Prepared, ReadyState,
    RedirectError, Refusal, ResponseHead, SourceError, SourceItem, StatusRetry, Strategy,
    StreamedError, TooLarge, Transport, TransportError, TransportErrorKind, TransportFuture,
    Verdict, events, events_in,
};
#[cfg(feature = "json")]
pub use sse_client::{Json, JsonError, JsonStreamError};
