//! What an event looks like on the wire, and what cannot be put there.

mod common;

use common::{comment, decode, decode_with_comments, event, message};
use sse_proto::{Decoder, Event, InvalidField, Item, MessageEvent};
use sse_testkit::oracle::Dispatched;
use std::time::Duration;

fn encoded(event: &Event<'_>) -> String {
    event.to_string()
}

#[test]
fn data_is_one_line_with_its_space_and_a_blank_line() {
    assert_eq!(encoded(&Event::new("hello")), "data: hello\n\n");
}

#[test]
fn every_line_end_in_data_begins_a_new_data_line() {
    for line_end in ["\n", "\r", "\r\n"] {
        assert_eq!(
            encoded(&Event::new(format!("a{line_end}b"))),
            "data: a\ndata: b\n\n",
            "{line_end:?}"
        );
    }
    assert_eq!(
        encoded(&Event::new("a\n\rb\r\r\nc")),
        "data: a\ndata: \ndata: b\ndata: \ndata: c\n\n"
    );
}

#[test]
fn a_line_is_added_behind_the_data_whatever_stands_at_their_edges() {
    let edges = [
        "", "a", "\r", "\n", "\r\n", "a\r", "\ra", "a\n", "\na", "\r\r",
    ];
    let lines = |text: &str| -> Vec<String> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.split('\n').map(str::to_owned).collect()
    };
    for first in edges {
        assert_eq!(
            Event::default().data_line(first),
            Event::new(first),
            "{first:?}"
        );
        for second in edges {
            let added = encoded(&Event::new(first).data_line(second));
            let expected = [lines(first), lines(second)].concat().join("\n");
            assert_eq!(decode(added), [message(&expected)], "{first:?} {second:?}");
        }
    }
}

#[test]
fn line_ends_at_the_edges_of_data_are_kept() {
    assert_eq!(decode(encoded(&Event::new("\na\n"))), [message("\na\n")]);
    assert_eq!(decode(encoded(&Event::new("\r\n"))), [message("\n")]);
    assert_eq!(decode(encoded(&Event::new("a\r"))), [message("a\n")]);
}

#[test]
fn leading_and_trailing_spaces_are_kept() {
    let spaced = Event::new("  a \n b ")
        .id(" 1 ")
        .unwrap()
        .event_type(" e ")
        .unwrap();
    assert_eq!(decode(encoded(&spaced)), [event(" e ", "  a \n b ", " 1 ")]);
}

#[test]
fn empty_data_is_an_event() {
    assert_eq!(encoded(&Event::new("")), "data: \n\n");
    assert_eq!(decode(encoded(&Event::new(""))), [message("")]);
}

#[test]
fn no_data_is_no_event() {
    assert_eq!(encoded(&Event::default()), "\n");
    let control = Event::default()
        .id("7")
        .unwrap()
        .retry(Duration::from_secs(1))
        .comment("c");
    assert_eq!(
        decode_with_comments(encoded(&control)),
        [comment("c"), Dispatched::Retry(1000)]
    );
    let mut decoder = Decoder::new();
    drop(decoder.feed(&control.to_bytes()));
    assert_eq!(decoder.last_event_id(), "7");
}

#[test]
fn all_fields_are_written_in_the_order_in_which_a_reader_wants_them() {
    let full = Event::new("d")
        .event_type("e")
        .unwrap()
        .id("i")
        .unwrap()
        .retry(Duration::from_millis(5))
        .comment("c");
    assert_eq!(
        encoded(&full),
        ": c\nevent: e\nid: i\nretry: 5\ndata: d\n\n"
    );
}

#[test]
fn nothing_in_data_or_comment_becomes_a_field() {
    let forged = "x\n\nevent: forged\rid: 1\r\nretry: 0\n\ndata: y";
    let items = decode_with_comments(encoded(&Event::new(forged).comment(forged)));
    let lines = ["x", "", "event: forged", "id: 1", "retry: 0", "", "data: y"];
    let mut expected: Vec<_> = lines.iter().map(|line| comment(line)).collect();
    expected.push(message(&lines.join("\n")));
    assert_eq!(items, expected);
}

#[test]
fn an_empty_id_resets_the_last_event_id() {
    let reset = Event::new("").id("").unwrap();
    let stream = format!("id: 1\n\n{reset}");
    assert_eq!(decode(stream), [message("")]);
}

#[test]
fn no_id_is_not_an_empty_id() {
    assert_eq!(
        decode(format!("id: 1\n\n{}", Event::new(""))),
        [event("message", "", "1")]
    );
}

#[test]
fn an_empty_type_is_message() {
    assert_eq!(
        decode(encoded(&Event::new("").event_type("").unwrap())),
        [message("")]
    );
}

#[test]
fn a_comment_alone_is_a_heartbeat() {
    let heartbeat = Event::default().comment("");
    assert_eq!(decode_with_comments(encoded(&heartbeat)), [comment("")]);
    assert!(encoded(&heartbeat).starts_with(':'));
}

#[test]
fn the_last_setting_of_a_field_counts() {
    let twice = Event::new("d")
        .id("1")
        .unwrap()
        .id("2")
        .unwrap()
        .comment("a")
        .comment("b");
    assert_eq!(
        decode_with_comments(encoded(&twice)),
        [comment("b"), event("message", "d", "2")]
    );
}

#[test]
fn a_reconnection_time_is_whole_milliseconds() {
    let milliseconds = |time| decode(encoded(&Event::default().retry(time)));
    assert_eq!(milliseconds(Duration::ZERO), [Dispatched::Retry(0)]);
    assert_eq!(
        milliseconds(Duration::from_secs(3)),
        [Dispatched::Retry(3000)]
    );
    assert_eq!(
        milliseconds(Duration::from_micros(1)),
        [Dispatched::Retry(1)],
        "a little is not nothing"
    );
    assert_eq!(
        milliseconds(Duration::from_millis(u64::MAX)),
        [Dispatched::Retry(u64::MAX)]
    );
    assert_eq!(milliseconds(Duration::MAX), [Dispatched::Retry(u64::MAX)]);
}

#[test]
fn numbers_come_out_exact() {
    assert_eq!(encoded(&Event::display(-7)), "data: -7\n\n");
    assert_eq!(
        encoded(&Event::display(u128::MAX)),
        format!("data: {}\n\n", u128::MAX)
    );
    for number in [
        0.1,
        1.0 / 3.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        -0.0,
        1e21,
        123_456_789.123_456_79,
    ] {
        let [Dispatched::Event { data, .. }] = &decode(encoded(&Event::display(number)))[..] else {
            panic!("one event for {number}")
        };
        assert_eq!(
            data.parse::<f64>().map(f64::to_bits),
            Ok(number.to_bits()),
            "{data}"
        );
    }
    assert_eq!(encoded(&Event::display(0.1_f32)), "data: 0.1\n\n");
}

#[test]
fn what_is_displayed_is_split_into_lines_too() {
    assert_eq!(
        encoded(&Event::display(format_args!("a\nid: {}", 1))),
        "data: a\ndata: id: 1\n\n"
    );
}

#[test]
fn text_of_any_script_passes() {
    let text = "漢字 😀 \u{FEFF}\u{2028}\0";
    assert_eq!(decode(encoded(&Event::new(text))), [message(text)]);
}

#[test]
fn encoding_appends() {
    let mut out = b"before".to_vec();
    Event::new("a").encode(&mut out);
    Event::new("b").encode(&mut out);
    assert_eq!(out, b"beforedata: a\n\ndata: b\n\n");
}

fn refused(result: Result<Event<'_>, InvalidField>) -> String {
    result.expect_err("the field is invalid").to_string()
}

#[test]
fn an_id_that_would_break_the_stream_is_refused_with_a_reason() {
    for (id, code_point, position) in [
        ("1\n2", "U+000A", "1"),
        ("12\r", "U+000D", "2"),
        ("\0", "U+0000", "0"),
    ] {
        let reason = refused(Event::new("").id(id));
        for word in ["id", code_point, position] {
            assert!(reason.contains(word), "{word:?} in {reason:?}");
        }
    }
}

#[test]
fn a_type_that_would_break_the_stream_is_refused_with_a_reason() {
    for (event_type, code_point) in [("a\nb", "U+000A"), ("a\rb", "U+000D"), ("a\0b", "U+0000")] {
        let reason = refused(Event::new("").event_type(event_type));
        for word in ["type", code_point] {
            assert!(reason.contains(word), "{word:?} in {reason:?}");
        }
    }
}

#[test]
fn a_decoder_refuses_a_last_event_id_that_no_stream_can_have_set() {
    for id in ["1\n", "1\r", "\0"] {
        assert!(Decoder::new().with_last_event_id(id).is_err(), "{id:?}");
    }
}

#[test]
fn owned_and_borrowed_texts_give_the_same_event() {
    let text = String::from("a");
    assert_eq!(Event::new(text.clone()), Event::new(text.as_str()));
    assert_eq!(
        Event::new(text.clone()).id(text.clone()).unwrap(),
        Event::new(&text).id(&text).unwrap()
    );
}

#[test]
fn what_was_received_is_displayed_as_the_block_that_makes_it_be_received() {
    for received in [
        MessageEvent::new("", "one", ""),
        MessageEvent::new("price", "two\nlines", "7"),
        MessageEvent::new("a\0b", "", "ü"),
    ] {
        let block = received.to_string();
        let items: Vec<_> = Decoder::new().feed(block.as_bytes()).collect();
        assert_eq!(items, [Item::Event(received)], "{block:?}");
    }
    let received = MessageEvent::new("message", "one", "7");
    assert_eq!(received.to_string(), "id: 7\ndata: one\n\n");
}

#[cfg(feature = "base64")]
mod base64 {
    use super::*;
    use sse_proto::EventRef;

    #[test]
    fn any_bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let items: Vec<Item> = Decoder::new()
            .feed(&Event::base64(&bytes).to_bytes())
            .collect();
        let [Item::Event(received)] = &items[..] else {
            panic!("{items:?}")
        };
        assert_eq!(received.base64().unwrap(), bytes);
        assert_eq!(EventRef::from(received).base64().unwrap(), bytes);
    }

    #[test]
    fn data_that_is_not_base64_is_an_error() {
        assert!(MessageEvent::new("", "a b", "").base64().is_err());
    }
}

#[cfg(feature = "json")]
mod json {
    use super::*;
    use sse_proto::EventRef;

    #[test]
    fn a_value_comes_back() {
        let value = ("a\nb".to_owned(), vec![1.5, -2.0], None::<u8>);
        let text = encoded(&Event::json(&value).unwrap());
        let [Dispatched::Event { data, .. }] = &decode(text)[..] else {
            panic!("one event")
        };
        let received = MessageEvent::new("", data, "");
        assert_eq!(
            received.json::<(String, Vec<f64>, Option<u8>)>().unwrap(),
            value
        );
    }

    #[test]
    fn data_that_is_not_json_is_an_error_that_shows_it() {
        let received = MessageEvent::new("", "<html>", "");
        for error in [
            received.json::<u8>().unwrap_err(),
            EventRef::from(&received).json::<u8>().unwrap_err(),
        ] {
            assert!(error.to_string().contains("<html>"), "{error}");
            assert_eq!(error.data(), "<html>");
        }
    }
}
