//! Closing, and all that comes too late.

use sse_proto::source::{Action, Prepared, ReadyState, SourceItem, Verdict};

use crate::support::{Client, SECOND, broken, config, head, stream_head};

#[test]
fn a_source_goes_from_thread_to_thread() {
    fn goes<T: Send + Sync + 'static>() {}
    goes::<sse_proto::source::EventSource>();
    goes::<sse_proto::source::Config>();
}

#[test]
fn a_stream_that_is_closed_is_aborted_and_says_so_once() {
    let mut client = Client::open(config());
    client.source.close();
    client.source.close();
    assert_eq!(client.actions(), [Action::Abort(client.attempt)]);
    assert_eq!(client.events(), [SourceItem::Closed]);
    assert_eq!(client.source.ready_state(), ReadyState::Closed);
}

#[test]
fn a_source_that_waits_has_nothing_to_abort() {
    let mut client = Client::open(config());
    client.eof();
    client.events();
    client.source.close();
    assert_eq!(client.actions(), []);
    assert_eq!(client.events(), [SourceItem::Closed]);
    assert_eq!(client.source.deadline(), None);
}

#[test]
fn a_request_that_was_never_handed_out_is_taken_back() {
    let mut client = Client::open(config());
    client.source.reconnect(client.now);
    client.source.close();
    let actions = client.actions();
    assert!(
        matches!(actions[..], [Action::Abort(_)]),
        "of the open stream only: {actions:?}"
    );
}

#[test]
fn nothing_moves_a_closed_source() {
    let mut client = Client::open(config().prepare_each_attempt(false));
    client.data("id: 7\n\n");
    client.source.close();
    client.actions();
    client.events();
    let (now, attempt) = (client.now, client.attempt);
    client
        .source
        .handle_prepared(now, attempt, Ok(Prepared::default()));
    client
        .source
        .handle_response_head(now, attempt, stream_head());
    client.source.handle_verdict(now, attempt, Verdict::Accept);
    assert_eq!(client.data("id: 8\ndata: late\n\n"), []);
    client.source.handle_eof(now, attempt);
    client.source.handle_error(now, attempt, broken());
    client.source.handle_timeout(now + 1000 * SECOND);
    client.source.reconnect(now);
    assert_eq!((client.actions(), client.events()), (vec![], vec![]));
    assert_eq!(client.source.last_event_id(), "7", "it can still be asked");
}

#[test]
fn what_an_aborted_attempt_still_says_is_not_heard() {
    let mut client = Client::open(config());
    let old = client.attempt;
    client.source.reconnect(client.now);
    client.drain();
    assert_ne!(client.attempt, old);
    client.actions();
    assert_eq!(
        client
            .source
            .handle_data(client.now, old, b"id: 9\ndata: late\n\n")
            .next(),
        None
    );
    client.source.handle_error(client.now, old, broken());
    client
        .source
        .handle_response_head(client.now, old, head(204, &[]));
    assert_eq!((client.actions(), client.events()), (vec![], vec![]));
    client.respond(stream_head());
    assert_eq!(client.data("data: x\n\n").len(), 1);
    assert_eq!(client.source.last_event_id(), "");
}

#[test]
fn a_refusal_that_is_closed_is_not_reported() {
    let mut client = Client::new(config());
    client.respond(head(500, &[]));
    client.source.close();
    assert_eq!(client.events(), [SourceItem::Closed]);
}
