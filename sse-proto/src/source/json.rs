//! Why a stream of values has none.

use core::error::Error;
use core::fmt;

use super::error::SourceError;
use crate::payload::JsonError;

/// Why there is no value.
#[derive(Debug)]
pub enum JsonStreamError<E = SourceError> {
    /// The stream failed, for good or in passing, as it says.
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

impl<E: Error + 'static> Error for JsonStreamError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stream(error) => Some(error),
            Self::Json(error) => Some(error),
        }
    }
}
