//! What a hub does, told to `tracing`; without that feature, to nobody.
//!
//! It is told when nothing is locked: whoever listens is somebody else's code.

use sse_proto::log::Stale;
use sse_proto::session::End;

use crate::seat::Seat;
use crate::subscribe::SubscribeError;

#[cfg(feature = "tracing")]
pub(crate) fn opened(seat: &Seat, resumes: bool, stale: Option<Stale>) {
    let (subscriber, tag) = (seat.id, seat.tag.as_deref());
    tracing::debug!(?subscriber, tag, resumes, ?stale, "a stream is open");
}

#[cfg(feature = "tracing")]
pub(crate) fn refused(error: &SubscribeError) {
    tracing::debug!(%error, "a stream was refused");
}

#[cfg(feature = "tracing")]
pub(crate) fn ended(seat: &Seat, end: End) {
    let (subscriber, tag) = (seat.id, seat.tag.as_deref());
    match end {
        End::Lagged | End::Stalled => {
            tracing::info!(
                ?subscriber,
                tag,
                ?end,
                "a client was too slow for its stream"
            );
        }
        _ => tracing::debug!(?subscriber, tag, ?end, "a stream has ended"),
    }
}

#[cfg(feature = "tracing")]
pub(crate) fn panicked() {
    tracing::error!("a callback or a filter has panicked");
}

#[cfg(feature = "tracing")]
pub(crate) fn closing(subscribers: usize) {
    tracing::info!(subscribers, "the hub is closing");
}

#[cfg(not(feature = "tracing"))]
mod silent {
    use super::{End, Seat, Stale, SubscribeError};

    pub(crate) fn opened(_: &Seat, _: bool, _: Option<Stale>) {}
    pub(crate) fn refused(_: &SubscribeError) {}
    pub(crate) fn ended(_: &Seat, _: End) {}
    pub(crate) fn panicked() {}
    pub(crate) fn closing(_: usize) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use silent::*;
