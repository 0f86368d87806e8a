//! The decoder against the standard's algorithm written down literally, and the encoder against the decoder.

mod common;

use common::sent::{Parted, event_of, received};
use common::{FORMS, Form, decode_chunks, decoder, drain, take};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sse_proto::Decoder;
use sse_testkit::oracle::{Dispatched, Interpretation, Options, interpret};
use sse_testkit::strategies::{
    Cuts, any_text, byte_soup, config, cuts, events, one_line, shaped_lines, streams,
};

fn forms() -> impl Strategy<Value = Form> {
    select(&FORMS[..])
}

/// Without a limit: the decoder's own is far above every generated stream.
fn options() -> impl Strategy<Value = Options> {
    (
        any::<bool>(),
        prop_oneof![3 => Just(String::new()), 1 => one_line()],
    )
        .prop_map(|(comments, last_event_id)| Options {
            comments,
            last_event_id,
            max_event_bytes: None,
        })
}

fn tight_options() -> impl Strategy<Value = Options> {
    (options(), 0..48_usize).prop_map(|(options, bytes)| Options {
        max_event_bytes: Some(bytes),
        ..options
    })
}

fn decode(stream: &[u8], cuts: &Cuts, options: &Options, form: Form) -> (Vec<Dispatched>, String) {
    let mut decoder = decoder(options);
    let items = decode_chunks(&mut decoder, cuts.chunks(stream), form);
    (items, decoder.last_event_id().to_owned())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn byte_soup_at_any_cuts_is_decoded_as_the_standard_says(
        stream in byte_soup(), cuts in cuts(), options in options(), form in forms(),
    ) {
        let Interpretation { dispatched, last_event_id, .. } = interpret(&stream, &options);
        prop_assert_eq!(decode(&stream, &cuts, &options, form), (dispatched, last_event_id));
    }

    #[test]
    fn shaped_lines_at_any_cuts_are_decoded_as_the_standard_says(
        stream in shaped_lines(), cuts in cuts(), options in options(), form in forms(),
    ) {
        let Interpretation { dispatched, last_event_id, .. } = interpret(&stream, &options);
        prop_assert_eq!(decode(&stream, &cuts, &options, form), (dispatched, last_event_id));
    }

    #[test]
    fn bytewise_is_the_same_as_whole(stream in streams(), options in options(), form in forms()) {
        prop_assert_eq!(
            decode(&stream, &Cuts::Everywhere, &options, form),
            decode(&stream, &Cuts::Nowhere, &options, form)
        );
    }

    #[test]
    fn each_item_is_out_at_the_very_byte_that_completes_it(
        stream in streams(), options in options(), form in forms(),
    ) {
        let expected = interpret(&stream, &options);
        let mut decoder = decoder(&options);
        let mut items = Vec::new();
        for (before, byte) in stream.chunks(1).enumerate() {
            items.extend(drain(&mut decoder.feed(byte), form));
            prop_assert_eq!(&items[..], expected.within(before + 1), "after byte {}", before);
        }
    }

    /// A line that is too large may be reported before it ends, so the last line is ended here.
    #[test]
    fn a_limit_cuts_off_what_the_model_of_it_says(
        stream in streams(), cuts in cuts(), options in tight_options(), form in forms(),
    ) {
        let stream = [&stream[..], b"\n"].concat();
        let Interpretation { dispatched, last_event_id, .. } = interpret(&stream, &options);
        prop_assert_eq!(decode(&stream, &cuts, &options, form), (dispatched, last_event_id));
    }

    #[test]
    fn a_decoder_never_holds_more_than_its_limit(
        stream in streams(), cuts in cuts(), options in tight_options(), form in forms(),
    ) {
        let limit = options.max_event_bytes.expect("tight options have a limit");
        let mut decoder = decoder(&options);
        for chunk in cuts.chunks(&stream) {
            drain(&mut decoder.feed(chunk), form);
            prop_assert!(decoder.buffered() <= limit, "{} of {} bytes", decoder.buffered(), limit);
        }
    }

    #[test]
    fn a_feed_dropped_early_has_decoded_the_rest(
        before in streams(), after in streams(), taken in 0..6_usize, options in options(), form in forms(),
    ) {
        let expected = interpret(&[&before[..], &after].concat(), &options);
        let mut decoder = decoder(&options);
        let mut feed = decoder.feed(&before);
        let mut items: Vec<_> = (0..taken).map_while(|turn| take(&mut feed, form, turn)).collect();
        drop(feed);
        items.extend(drain(&mut decoder.feed(&after), form));

        let seen_before = expected.within(before.len());
        let wanted_before = &seen_before[..taken.min(seen_before.len())];
        let wanted = [wanted_before, &expected.dispatched[seen_before.len()..]].concat();
        prop_assert_eq!(items, wanted);
        prop_assert_eq!(decoder.last_event_id(), expected.last_event_id);
    }

    #[test]
    fn what_remains_can_be_fed_later(
        stream in streams(),
        (cuts, later) in (cuts(), cuts()),
        taken in 0..4_usize,
        (options, form) in (options(), forms()),
    ) {
        let expected = interpret(&stream, &options);
        let mut decoder = decoder(&options);
        let mut items = Vec::new();
        for chunk in cuts.chunks(&stream) {
            let mut feed = decoder.feed(chunk);
            items.extend((0..taken).map_while(|turn| take(&mut feed, form, turn)));
            let rest = feed.remaining();
            prop_assert!(chunk.ends_with(rest));
            for piece in later.chunks(rest) {
                items.extend(drain(&mut decoder.feed(piece), form));
            }
        }
        prop_assert_eq!(items, expected.dispatched);
        prop_assert_eq!(decoder.last_event_id(), expected.last_event_id);
    }

    #[test]
    fn a_reset_decoder_is_a_new_one_that_knows_the_last_event_id(
        first in streams(), second in streams(), cuts in cuts(), options in options(), form in forms(),
    ) {
        let before = interpret(&first, &options);
        let resumed = Options { last_event_id: before.last_event_id, ..options.clone() };
        let after = interpret(&second, &resumed);

        let mut decoder = decoder(&options);
        prop_assert_eq!(decode_chunks(&mut decoder, cuts.chunks(&first), form), before.dispatched);
        decoder.reset();
        prop_assert_eq!(decoder.buffered(), 0);
        prop_assert_eq!(decode_chunks(&mut decoder, cuts.chunks(&second), form), after.dispatched);
        prop_assert_eq!(decoder.last_event_id(), after.last_event_id);
    }
}

/// Larger than what the generators make: a decoder may have ways of its own for these.
#[test]
fn huge_events_are_decoded_as_the_standard_says() {
    let long = b"0123456789 \xE6\xBC\xA2".repeat(20_000);
    let invalid = b"\xF0\x9F\x98 ".repeat(20_000);
    let lines = b"data: a line\n".repeat(20_000);
    let blocks: [&[&[u8]]; 6] = [
        &[b"data: ", &long, b"\n\n"],
        &[b"data: ", &invalid, b"\ndata: ", &long, b"\r\n\r\n"],
        &[b"event: ", &long, b"\nid: ", &long, b"\ndata\n\n"],
        &[&lines, b"event: e\nid: \xFF\n\n"],
        &[b":", &invalid, b"\n"],
        &[&long, b": ", &long, b"\r"],
    ];
    let small = &b"data: x\n\nevent: e\nid\ndata: y\n\n"[..];
    let stream: Vec<u8> = blocks
        .iter()
        .flat_map(|block| [&block.concat(), small].concat())
        .collect();

    let options = Options {
        comments: true,
        ..Options::default()
    };
    let expected = interpret(&stream, &options);
    for (size, form) in [7, 1000, 16 << 10, 1 << 20, usize::MAX]
        .into_iter()
        .flat_map(|size| FORMS.map(|form| (size, form)))
    {
        let items = decode_chunks(&mut decoder(&options), stream.chunks(size), form);
        assert!(items == expected.dispatched, "chunks of {size}, {form:?}");
    }
}

fn with_comments() -> Decoder {
    Decoder::new().with_comments(true)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_encoded_is_decoded_again_and_nothing_is_injected(
        parts in events(), cuts in cuts(), form in forms(),
    ) {
        let bytes = event_of(&parts).to_bytes();
        let mut decoder = with_comments();
        let items = decode_chunks(&mut decoder, cuts.chunks(&bytes), form);
        let mut last_event_id = String::new();
        prop_assert_eq!(items.into_iter().collect::<Parted>(), received(&parts, &mut last_event_id));
        prop_assert_eq!(decoder.last_event_id(), last_event_id);
        prop_assert_eq!(decoder.buffered(), 0, "an encoded event is a whole block");
    }

    #[test]
    fn encoded_events_do_not_touch_each_other(many in vec(events(), 0..5), cuts in cuts()) {
        let mut stream = Vec::new();
        let mut decoder = with_comments();
        let mut last_event_id = String::new();
        let mut wanted = Parted::default();
        for parts in &many {
            event_of(parts).encode(&mut stream);
            let one = received(parts, &mut last_event_id);
            wanted.comments.extend(one.comments);
            wanted.retries.extend(one.retries);
            wanted.events.extend(one.events);
        }
        let items = decode_chunks(&mut decoder, cuts.chunks(&stream), Form::Text);
        prop_assert_eq!(items.into_iter().collect::<Parted>(), wanted);
    }

    #[test]
    fn all_ways_to_encode_give_the_same_bytes(parts in events(), before in any_text()) {
        let event = event_of(&parts);
        let bytes = event.to_bytes();
        let mut appended = before.clone().into_bytes();
        event.encode(&mut appended);
        prop_assert_eq!(&appended[before.len()..], &bytes[..]);
        prop_assert_eq!(&appended[..before.len()], before.as_bytes(), "what was there stays");
        prop_assert_eq!(event.to_string().into_bytes(), &bytes[..]);
        prop_assert_eq!(event.encoded_len(), bytes.len());
    }

    #[test]
    fn an_id_or_a_type_is_refused_if_and_only_if_it_holds_a_line_end_or_nul(text in any_text()) {
        let valid = !text.contains(['\r', '\n', '\0']);
        prop_assert_eq!(sse_proto::Event::new("").id(text.as_str()).is_ok(), valid);
        prop_assert_eq!(sse_proto::Event::new("").event_type(text.as_str()).is_ok(), valid);
        prop_assert_eq!(Decoder::new().with_last_event_id(&text).is_ok(), valid);
    }
}
