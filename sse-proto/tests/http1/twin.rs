//! The slow, obvious reading of a chunked body, with all of its bytes at hand.

use sse_proto::http1::Fault;

/// What a chunked body is found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Complete(Vec<u8>),
    Incomplete(Vec<u8>),
    Refused(Vec<u8>, Fault),
}

/// Reads what there is of a body, whose data and whose overhead have these limits.
pub(crate) fn interpret(bytes: &[u8], max_body: usize, max_overhead: usize) -> Outcome {
    let mut body = Vec::new();
    let mut overhead = 0;
    let mut rest = bytes;
    loop {
        let size = match size_line(rest, &mut overhead, max_overhead) {
            Line::Incomplete => return Outcome::Incomplete(body),
            Line::Refused(fault) => return Outcome::Refused(body, fault),
            Line::Is(size, behind) => {
                rest = behind;
                size
            }
        };
        if size == 0 {
            break;
        }
        if size > (max_body - body.len()) as u64 {
            return Outcome::Refused(body, Fault::BodyTooLarge);
        }
        let data = &rest[..rest.len().min(size as usize)];
        body.extend_from_slice(data);
        rest = &rest[data.len()..];
        if (data.len() as u64) < size {
            return Outcome::Incomplete(body);
        }
        match rest {
            [] | [b'\r'] => return Outcome::Incomplete(body),
            [b'\r', b'\n', behind @ ..] => rest = behind,
            _ => return Outcome::Refused(body, Fault::Chunk),
        }
    }
    loop {
        match text_line(rest, &mut overhead, max_overhead) {
            Line::Incomplete => return Outcome::Incomplete(body),
            Line::Refused(fault) => return Outcome::Refused(body, fault),
            Line::Is(0, _) => return Outcome::Complete(body),
            Line::Is(_, behind) => rest = behind,
        }
    }
}

enum Line<'b> {
    Is(u64, &'b [u8]),
    Incomplete,
    Refused(Fault),
}

/// Digits, blanks, and an extension behind a semicolon.
fn size_line<'b>(bytes: &'b [u8], overhead: &mut usize, max_overhead: usize) -> Line<'b> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    if digits > 16 {
        return Line::Refused(Fault::Chunk);
    }
    let behind = &bytes[digits..];
    if behind.is_empty() {
        return Line::Incomplete;
    }
    if digits == 0 {
        return Line::Refused(Fault::Chunk);
    }
    let size = std::str::from_utf8(&bytes[..digits]).expect("digits");
    let size = u64::from_str_radix(size, 16).expect("sixteen digits at most");
    let blanks = behind
        .iter()
        .take_while(|byte| b" \t".contains(byte))
        .count();
    if *overhead + blanks > max_overhead {
        return Line::Refused(Fault::ChunkOverhead);
    }
    match behind.get(blanks) {
        None => return Line::Incomplete,
        Some(b'\r') if blanks == 0 => {}
        Some(b';') => {}
        Some(_) => return Line::Refused(Fault::Chunk),
    }
    match text_line(behind, overhead, max_overhead) {
        Line::Is(_, behind) => Line::Is(size, behind),
        other => other,
    }
}

/// Text up to CR LF, and how long it was.
fn text_line<'b>(bytes: &'b [u8], overhead: &mut usize, max_overhead: usize) -> Line<'b> {
    let is_text = |byte: &u8| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7F);
    let text = bytes.iter().take_while(|byte| is_text(byte)).count();
    *overhead += text;
    if *overhead > max_overhead {
        return Line::Refused(Fault::ChunkOverhead);
    }
    match &bytes[text..] {
        [] | [b'\r'] => Line::Incomplete,
        [b'\r', b'\n', behind @ ..] => Line::Is(text as u64, behind),
        _ => Line::Refused(Fault::Chunk),
    }
}
