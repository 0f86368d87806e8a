//! "UTF-8 decode" of the Encoding standard (§4.1.1 and §6), byte by byte.

use std::ops::RangeInclusive;

/// A code point of the decoded stream, and the place in the stream that it was decoded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodePoint {
    pub(crate) character: char,
    /// The offset just past the last byte that this code point stands for.
    pub(crate) end: usize,
    /// How many bytes this code point stands for.
    pub(crate) bytes: usize,
}

/// Decodes a whole byte stream, less one byte order mark at its start.
pub(crate) fn utf_8_decode(stream: &[u8]) -> Vec<CodePoint> {
    let start = if stream.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    decode_with_replacement(&stream[start..])
        .into_iter()
        .map(|code_point| CodePoint {
            end: start + code_point.end,
            ..code_point
        })
        .collect()
}

/// Runs the UTF-8 decoder in its "replacement" error mode.
pub(crate) fn decode_with_replacement(bytes: &[u8]) -> Vec<CodePoint> {
    const ANY_CONTINUATION: RangeInclusive<u8> = 0x80..=0xBF;
    let mut output: Vec<CodePoint> = Vec::new();
    let mut emit = |character: char, end: usize| {
        let start = output.last().map_or(0, |previous: &CodePoint| previous.end);
        output.push(CodePoint {
            character,
            end,
            bytes: end - start,
        });
    };

    let mut code_point: u32 = 0;
    let mut bytes_needed = 0;
    let mut bytes_seen = 0;
    let mut boundaries = ANY_CONTINUATION;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if bytes_needed == 0 {
            at += 1;
            match byte {
                0x00..=0x7F => emit(char::from(byte), at),
                0xC2..=0xDF => (bytes_needed, code_point) = (1, u32::from(byte & 0x1F)),
                0xE0..=0xEF => {
                    match byte {
                        0xE0 => boundaries = 0xA0..=0xBF,
                        0xED => boundaries = 0x80..=0x9F,
                        _ => {}
                    }
                    (bytes_needed, code_point) = (2, u32::from(byte & 0x0F));
                }
                0xF0..=0xF4 => {
                    match byte {
                        0xF0 => boundaries = 0x90..=0xBF,
                        0xF4 => boundaries = 0x80..=0x8F,
                        _ => {}
                    }
                    (bytes_needed, code_point) = (3, u32::from(byte & 0x07));
                }
                _ => emit(char::REPLACEMENT_CHARACTER, at),
            }
        } else if !boundaries.contains(&byte) {
            // What has been seen is one error; this byte was not part of it and is looked at afresh.
            (bytes_needed, bytes_seen, boundaries) = (0, 0, ANY_CONTINUATION);
            emit(char::REPLACEMENT_CHARACTER, at);
        } else {
            at += 1;
            boundaries = ANY_CONTINUATION;
            code_point = code_point << 6 | u32::from(byte & 0x3F);
            bytes_seen += 1;
            if bytes_seen == bytes_needed {
                (bytes_needed, bytes_seen) = (0, 0);
                emit(
                    char::from_u32(code_point).expect("the boundaries leave only scalar values"),
                    at,
                );
            }
        }
    }
    if bytes_needed != 0 {
        emit(char::REPLACEMENT_CHARACTER, at);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategies;
    use proptest::prelude::*;

    fn text(code_points: &[CodePoint]) -> String {
        code_points
            .iter()
            .map(|code_point| code_point.character)
            .collect()
    }

    #[test]
    fn a_sequence_that_breaks_off_is_one_replacement_character() {
        assert_eq!(
            text(&decode_with_replacement(b"\xF0\x9F\x98\n")),
            "\u{FFFD}\n"
        );
        assert_eq!(text(&decode_with_replacement(b"\xE2\x82")), "\u{FFFD}");
    }

    #[test]
    fn bytes_that_can_start_nothing_are_one_replacement_character_each() {
        assert_eq!(
            text(&decode_with_replacement(b"\xC0\x80")),
            "\u{FFFD}\u{FFFD}"
        );
        assert_eq!(
            text(&decode_with_replacement(b"\xED\xA0\x80")),
            "\u{FFFD}\u{FFFD}\u{FFFD}"
        );
    }

    #[test]
    fn one_byte_order_mark_is_dropped_and_offsets_count_it() {
        let decoded = utf_8_decode(b"\xEF\xBB\xBF\xEF\xBB\xBFx");
        assert_eq!(text(&decoded), "\u{FEFF}x");
        assert_eq!(
            decoded[0],
            CodePoint {
                character: '\u{FEFF}',
                end: 6,
                bytes: 3
            }
        );
    }

    proptest! {
        #![proptest_config(strategies::config())]

        #[test]
        fn the_standard_library_decodes_the_same(bytes in strategies::byte_soup()) {
            prop_assert_eq!(text(&decode_with_replacement(&bytes)), String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn each_byte_belongs_to_one_code_point(bytes in strategies::byte_soup()) {
            let decoded = decode_with_replacement(&bytes);
            prop_assert_eq!(decoded.iter().map(|code_point| code_point.bytes).sum::<usize>(), bytes.len());
        }

        /// Line ends are ASCII and cut no sequence that was whole: a decoder may keep lines as bytes
        /// and decode each by itself.
        #[test]
        fn lines_decoded_one_by_one_are_the_stream_decoded_whole(
            bytes in prop_oneof![strategies::byte_soup(), strategies::shaped_lines()],
        ) {
            let whole = text(&utf_8_decode(&bytes));
            let content = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            let by_line: Vec<String> = content
                .split(|byte| matches!(byte, b'\r' | b'\n'))
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect();
            prop_assert_eq!(whole.split(['\r', '\n']).collect::<Vec<_>>(), by_line);
        }
    }
}
