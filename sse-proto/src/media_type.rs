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

/// Says whether the values of `Accept` take an event stream; without one, everything is taken.
///
/// The range that says most about it decides, and a weight of zero means no.
pub(crate) fn accepts_event_stream<'h>(values: impl Iterator<Item = &'h [u8]>) -> bool {
    let mut said = false;
    let mut best = (0, false);
    for range in values.flat_map(|value| value.split(|byte| *byte == b',')) {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let essence = parts.next().unwrap_or_default();
        said |= !essence.is_empty();
        let precision = if essence.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()) {
            3
        } else if essence.eq_ignore_ascii_case(b"text/*") {
            2
        } else if essence == b"*/*" {
            1
        } else {
            continue;
        };
        let wanted = !parts.any(is_weight_of_zero);
        if precision > best.0 || (precision == best.0 && wanted) {
            best = (precision, wanted);
        }
    }
    best.1 || !said
}

fn is_weight_of_zero(parameter: &[u8]) -> bool {
    let Some((b'q' | b'Q', rest)) = parameter.split_first() else {
        return false;
    };
    match rest.trim_ascii().strip_prefix(b"=") {
        Some(weight) => {
            let weight = weight.trim_ascii();
            weight.starts_with(b"0") && weight.iter().all(|byte| matches!(byte, b'0' | b'.'))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{accepts_event_stream, is_event_stream};

    fn accepts(values: &[&str]) -> bool {
        accepts_event_stream(values.iter().map(|value| value.as_bytes()))
    }

    #[test]
    fn an_event_stream_is_accepted_by_name_by_range_and_by_silence() {
        for yes in [
            &[][..],
            &[""],
            &["text/event-stream"],
            &["Text/Event-Stream; charset=utf-8"],
            &["text/*"],
            &["*/*"],
            &["text/html, */*;q=0.1"],
            &["text/html", "text/event-stream"],
            &["*/*;q=0, text/event-stream"],
            &["text/event-stream;q=0.001"],
            &["text/event-stream; q=1"],
            &["text/event-stream;q=0, text/event-stream"],
            &["text/event-stream, text/event-stream;q=0"],
            &["text/event-stream;q="],
        ] {
            assert!(accepts(yes), "{yes:?}");
        }
    }

    #[test]
    fn it_is_not_accepted_where_something_else_is() {
        for no in [
            &["text/html"][..],
            &["application/json, text/html"],
            &["*"],
            &["text/event-streams"],
            &["text/event-stream;q=0"],
            &["text/event-stream; Q = 0.000"],
            &["*/*, text/event-stream;q=0"],
            &["text/*;q=0, */*"],
        ] {
            assert!(!accepts(no), "{no:?}");
        }
    }

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
