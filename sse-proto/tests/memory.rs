//! What decoding and encoding allocate, counted for the current thread.

use allocation_counter::measure;
use sse_proto::{Decoder, Event, Feed};
use std::time::Duration;

const CHUNK: usize = 16 << 10;
const STREAM: usize = 4 << 20;

/// Blocks one after the other, some MiB of them, and how many they are.
fn stream_of(block: impl Fn(usize) -> String) -> (Vec<u8>, usize) {
    let mut stream = String::new();
    let mut blocks = 0;
    while stream.len() < STREAM {
        stream.push_str(&block(blocks));
        blocks += 1;
    }
    (stream.into_bytes(), blocks)
}

fn llm(number: usize) -> String {
    let token =
        format!(r#"{{"index":0,"delta":{{"content":" word{number}"}},"finish_reason":null}}"#);
    format!(
        "data: {{\"id\":\"chatcmpl-{number}\",\"choices\":[{token}],\"padding\":\"{}\"}}\n\n",
        "p".repeat(120)
    )
}

fn two_lines(number: usize) -> String {
    format!(
        "event: content_block_delta\ndata: {{\"index\":{number},\"delta\":{{\"text\":\"word\"}}}}\n\n"
    )
}

fn tiny(_: usize) -> String {
    "data: x\n\n".to_owned()
}

fn all_fields(number: usize) -> String {
    let heartbeat = if number % 10 == 0 {
        ": heartbeat\n\n"
    } else {
        ""
    };
    format!(
        "{heartbeat}event: update\nid: {number}\nretry: 3000\ndata: {{\"number\":{number}}}\n\n"
    )
}

fn many_lines(_: usize) -> String {
    format!("{}\n", format!("data: {}\n", "x".repeat(80)).repeat(20))
}

type Block = fn(usize) -> String;

const KINDS: [(&str, Block); 5] = [
    ("llm", llm),
    ("two lines", two_lines),
    ("tiny", tiny),
    ("all fields", all_fields),
    ("many lines", many_lines),
];

#[test]
fn lending_text_allocates_next_to_nothing() {
    for (name, block) in KINDS {
        let (stream, blocks) = stream_of(block);
        let mut items = 0;
        let info = measure(|| {
            let mut decoder = Decoder::new();
            for chunk in stream.chunks(CHUNK) {
                let mut feed = decoder.feed(chunk);
                while feed.next_ref().is_some() {
                    items += 1;
                }
            }
        });
        assert!(items >= blocks);
        assert!(
            info.count_total <= blocks as u64 / 100,
            "{name}: {} for {blocks} events",
            info.count_total
        );
    }
}

#[test]
fn lending_bytes_allocates_next_to_nothing() {
    for (name, block) in KINDS {
        let (stream, blocks) = stream_of(block);
        let mut items = 0;
        let info = measure(|| {
            let mut decoder = Decoder::new().with_comments(true);
            for chunk in stream.chunks(CHUNK) {
                let mut feed = decoder.feed(chunk);
                while feed.next_bytes().is_some() {
                    items += 1;
                }
            }
        });
        assert!(items >= blocks);
        assert!(
            info.count_total <= blocks as u64 / 100,
            "{name}: {} for {blocks} events",
            info.count_total
        );
    }
}

#[test]
fn an_owned_event_is_one_allocation() {
    for (name, block) in &KINDS[..2] {
        let (stream, blocks) = stream_of(block);
        let info = measure(|| {
            let mut decoder = Decoder::new();
            for chunk in stream.chunks(CHUNK) {
                decoder.feed(chunk).for_each(drop);
            }
        });
        let most = blocks as u64 + blocks as u64 / 100;
        assert!(
            info.count_total <= most,
            "{name}: {} for {blocks} events",
            info.count_total
        );
    }
}

/// The ways to read a feed to its end, or not to read it at all.
const READERS: [(&str, Reader); 4] = [
    ("owned", |feed| feed.for_each(drop)),
    ("text", |mut feed| while feed.next_ref().is_some() {}),
    ("bytes", |mut feed| while feed.next_bytes().is_some() {}),
    ("dropped", |feed| drop(feed)),
];

type Reader = fn(Feed<'_, '_>);

/// What a decoder still holds after a huge block and a thousand small events.
fn retained_after(huge: &str, small: &str, chunk: usize, read: Reader) -> i64 {
    let stream = format!("{huge}{}", small.repeat(1000));
    let mut decoder = Decoder::new().with_comments(true);
    let info = measure(|| {
        for chunk in stream.as_bytes().chunks(chunk) {
            read(decoder.feed(chunk));
        }
    });
    assert_eq!(decoder.last_event_id(), "1");
    info.bytes_current
}

#[test]
fn a_huge_event_leaves_little_behind() {
    const CHUNKS: [usize; 3] = [usize::MAX, CHUNK, 1000];
    let huge = "x".repeat(1 << 20);
    let blocks = [
        format!("data: {huge}\n\n"),
        format!("data: {huge}\ndata: {huge}\n\n"),
        format!("event: {huge}\ndata\n\n"),
        format!("id: {huge}\ndata\n\n"),
        format!("id: {huge}\n\nid: {huge}\n\n"),
        format!(":{huge}\n\n"),
        format!("data: {huge}\nevent: {huge}\nid: {huge}\n:{huge}\ndata: {huge}\n\n"),
    ];
    let smalls = [
        "id: 1\ndata: x\n\n",
        "event: e\nid: 1\ndata: x\ndata: y\n\n",
    ];
    for (block, small) in blocks
        .iter()
        .flat_map(|block| smalls.map(|small| (block, small)))
    {
        for (chunk, (name, read)) in CHUNKS
            .into_iter()
            .flat_map(|chunk| READERS.map(|reader| (chunk, reader)))
        {
            let retained = retained_after(block, small, chunk, read);
            assert!(
                retained <= 64 << 10,
                "{retained} bytes after {:?}…, then {small:?}, in chunks of {chunk}, {name}",
                &block[..20]
            );
        }
    }
}

/// No chunk ends where a block does, so that something is always pending.
#[test]
fn huge_values_one_after_the_other_are_not_held_all_at_once() {
    const LIMIT: usize = 1 << 20;
    // What is lent of invalid UTF-8 takes three times its bytes.
    for (byte, most) in [(b'x', 5 * LIMIT / 2), (0xFF, 5 * LIMIT)] {
        let huge = vec![byte; LIMIT - 1000];
        let mut stream = Vec::new();
        for (before, behind) in [("data: ", "\n\n"), ("event: ", "\ndata\n\n"), (":", "\n\n")] {
            stream.extend_from_slice(before.as_bytes());
            stream.extend_from_slice(&huge);
            stream.extend_from_slice(behind.as_bytes());
        }
        // 899 and 9 have no divisor in common.
        stream.extend_from_slice(&b"data: x\n\n".repeat(5000));
        let mut decoder = Decoder::new()
            .with_max_event_bytes(LIMIT)
            .with_comments(true);
        let info = measure(|| {
            for chunk in stream.chunks(899) {
                let mut feed = decoder.feed(chunk);
                while feed.next_ref().is_some() {}
            }
        });
        let most = most + (64 << 10);
        assert!(info.bytes_max <= most as u64, "{} at most", info.bytes_max);
        assert!(
            info.bytes_current <= 64 << 10,
            "{} left",
            info.bytes_current
        );
    }
}

/// Invalid UTF-8 is replaced in a buffer of its own.
#[test]
fn a_huge_event_of_invalid_utf_8_leaves_little_behind() {
    let huge = b"data: \xFF\n".repeat(1 << 18);
    let mut decoder = Decoder::new();
    let info = measure(|| {
        for chunk in [&huge[..], b"\n"]
            .into_iter()
            .chain([&b"data: x\n\n"[..]; 1000])
        {
            let mut feed = decoder.feed(chunk);
            while feed.next_ref().is_some() {}
        }
    });
    assert!(
        info.bytes_current <= 64 << 10,
        "{} bytes",
        info.bytes_current
    );
}

#[test]
fn a_reset_gives_back_what_an_unfinished_huge_event_held() {
    let unfinished = format!("event: e\ndata: {}", "x".repeat(1 << 20));
    let mut decoder = Decoder::new();
    let info = measure(|| {
        for chunk in unfinished.as_bytes().chunks(CHUNK) {
            decoder.feed(chunk).for_each(drop);
        }
        decoder.reset();
    });
    assert!(
        info.bytes_current <= 64 << 10,
        "{} bytes",
        info.bytes_current
    );
}

/// A buffer that grows by doubling holds up to twice its content, and three times while it moves.
#[test]
fn a_hostile_stream_costs_no_more_than_the_limit_allows() {
    const LIMIT: usize = 64 << 10;
    let hostile =
        |head: &str, piece: &str| format!("{head}{}", piece.repeat((4 << 20) / piece.len()));
    let streams = [
        hostile("data: ", "x"),
        hostile("event: ", "x"),
        hostile("id: ", "x"),
        hostile("id: ", "\u{FEFF}"),
        hostile(":", "x"),
        hostile("", "x"),
        hostile("retry: ", "9"),
        hostile("", "data: x\n"),
        hostile("", "data\n"),
        hostile("", "event: xxxx\n"),
        hostile("", "id: xxxx\n"),
        hostile("", "data: x\nevent: y\nid: z\n:comment\n"),
    ];
    for stream in streams {
        let mut decoder = Decoder::new()
            .with_max_event_bytes(LIMIT)
            .with_comments(true);
        let info = measure(|| {
            for chunk in stream.as_bytes().chunks(CHUNK) {
                let mut feed = decoder.feed(chunk);
                while feed.next_ref().is_some() {}
            }
        });
        assert!(decoder.buffered() <= LIMIT);
        let most = 3 * LIMIT as u64 + CHUNK as u64;
        assert!(
            info.bytes_max <= most,
            "{} bytes for {:?}…",
            info.bytes_max,
            &stream[..20]
        );
    }
}

fn events() -> Vec<Event<'static>> {
    let full = Event::new("one\ntwo\r\nthree")
        .event_type("update")
        .unwrap()
        .id("17")
        .unwrap();
    vec![
        Event::new("x"),
        Event::default().comment("heartbeat"),
        full.retry(Duration::from_secs(3)).comment("a\nb"),
        Event::new("line\n".repeat(20)),
        Event::new("x".repeat(1 << 16)),
    ]
}

#[test]
fn encoding_into_a_reused_buffer_allocates_nothing() {
    let events = events();
    let mut out = Vec::new();
    events.iter().for_each(|event| event.encode(&mut out));
    let info = measure(|| {
        for _ in 0..100 {
            out.clear();
            events.iter().for_each(|event| event.encode(&mut out));
        }
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn an_event_as_bytes_is_one_allocation() {
    for event in events() {
        let info = measure(|| drop(event.to_bytes()));
        assert_eq!(info.count_total, 1, "{event:.30}");
    }
}

#[test]
fn a_new_decoder_allocates_nothing() {
    assert_eq!(measure(|| drop(Decoder::new())).count_total, 0);
}
