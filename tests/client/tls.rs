//! TLS with certificates that nobody else knows.

use sse_kit::source::{Cause, TransportErrorKind};

use crate::harness::*;

pub(crate) fn a_private_root_can_be_trusted<T: Transport>() {
    for host in ["127.0.0.1", "localhost"] {
        let server = Script::new()
            .tls()
            .answer(Answer::stream().event("data: a\n\n").hold())
            .start();
        let mut options = Options::new(&server.url_at(host, "/"));
        options.root_certificate = server.root_certificate().map(<[u8]>::to_vec);
        let mut client = options.open::<T>();
        client.expect_open();
        client.expect_data("a");
    }
}

pub(crate) fn a_root_that_is_not_trusted_is_an_error<T: Transport>() {
    let server = Script::new().tls().then_always(Answer::silence()).start();
    let other = Script::new().tls().start();
    let mut options = Options::new(&server.url("/"));
    options.root_certificate = other.root_certificate().map(<[u8]>::to_vec);
    match options.open::<T>().expect_drop() {
        Cause::Transport(error) => assert_eq!(error.kind, TransportErrorKind::Tls, "{error}"),
        other => panic!("the certificate is why, and not {other:?}"),
    }
    assert_eq!(server.requests().len(), 0);
}

pub(crate) fn a_stream_over_tls_resumes<T: Transport>() {
    let server = Script::new()
        .tls()
        .answer(Answer::stream().event("id: 1\ndata: a\n\n").truncate())
        .answer(
            Answer::stream()
                .event("data: b\n\n")
                .pause()
                .event("data: c\n\n")
                .hold(),
        )
        .start();
    let mut options = Options::new(&server.url("/"));
    options.root_certificate = server.root_certificate().map(<[u8]>::to_vec);
    let mut client = options.open::<T>();

    client.expect_open();
    client.expect_data("a");
    assert!(matches!(client.expect_drop(), Cause::Transport(_)));
    client.expect_open();
    client.expect_data("b");
    server.go();
    client.expect_data("c");
    assert_eq!(resumes_from(&server, 1).as_deref(), Some("1"));
    drop(client);
    server.wait_until_unconnected();
}
