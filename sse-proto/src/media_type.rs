//! The media type of event streams.

/// The media type of an event stream, as it stands in `Content-Type` and `Accept`.
pub const EVENT_STREAM: &str = "text/event-stream";

/// Says whether a `Content-Type` is that of an event stream.
///
/// Only the essence counts, in any case; parameters such as `charset` are ignored, as the standard does: an
/// event stream is always UTF-8. Pass the header's value as it came.
///
/// ```
/// use sse_proto::is_event_stream;
///
/// assert!(is_event_stream(b"Text/Event-Stream; charset=utf-8"));
/// assert!(!is_event_stream(b"text/html"));
/// ```
#[must_use]
pub fn is_event_stream(content_type: &[u8]) -> bool {
    let mut parts = content_type.split(|byte| *byte == b';');
    let essence = parts.next().unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(EVENT_STREAM.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::is_event_stream;

    #[test]
    fn parameters_case_and_blanks_do_not_matter() {
        for yes in [
            "text/event-stream",
            " TEXT/event-stream\t",
            "text/event-stream;charset=latin1",
            "text/event-stream ; a=b; c",
        ] {
            assert!(is_event_stream(yes.as_bytes()), "{yes:?}");
        }
    }

    #[test]
    fn another_essence_is_another_type() {
        for no in [
            "",
            ";",
            "text/event-streams",
            "text/html",
            "text /event-stream",
            "event-stream",
        ] {
            assert!(!is_event_stream(no.as_bytes()), "{no:?}");
        }
    }
}
