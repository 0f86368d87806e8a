//! Whom the client trusts; the stories of every client have the rest.
#![cfg(feature = "tls")]

use sse_testkit::script::{Answer, Script, Server};
use sse_tokio::{Cause, EventSource, HyperTransport, SourceItem, TransportErrorKind};

/// A server whose certificate nobody has signed that anybody knows.
fn unknown() -> Server {
    let stream = Answer::stream().event("data: a\n\n").hold();
    Script::new().tls().then_always(stream).start()
}

#[tokio::test]
async fn the_web_s_roots_are_trusted_and_nobody_else() {
    let server = unknown();
    let mut source = EventSource::connect(server.url("/")).unwrap();
    match source.next().await {
        Some(SourceItem::Error(error)) => match error.cause {
            Cause::Transport(error) => assert_eq!(error.kind, TransportErrorKind::Tls),
            other => panic!("the certificate is why, and not {other:?}"),
        },
        other => panic!("nobody is trusted, and there was {other:?}"),
    }
}

#[tokio::test]
async fn any_certificate_is_accepted_where_that_is_asked_for() {
    let server = unknown();
    let mut messages = EventSource::builder(server.url_at("localhost", "/"))
        .unwrap()
        .transport(HyperTransport::new().danger_accept_invalid_certificates())
        .build()
        .messages();
    assert_eq!(messages.next().await.unwrap().unwrap().data(), "a");
}
