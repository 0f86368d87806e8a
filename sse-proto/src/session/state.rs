//! The states, and the ways between them.
//!
//! What happens in a state at an input, with what is put out; "–" changes nothing. *Polled* is
//! [`poll_transmit`](super::Session::poll_transmit) once all that was put out before is written; in every state but
//! Ended it puts out what is left of a write that went in part, before anything else, and then a question that is due.
//! Live and Replaying are one column where they do the same.
//!
//! | | Paging | Ahead | Replaying | Live | Leaving | Farewell | Ended |
//! |---|---|---|---|---|---|---|---|
//! | polled: events | Page, once | the log is there: Replaying | Write | Write | Write | Ended: End | End |
//! | polled: nothing new | Page, once | Idle | Live | Idle | Farewell: Write | Ended: End | End |
//! | polled: lagged, policy disconnect | – | – | Farewell: Write | Farewell: Write | Farewell: Write | – | End |
//! | polled: lagged, policy skip | – | – | Write | Write | Write | – | End |
//! | polled: no topic exists | – | – | Farewell: Write | Farewell: Write | Farewell: Write | – | End |
//! | a page with events | Write; then Page, or Replaying | – | – | – | – | – | – |
//! | a page that ends | Replaying, or Ahead | – | – | – | – | – | – |
//! | a page: stale | by the policy: Replaying or Live | – | – | – | – | – | – |
//! | verdict: accept | – | – | – | – | – | – | – |
//! | verdict: reject, after the question | Farewell | Farewell | Farewell | Farewell | Farewell | – | – |
//! | deadline: silence | heartbeat | heartbeat | heartbeat | heartbeat | heartbeat | – | – |
//! | deadline: a question is due | Reauthorise | Reauthorise | Reauthorise | Reauthorise | Reauthorise | – | – |
//! | deadline: no answer until the next | Farewell | Farewell | Farewell | Farewell | Farewell | – | – |
//! | deadline: no progress of a write | Ended | Ended | Ended | Ended | Ended | Ended | – |
//! | deadline: too old | Farewell | Farewell | Leaving | Leaving | Ended | Ended | – |
//! | kick | Farewell | Farewell | Farewell | Farewell | Farewell | – | – |
//! | drain | Farewell | Farewell | Leaving | Leaving | – | – | – |
//! | disconnected | Ended | Ended | Ended | Ended | Ended | Ended | – |
//!
//! *Leaving* still hands out what is there, and *Farewell* only the last words, whose end is the end. Both have a time
//! by which they are over, written or not.

use core::time::Duration;

use super::transmit::End;
use crate::log::Sequence;

/// How long last words may take, where nothing else bounds them.
pub(super) const FAREWELL_TIME: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// What came after this place is not in the log, and is got from elsewhere a page at a time.
    Paging { after: Sequence, asked: bool },
    /// The client has seen more than the log has yet.
    Ahead { place: Sequence },
    /// What the client has missed is handed out, up to here.
    Replaying { until: Sequence },
    /// What is new is handed out.
    Live,
    /// The stream is about to end, once all that is there is handed out.
    Leaving { end: End, until: Option<Sequence> },
    /// The last words are handed out.
    Farewell { end: End },
    /// Nothing will ever happen again.
    Ended { end: End },
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Paging { .. } => "Paging",
            Self::Ahead { .. } => "Ahead",
            Self::Replaying { .. } => "Replaying",
            Self::Live => "Live",
            Self::Leaving { .. } => "Leaving",
            Self::Farewell { .. } => "Farewell",
            Self::Ended { .. } => "Ended",
        }
    }

    /// The end of the replay that is under way.
    pub(super) fn replay_until(self) -> Option<Sequence> {
        match self {
            Self::Replaying { until } => Some(until),
            Self::Leaving { until, .. } => until,
            _ => None,
        }
    }

    /// The end, where it is decided: Farewell or Ended.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Farewell { .. } | Self::Ended { .. })
    }
}

/// The question whether the subscriber may still have the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    None,
    Due,
    Asked,
}
