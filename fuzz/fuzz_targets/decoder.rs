//! The decoder against the standard's algorithm, on any bytes at any cuts.
//!
//! An input is four bytes of options (flags, limit, length of the first chunk, length of the others) and a stream.

#![no_main]

#[path = "../../sse-proto/tests/common/mod.rs"]
mod common;

use common::{FORMS, Form, decoder, drain};
use libfuzzer_sys::fuzz_target;
use sse_testkit::oracle::{Options, interpret};

const COMMENTS: u8 = 1;
const LIMITED: u8 = 2;
const RESUMED: u8 = 4;

fuzz_target!(|input: &[u8]| {
    let Some((&[flags, limit, first, then], stream)) = input.split_first_chunk() else {
        return;
    };
    let options = Options {
        comments: flags & COMMENTS != 0,
        last_event_id: if flags & RESUMED != 0 {
            "resumed".to_owned()
        } else {
            String::new()
        },
        max_event_bytes: (flags & LIMITED != 0).then_some(usize::from(limit)),
    };
    let mut stream = stream.to_vec();
    if options.max_event_bytes.is_some() {
        // A line that is too large may be reported before it ends, so the last line is ended here.
        stream.push(b'\n');
    }
    let chunks = chunks(&stream, usize::from(first), usize::from(then));
    for form in FORMS {
        compare(&stream, &chunks, &options, form);
    }
});

fn compare(stream: &[u8], chunks: &[&[u8]], options: &Options, form: Form) {
    let expected = interpret(stream, options);
    let mut decoder = decoder(options);
    let mut items = Vec::new();
    let mut fed = 0;
    for chunk in chunks {
        items.extend(drain(&mut decoder.feed(chunk), form));
        fed += chunk.len();
        if let Some(limit) = options.max_event_bytes {
            assert!(
                decoder.buffered() <= limit,
                "holds {} of {limit} bytes",
                decoder.buffered()
            );
        } else {
            assert_eq!(items, expected.within(fed), "{form:?}: not out in time");
        }
    }
    assert_eq!(items, expected.dispatched, "{form:?}");
    assert_eq!(decoder.last_event_id(), expected.last_event_id, "{form:?}");
}

fn chunks(stream: &[u8], first: usize, then: usize) -> Vec<&[u8]> {
    let (head, rest) = stream.split_at(first.min(stream.len()));
    let then = if then == 0 { rest.len().max(1) } else { then };
    [head].into_iter().chain(rest.chunks(then)).collect()
}
