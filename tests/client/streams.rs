//! What streams say, and how it is cut.

use std::time::Duration;

use sse_kit::source::Cause;

use crate::harness::*;

pub(crate) fn lines_may_end_with_cr_alone<T: Transport>() {
    let stream = Answer::stream().event("data: a\r\rid: 1\rdata: b\r\r");
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    // No byte follows the last CR, and none is waited for.
    client.expect_data("a");
    client.expect_data("b");
    assert_eq!(client.last_event_id(), "1");
}

pub(crate) fn one_byte_at_a_time_is_the_same_stream<T: Transport>() {
    let stream =
        "\u{feff}event: größe\r\nid: é\r\n: not seen\r\ndata: \u{1f980}\r\ndata: b\r\n\r\n";
    let server = Script::new()
        .answer(Answer::stream().drip(stream).hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    let message = client.expect_message();
    assert_eq!(message.event_type(), "größe");
    assert_eq!(message.data(), "\u{1f980}\nb");
    assert_eq!(message.last_event_id(), "é");
}

pub(crate) fn a_line_of_10_mib_is_one_message<T: Transport>() {
    let line = vec![b'x'; 10 << 20];
    let stream = Answer::stream()
        .event("data: ")
        .bytes(line.clone())
        .event("\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    assert!(client.expect_message().data().as_bytes() == line);
}

pub(crate) fn an_event_over_the_limit_is_reported_and_the_stream_goes_on<T: Transport>() {
    let stream = Answer::stream()
        .event(&format!("id: 1\ndata: {}\n\n", "x".repeat(5000)))
        .event("data: b\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.max_event_bytes(1000))
        .open::<T>();

    client.expect_open();
    let seen = client.next();
    assert!(matches!(seen, Observed::TooLarge), "{seen:?}");
    client.expect_data("b");
    assert_eq!(client.last_event_id(), "1");
}

pub(crate) fn a_line_without_end_is_given_up_at_the_limit<T: Transport>() {
    let stream = Answer::stream().event("data: ").endlessly([b'x'; 16 << 10]);
    let server = Script::new().answer(stream).start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.max_event_bytes(100_000))
        .open::<T>();

    client.expect_open();
    assert!(matches!(client.next(), Observed::TooLarge));
    client.expect_nothing_for(Duration::from_millis(100));
    client.close();
    client.expect_closed();
    drop(client);
    server.wait_until_unconnected();
}

pub(crate) fn comments_are_seen_where_they_are_asked_for<T: Transport>() {
    let server = Script::new()
        .then_always(Answer::stream().event(": hello\ndata: a\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_data("a");

    let options = Options::new(&server.url("/")).with(|config| config.comments(true));
    let mut client = options.open::<T>();
    client.expect_open();
    assert_eq!(client.expect_comment(), "hello");
    client.expect_data("a");
}

pub(crate) fn reconnection_times_are_seen_where_they_are_asked_for<T: Transport>() {
    let server = Script::new()
        .then_always(Answer::stream().event("retry: 7\ndata: a\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_data("a");

    let options = Options::new(&server.url("/")).with(|config| config.retry_fields(true));
    let mut client = options.open::<T>();
    client.expect_open();
    assert_eq!(client.expect_retry(), Duration::from_millis(7));
    client.expect_data("a");
}

pub(crate) fn an_event_that_a_stream_ends_in_is_discarded_and_its_size_is_known<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\ndata: lost"))
        .then_always(Answer::stream().event("data: b\n\n").hold().late())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_drop(), Cause::Ended);
    assert_eq!(client.discarded_bytes(), "lost".len());
    server.go();
    client.expect_open();
    client.expect_data("b");
    assert_eq!(client.discarded_bytes(), 0);
}

pub(crate) fn a_message_is_seen_before_more_is_sent<T: Transport>() {
    let stream = (0..5).fold(Answer::stream(), |answer, number| {
        answer.event(&format!("data: {number}\n\n")).pause()
    });
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    for number in 0..5 {
        client.expect_data(&number.to_string());
        server.go();
    }
}
