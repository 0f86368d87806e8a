//! What a request may not say.

use alloc::format;
use alloc::string::{String, ToString};
use core::error::Error;
use core::fmt;

use crate::headers::{self, InvalidHeader, is_token};

/// A method or a header that no request of an event source can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest(String);

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidRequest {}

/// The method as it is sent: the usual ones in capitals, as the Fetch standard has it.
pub(super) fn checked_method(method: &str) -> Result<String, InvalidRequest> {
    let capitals = method.to_ascii_uppercase();
    let error = if !is_token(method) {
        "it must be one word, such as GET"
    } else if ["CONNECT", "TRACE", "TRACK", "HEAD"].contains(&&*capitals) {
        "its responses have no event stream"
    } else if ["GET", "POST", "PUT", "DELETE", "OPTIONS"].contains(&&*capitals) {
        return Ok(capitals);
    } else {
        return Ok(method.into());
    };
    Err(InvalidRequest(format!(
        "the method {method:?} cannot be used: {error}"
    )))
}

pub(super) fn check_header(name: &str, value: &[u8]) -> Result<(), InvalidRequest> {
    let reserved = |why| InvalidHeader::reserved(name, why);
    let checked = match &*name.to_ascii_lowercase() {
        "content-length" | "transfer-encoding" | "connection" | "upgrade" => {
            Err(reserved("the transport sets it; leave it out"))
        }
        "last-event-id" => Err(reserved("the source keeps it; use Config::last_event_id")),
        _ => headers::check_header(name, value),
    };
    checked.map_err(|error| InvalidRequest(error.to_string()))
}
