//! Why a command ended early, in words for the person who ran it.

use std::error::Error as StdError;
use std::io;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Error {
    /// The reader of our output has gone: there is nobody left to work for, nor to tell.
    OutputClosed,
    /// One line for the person who ran the command.
    Failed(String),
}

impl Error {
    /// The error of a write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::Failed(format!("cannot write the output: {}", cause(&error)))
    }
}

/// The innermost reason of an error: what happened, without the layers that passed it on.
pub(crate) fn cause(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    plain(&innermost.to_string())
}

/// A reason without the system's number for it: "(os error 111)" says nothing to the reader that the words before it
/// don't.
pub(crate) fn plain(reason: &str) -> String {
    match reason.split_once(" (os error ") {
        Some((words, _)) => lower_first(words),
        None => reason.to_owned(),
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
