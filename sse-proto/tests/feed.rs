//! What a feed promises: what is taken, what is left, what is lent.

mod common;

use bytes::Bytes;
use common::{FORMS, Form, drain, event, message, take};
use sse_proto::{Decoder, EventRef, Item, ItemRef, MessageEvent};
use sse_testkit::oracle::Dispatched;

const TWO: &[u8] = b"data: 1\n\ndata: 2\n\n";

#[test]
fn a_feed_used_up_stays_so() {
    for form in FORMS {
        let mut decoder = Decoder::new();
        let mut feed = decoder.feed(TWO);
        assert_eq!(drain(&mut feed, form), [message("1"), message("2")]);
        assert_eq!(drain(&mut feed, form), []);
        assert_eq!(take(&mut feed, form, 0), None);
    }
}

#[test]
fn nothing_remains_of_a_feed_used_up() {
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(TWO);
    drain(&mut feed, Form::Text);
    assert_eq!(feed.remaining(), b"");
}

#[test]
fn all_remains_of_a_feed_not_used() {
    assert_eq!(Decoder::new().feed(TWO).remaining(), TWO);
}

#[test]
fn what_remains_begins_behind_the_item_that_was_taken() {
    for form in FORMS {
        let mut decoder = Decoder::new();
        let mut feed = decoder.feed(TWO);
        assert_eq!(take(&mut feed, form, 0), Some(message("1")));
        let rest = feed.remaining();
        assert_eq!(rest, b"data: 2\n\n");
        assert_eq!(drain(&mut decoder.feed(rest), form), [message("2")]);
    }
}

#[test]
fn a_block_begun_before_what_remains_is_kept() {
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(b"id: 7\nevent: e\ndata: 1\nretry: 5\ndata: 2\n\n");
    assert_eq!(
        feed.next(),
        Some(Item::Retry(std::time::Duration::from_millis(5)))
    );
    let rest = feed.remaining();
    assert_eq!(
        drain(&mut decoder.feed(rest), Form::Text),
        [event("e", "1\n2", "7")]
    );
}

#[test]
fn an_id_committed_before_what_remains_is_known() {
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(b"id: 7\ndata\n\nid: 8\ndata\n\n");
    feed.next();
    let rest = feed.remaining();
    assert_eq!(decoder.last_event_id(), "7");
    drop(decoder.feed(rest));
    assert_eq!(decoder.last_event_id(), "8");
}

#[test]
fn a_feed_that_is_dropped_has_decoded_all() {
    let mut decoder = Decoder::new();
    drop(decoder.feed(b"data: 1\n\nid: 7\n\nevent: e\ndata: 2"));
    assert_eq!(decoder.last_event_id(), "7");
    assert_eq!(
        drain(&mut decoder.feed(b"3\n\n"), Form::Owned),
        [event("e", "23", "7")]
    );
}

#[test]
fn the_forms_may_be_mixed() {
    let mut decoder = Decoder::new().with_comments(true);
    let mut feed = decoder.feed(b"data: 1\n\n:c\ndata: 2\n\n");
    assert!(matches!(feed.next_bytes(), Some(ItemRef::Event(event)) if event.data == b"1"));
    assert!(matches!(feed.next_ref(), Some(ItemRef::Comment("c"))));
    assert!(matches!(feed.next(), Some(Item::Event(event)) if event.data() == "2"));
}

#[test]
fn invalid_utf_8_is_lent_as_it_came_and_read_as_replaced() {
    let stream = b"event: \xFF\ndata: \xE2\x82\n\n";
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(stream);
    let Some(ItemRef::Event(received)) = feed.next_bytes() else {
        panic!("an event")
    };
    assert_eq!(
        (received.event_type, received.data),
        (&b"\xFF"[..], &b"\xE2\x82"[..])
    );
    assert_eq!(
        drain(&mut Decoder::new().feed(stream), Form::Text),
        [event("\u{FFFD}", "\u{FFFD}", "")]
    );
}

#[test]
fn an_id_is_text_even_where_bytes_are_lent() {
    for chunk_size in [1, 64] {
        let mut decoder = Decoder::new();
        let mut ids = Vec::new();
        for chunk in b"id: \xFF\ndata\n\n".chunks(chunk_size) {
            let mut feed = decoder.feed(chunk);
            while let Some(item) = feed.next_bytes() {
                if let ItemRef::Event(event) = item {
                    ids.push(event.last_event_id.to_vec());
                }
            }
        }
        assert_eq!(ids, ["\u{FFFD}".as_bytes()]);
    }
}

#[test]
fn data_that_lies_in_the_chunk_is_not_copied() {
    let chunk = Bytes::from_static(b"event: e\ndata: 12345\n\n");
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(&chunk);
    let Some(ItemRef::Event(received)) = feed.next_ref() else {
        panic!("an event")
    };
    assert!(chunk.as_ptr_range().contains(&received.data.as_ptr()));
    let data = received.data_in(&chunk);
    assert_eq!(
        (data.as_ptr(), &data[..]),
        (received.data.as_ptr(), &b"12345"[..])
    );
}

#[test]
fn data_that_is_put_together_is_copied() {
    let chunk = Bytes::from_static(b"data: 1\ndata: 2\n\ndata\n\n");
    let mut decoder = Decoder::new();
    let mut feed = decoder.feed(&chunk);
    let mut datas = Vec::new();
    while let Some(ItemRef::Event(received)) = feed.next_bytes() {
        datas.push(received.data_in(&chunk));
    }
    assert_eq!(datas, ["1\n2", ""]);
}

#[test]
fn a_decoder_that_is_cloned_goes_on_from_the_same_place() {
    let mut decoder = Decoder::new();
    drop(decoder.feed(b"id: 1\nevent: e\ndata: a"));
    let mut clone = decoder.clone();
    let expected: [Dispatched; 1] = [event("e", "ab", "1")];
    for decoder in [&mut decoder, &mut clone] {
        assert_eq!(drain(&mut decoder.feed(b"b\n\n"), Form::Text), expected);
    }
}

#[test]
fn an_event_is_the_same_lent_and_owned() {
    let owned = MessageEvent::new("price", "12.5", "7");
    let lent = EventRef::from(&owned);
    assert_eq!(
        (lent.event_type, lent.data, lent.last_event_id),
        ("price", "12.5", "7")
    );
    assert_eq!(MessageEvent::from(lent), owned);
}
