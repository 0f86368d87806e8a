//! Decoding in all forms, in the oracle's words; and in [`sent`], what an event that was sent should
//! arrive as. The fuzz targets use both too.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod sent;

use sse_proto::{Decoder, Feed, Item, ItemRef};
use sse_testkit::oracle::{Dispatched, Options};
use std::time::Duration;

/// How items are taken from a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Owned,
    Text,
    Bytes,
    /// Each of the others in turn.
    Mixed,
}

pub(crate) const FORMS: [Form; 4] = [Form::Owned, Form::Text, Form::Bytes, Form::Mixed];

/// Takes the next item of a feed.
pub(crate) fn take(feed: &mut Feed<'_, '_>, form: Form, turn: usize) -> Option<Dispatched> {
    match form {
        Form::Owned => feed.next().map(owned),
        Form::Text => feed.next_ref().map(|item| lent(item, str::to_owned)),
        Form::Bytes => feed
            .next_bytes()
            .map(|item| lent(item, |bytes| String::from_utf8_lossy(bytes).into_owned())),
        Form::Mixed => take(feed, FORMS[turn % 3], 0),
    }
}

/// Takes all that is left in a feed.
pub(crate) fn drain(feed: &mut Feed<'_, '_>, form: Form) -> Vec<Dispatched> {
    let mut turn = 0;
    let items = std::iter::from_fn(|| {
        turn += 1;
        take(feed, form, turn)
    });
    items.collect()
}

/// A decoder with the oracle's options.
pub(crate) fn decoder(options: &Options) -> Decoder {
    let mut decoder = Decoder::new()
        .with_comments(options.comments)
        .with_last_event_id(&options.last_event_id)
        .expect("the options have a valid last event ID");
    if let Some(bytes) = options.max_event_bytes {
        decoder = decoder.with_max_event_bytes(bytes);
    }
    decoder
}

/// Decodes a stream that comes in these chunks.
pub(crate) fn decode_chunks<'a>(
    decoder: &mut Decoder,
    chunks: impl IntoIterator<Item = &'a [u8]>,
    form: Form,
) -> Vec<Dispatched> {
    chunks
        .into_iter()
        .flat_map(|chunk| drain(&mut decoder.feed(chunk), form))
        .collect()
}

/// Decodes a stream in one chunk and in chunks of one byte, in every form, and checks that they agree.
pub(crate) fn decode_with(options: &Options, stream: &[u8]) -> (Vec<Dispatched>, String) {
    let mut whole = decoder(options);
    let items = decode_chunks(&mut whole, [stream], Form::Owned);
    for form in FORMS {
        let mut again = decoder(options);
        assert_eq!(
            decode_chunks(&mut again, [stream], form),
            items,
            "whole, {form:?}"
        );
        let mut bytewise = decoder(options);
        assert_eq!(
            decode_chunks(&mut bytewise, stream.chunks(1), form),
            items,
            "bytewise, {form:?}"
        );
        assert_eq!(
            bytewise.last_event_id(),
            whole.last_event_id(),
            "bytewise, {form:?}"
        );
    }
    (items, whole.last_event_id().to_owned())
}

/// The same with the default options.
pub(crate) fn decode(stream: impl AsRef<[u8]>) -> Vec<Dispatched> {
    decode_with(&Options::default(), stream.as_ref()).0
}

/// The same, comments included.
pub(crate) fn decode_with_comments(stream: impl AsRef<[u8]>) -> Vec<Dispatched> {
    decode_with(
        &Options {
            comments: true,
            ..Options::default()
        },
        stream.as_ref(),
    )
    .0
}

/// The last event ID behind a stream.
pub(crate) fn last_event_id(stream: impl AsRef<[u8]>) -> String {
    decode_with(&Options::default(), stream.as_ref()).1
}

pub(crate) fn event(event_type: &str, data: &str, last_event_id: &str) -> Dispatched {
    Dispatched::Event {
        event_type: event_type.to_owned(),
        data: data.to_owned(),
        last_event_id: last_event_id.to_owned(),
    }
}

pub(crate) fn message(data: &str) -> Dispatched {
    event("message", data, "")
}

pub(crate) fn comment(text: &str) -> Dispatched {
    Dispatched::Comment(text.to_owned())
}

fn owned(item: Item) -> Dispatched {
    match item {
        Item::Event(received) => event(
            received.event_type(),
            received.data(),
            received.last_event_id(),
        ),
        Item::Retry(time) => Dispatched::Retry(milliseconds(time)),
        Item::Comment(text) => Dispatched::Comment(text),
        Item::TooLarge(_) => Dispatched::TooLarge,
        other => panic!("an item unknown to the standard: {other:?}"),
    }
}

fn lent<T: ?Sized>(item: ItemRef<'_, T>, text: impl Fn(&T) -> String) -> Dispatched {
    match item {
        ItemRef::Event(received) => event(
            &text(received.event_type),
            &text(received.data),
            &text(received.last_event_id),
        ),
        ItemRef::Retry(time) => Dispatched::Retry(milliseconds(time)),
        ItemRef::Comment(comment) => Dispatched::Comment(text(comment)),
        ItemRef::TooLarge(_) => Dispatched::TooLarge,
        _ => panic!("an item unknown to the standard"),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis())
        .expect("a reconnection time has at most 64 bits of milliseconds")
}
