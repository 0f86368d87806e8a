//! What the machine decides, told to `tracing`; without that feature, to nobody.

use super::exchange::{Attempt, Request};
use super::item::SourceItem;

#[cfg(feature = "tracing")]
pub(super) fn sending(attempt: Attempt, request: &Request) {
    let url = super::url::without_query(&request.url);
    let resumes = request.headers.get("last-event-id").is_some();
    tracing::debug!(
        attempt = attempt.0,
        method = request.method,
        url,
        resumes,
        "sending a request"
    );
}

#[cfg(feature = "tracing")]
pub(super) fn saying(attempt: Attempt, item: &SourceItem) {
    let attempt = attempt.0;
    match item {
        SourceItem::Open(head) => {
            tracing::debug!(attempt, status = head.status, "the stream is open");
        }
        SourceItem::Error(error) if error.retry_in.is_some() => tracing::info!(attempt, %error),
        SourceItem::Error(error) => tracing::warn!(attempt, %error),
        SourceItem::Closed => tracing::debug!(attempt, "closed"),
        SourceItem::Message(_)
        | SourceItem::Comment(_)
        | SourceItem::Retry(_)
        | SourceItem::TooLarge(_) => {}
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) fn sending(_: Attempt, _: &Request) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn saying(_: Attempt, _: &SourceItem) {}
