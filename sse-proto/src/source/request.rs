//! The request of one attempt: what the configuration says, what was prepared for it, and where to resume.

use alloc::string::{String, ToString};

use super::checks::check_header;
use super::config::Config;
use super::exchange::{Prepared, Request};
use super::url::Url;
use crate::headers::is_sendable;
use crate::media_type::EVENT_STREAM;

/// The request, and the URL that it goes to; or why what was prepared cannot be sent.
pub(super) fn build(
    config: &Config,
    prepared: Prepared,
    last_event_id: &str,
) -> Result<(Request, Url), String> {
    let url = match &prepared.url {
        None => config.url.clone(),
        Some(url) => Url::parse(url).map_err(|error| error.to_string())?,
    };
    for (name, value) in prepared.headers.iter() {
        check_header(name, value).map_err(|error| error.to_string())?;
    }
    let mut headers = config.headers.clone();
    headers.retain(|name| prepared.headers.get(name).is_none());
    headers.extend(prepared.headers);
    headers.set_default("Accept", EVENT_STREAM);
    headers.set_default("Cache-Control", "no-cache");
    if !last_event_id.is_empty() && can_be_sent(last_event_id) {
        headers.append("Last-Event-ID", last_event_id);
    }
    let request = Request {
        method: config.effective_method().into(),
        url: url.as_str().into(),
        headers,
        body: config.body.clone(),
    };
    Ok((request, url))
}

/// Whether a header can carry this last event ID.
pub(super) fn can_be_sent(last_event_id: &str) -> bool {
    last_event_id.bytes().all(is_sendable)
}
