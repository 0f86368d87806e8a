//! `close` works in every state, once, and leaves nothing open.

use std::time::Duration;

use sse_kit::source::ReadyState;

use crate::harness::*;

#[track_caller]
fn closes(mut client: Client, server: &Server) {
    client.close();
    client.close();
    client.expect_closed();
    client.close();
    client.reconnect();
    client.expect_nothing_for(Duration::from_millis(20));
    assert_eq!(client.ready_state(), ReadyState::Closed);
    server.wait_until_unconnected();
}

pub(crate) fn before_anything_happened<T: Transport>() {
    let server = Script::new().then_always(Answer::silence()).start();
    closes(Client::open::<T>(&server.url("/")), &server);
}

pub(crate) fn while_it_connects<T: Transport>() {
    let server = Script::new().then_always(Answer::silence()).start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.drive_until(|| server.requests().len() == 1);
    assert_eq!(client.ready_state(), ReadyState::Connecting);
    closes(client, &server);
}

pub(crate) fn while_it_is_open<T: Transport>() {
    let stream = Answer::stream().event("data: a\n\n");
    let server = Script::new().answer(stream.hold()).start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_data("a");
    assert_eq!(client.ready_state(), ReadyState::Open);
    closes(client, &server);
}

pub(crate) fn while_it_waits_to_reconnect<T: Transport>() {
    let stream = Answer::stream().event("retry: 3600000\n");
    let server = Script::new().answer(stream).start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_open();
    client.expect_drop();
    assert_eq!(client.ready_state(), ReadyState::Connecting);
    closes(client, &server);
    assert_eq!(server.requests().len(), 1);
}

pub(crate) fn after_it_has_failed<T: Transport>() {
    let server = Script::new().answer(Answer::status(404)).start();
    let mut client = Client::open::<T>(&server.url("/"));
    client.expect_refusal();
    client.close();
    client.expect_nothing_for(Duration::from_millis(20));
    server.wait_until_unconnected();
}

pub(crate) fn dropping_it_leaves_no_connection<T: Transport>() {
    for answer in [
        Answer::silence(),
        Answer::stream().event("data: a\n\n").hold(),
    ] {
        let server = Script::new().answer(answer).start();
        let mut client = Client::open::<T>(&server.url("/"));
        client.drive_until(|| server.requests().len() == 1);
        client.next_within(Duration::from_millis(50));
        drop(client);
        server.wait_until_unconnected();
    }
}
