//! What a subscriber has seen, and where a resumption begins.

use core::fmt;

use super::sequence::Sequence;

/// How far a subscriber has read a [set of topics](super::SetId).
///
/// It is one place in the order of all events, also when it is about several topics. Beside it stands how many events
/// it has passed, so that what was lost to it can be counted to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) at: Sequence,
    /// Of all that were ever appended to these topics.
    pub(super) seen: u64,
}

impl Cursor {
    /// Everything up to here has been read.
    #[must_use]
    pub fn sequence(self) -> Sequence {
        self.at
    }
}

/// Where a subscriber begins to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// It asked for nothing: it gets what is new from here on.
    Live(Cursor),
    /// It gets what came after the event that it saw last, and then what is new.
    From(Cursor),
    /// What it asked for cannot be given whole.
    Stale(Stale),
}

/// Why a stream cannot be resumed where a client left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stale {
    /// The id is none that this log has given, or it has forgotten it.
    Unknown,
    /// The id is of another epoch: of an earlier process, or of another hub.
    Foreign,
    /// The id is of an event that has not been yet.
    Future,
    /// What came after it is not kept any more, or not all of it.
    Evicted,
}

impl Stale {
    /// One word for it, as clients and metrics get to see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Foreign => "foreign",
            Self::Future => "future",
            Self::Evicted => "evicted",
        }
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the last event ID is not known",
            Self::Foreign => "the last event ID is of another epoch",
            Self::Future => "the last event ID is of an event that has not been yet",
            Self::Evicted => "what came after the last event ID is not kept any more",
        })
    }
}
