//! A connection that is lost is resumed where it broke.

use sse_kit::source::Cause;

use crate::harness::*;

pub(crate) fn it_resumes_with_the_last_event_id_over_several_drops<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n").truncate())
        .answer(Answer::stream().event("id: 2\ndata: b\n\n").pause().reset())
        .answer(Answer::stream().event("id: 3\ndata: c\n\n"))
        .answer(Answer::stream().event("id: 4\ndata: d\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    assert!(matches!(client.expect_drop(), Cause::Transport(_)));
    client.expect_open();
    client.expect_data("b");
    server.go();
    assert!(matches!(client.expect_drop(), Cause::Transport(_)));
    client.expect_open();
    client.expect_data("c");
    assert_eq!(client.expect_drop(), Cause::Ended);
    client.expect_open();
    client.expect_data("d");

    assert_eq!(resumes_from(&server, 0), None);
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
    assert_eq!(resumes_from(&server, 2).as_deref(), Some("2"));
    assert_eq!(resumes_from(&server, 3).as_deref(), Some("3"));
    assert_eq!(client.last_event_id(), "4");
}

pub(crate) fn it_begins_with_an_id_that_it_was_given<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("data: a\n\n").hold())
        .start();
    let options = Options::new(&server.url("/"));
    let mut client = options
        .with(|config| config.last_event_id("41").unwrap())
        .open::<T>();

    client.expect_open();
    assert_eq!(client.expect_message().last_event_id(), "41");
    assert_eq!(resumes_from(&server, 0).as_deref(), Some("41"));
}

pub(crate) fn an_event_without_an_id_inherits_that_of_the_last_connection<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n"))
        .answer(Answer::stream().event("data: b\n\n"))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_open();
    assert_eq!(client.expect_message().last_event_id(), "1");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 3);
    assert_eq!(resumes_from(&server, 2).as_deref(), Some("1"));
}

pub(crate) fn the_id_stays_where_later_events_have_none<T: Transport>() {
    let stream = Answer::stream()
        .event("id: 1\ndata: a\n\n")
        .event("data: b\n\n")
        .truncate();
    let server = Script::new()
        .answer(stream)
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    assert_eq!(client.expect_message().last_event_id(), "1");
    assert_eq!(client.expect_message().last_event_id(), "1");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 2);
    assert_eq!(resumes_from(&server, 0), None);
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
}

pub(crate) fn what_was_not_complete_is_forgotten<T: Transport>() {
    let broken = "id: 1\ndata: a\n\nid: 2\nevent: lost\ndata: and gone";
    let server = Script::new()
        .answer(Answer::stream().event(broken).truncate())
        .answer(Answer::stream().event("data: b\n\n").hold())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.expect_open();
    let message = client.expect_message();
    let message = [
        message.event_type(),
        message.last_event_id(),
        message.data(),
    ];
    assert_eq!(message, ["message", "1", "b"]);
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
}

pub(crate) fn an_empty_id_ends_resumption<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\ndata: a\n\nid\ndata: b\n\n"))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_message().last_event_id(), "");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 2);
    assert_eq!(resumes_from(&server, 1), None);
}

pub(crate) fn an_id_counts_at_its_blank_line_and_not_before<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: 1\n\nid: 2\ndata: lost\n"))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 2);
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
}

pub(crate) fn an_id_goes_over_the_wire_as_utf_8<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: größer \u{1f980}\ndata: a\n\n"))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 2);
    let request = server.request(1);
    assert_eq!(
        request.header("Last-Event-ID"),
        Some("größer \u{1f980}".as_bytes())
    );
}

pub(crate) fn a_huge_id_is_sent_whole<T: Transport>() {
    let id = "x".repeat(32 << 10);
    let server = Script::new()
        .answer(Answer::stream().event(&format!("id: {id}\ndata: a\n\n")))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 2);
    assert!(resumes_from(&server, 1) == Some(id));
}

pub(crate) fn an_id_that_no_header_can_carry_is_reported_and_left_out<T: Transport>() {
    let server = Script::new()
        .answer(Answer::stream().event("id: a\u{1}b\ndata: a\n\n"))
        .answer(Answer::stream().event("data: b\n\n"))
        .answer(Answer::stream().event("id: 3\ndata: c\n\n"))
        .answer(Answer::silence())
        .start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.expect_drop(), Cause::Ended);
    assert_eq!(client.expect_drop(), Cause::LastEventIdNotSendable);
    client.expect_open();
    assert_eq!(client.expect_message().last_event_id(), "a\u{1}b");
    assert_eq!(client.expect_drop(), Cause::Ended);
    client.expect_open();
    client.expect_data("c");
    client.expect_drop();
    client.drive_until(|| server.requests().len() == 4);
    let resumed: Vec<_> = (0..4)
        .map(|request| resumes_from(&server, request))
        .collect();
    assert_eq!(resumed, [None, None, None, Some("3".to_owned())]);
}
