//! Why a topic is not there, an event not taken, or a set of topics not followed.

use alloc::string::String;
use core::error::Error;
use core::fmt;

use super::sequence::Sequence;

/// Why there is no such topic, and none was created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicError {
    /// Topics are created explicitly, and nobody has created this one.
    Unknown(String),
    /// There are as many topics as the log may have.
    TooMany {
        /// How many that is.
        limit: usize,
    },
    /// The name is longer than the log takes.
    NameTooLong {
        /// What it takes, in bytes.
        limit: usize,
    },
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there is no topic {name:?}; create it first"),
            Self::TooMany { limit } => {
                write!(f, "there are {limit} topics already, which is the limit")
            }
            Self::NameTooLong { limit } => {
                write!(f, "a topic's name can have {limit} bytes at most")
            }
        }
    }
}

impl Error for TopicError {}

/// Why an event was not appended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppendError {
    /// There is no such topic.
    Topic(TopicError),
    /// The event alone is larger than all that a topic may keep.
    TooLarge {
        /// How much it takes, in bytes, with [its overhead](super::History::EVENT_OVERHEAD).
        bytes: usize,
        /// How much a topic may keep, in bytes.
        limit: usize,
    },
    /// An event with this id is kept already.
    DuplicateId(String),
    /// The id is one that the log writes itself.
    ReservedId(String),
    /// The event has an id, and it is the log that gives the ids.
    IdNotAllowed(String),
    /// The place given is not behind all others.
    OutOfOrder {
        /// The place that was given.
        sequence: Sequence,
        /// The last place that is taken.
        newest: Sequence,
    },
    /// The place in the order is to be given, by [`append_at`](super::Log::append_at); or it is the log that gives it.
    OrderedElsewhere,
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(error) => error.fmt(f),
            Self::TooLarge { bytes, limit } => write!(
                f,
                "the event counts for {bytes} bytes, and a topic keeps {limit}; let its history keep more"
            ),
            Self::DuplicateId(id) => write!(f, "an event with the id {id:?} is kept already"),
            Self::ReservedId(id) => write!(
                f,
                "the id {id:?} is of the form that the log gives ids itself"
            ),
            Self::IdNotAllowed(id) => {
                write!(
                    f,
                    "the event has the id {id:?}, and this log gives the ids; leave it out, or choose own ids"
                )
            }
            Self::OutOfOrder { sequence, newest } => {
                write!(
                    f,
                    "the place {sequence} is not behind the last one, {newest}"
                )
            }
            Self::OrderedElsewhere => {
                f.write_str("the order of the events is not given here in this kind of log")
            }
        }
    }
}

impl Error for AppendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Topic(error) => Some(error),
            _ => None,
        }
    }
}

impl From<TopicError> for AppendError {
    fn from(error: TopicError) -> Self {
        Self::Topic(error)
    }
}

/// Why a set of topics cannot be followed. The log is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FollowError {
    /// There is no such topic.
    Topic(TopicError),
    /// It is a set without any topic.
    NoTopics,
    /// It is more topics than one subscriber may follow.
    TooMany {
        /// How many it may follow.
        limit: usize,
    },
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(error) => error.fmt(f),
            Self::NoTopics => f.write_str("no topic was named"),
            Self::TooMany { limit } => {
                write!(f, "one subscriber can follow {limit} topics at most")
            }
        }
    }
}

impl Error for FollowError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Topic(error) => Some(error),
            _ => None,
        }
    }
}

impl From<TopicError> for FollowError {
    fn from(error: TopicError) -> Self {
        Self::Topic(error)
    }
}
