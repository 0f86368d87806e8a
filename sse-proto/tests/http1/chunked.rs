//! The decoder of chunked bodies beside its twin.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sse_proto::http1::{Config, ConnectionEvent, Fault};
use sse_testkit::strategies::config;

use crate::support::{CHUNKED, Server};
use crate::twin::{Outcome, interpret};

/// What the machine finds, with the body in pieces of these lengths, over and over.
fn found(body: &[u8], cuts: &[usize], config: Config) -> Outcome {
    let mut server = Server::new(config);
    server.data(CHUNKED);
    server.read_body();
    server.events();
    let mut rest = body;
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*cut).min(rest.len()));
        server.data(piece);
        rest = behind;
    }
    let mut body = Vec::new();
    let mut refused = None;
    let mut complete = false;
    for event in server.events() {
        match event {
            ConnectionEvent::Body(bytes) => body.extend_from_slice(&bytes),
            ConnectionEvent::End => complete = true,
            ConnectionEvent::Refused(fault) => refused = Some(fault),
            other => panic!("{other:?}"),
        }
    }
    match refused {
        Some(fault) => Outcome::Refused(body, fault),
        None if complete => Outcome::Complete(body),
        None => Outcome::Incomplete(body),
    }
}

/// Bodies that are nearly right, or quite.
pub(crate) fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let good = vec((1..40_usize, select(vec!["", ";a=b", " ;c", ";"])), 0..5).prop_map(|chunks| {
        let mut body = String::new();
        for (size, extension) in chunks {
            body.push_str(&format!("{size:x}{extension}\r\n{}\r\n", "d".repeat(size)));
        }
        body
    });
    let end = select(vec![
        "",
        "0\r\n\r\n",
        "0\r\nTrailer: x\r\n\r\n",
        "0\r\n\r\nnext",
        "00;x\r\n\r\n",
    ]);
    let broken = select(vec![
        "",
        "x",
        "\n",
        "\r",
        "\r\n",
        "1\r\n",
        "ffffffffffffffff\r\n",
        "00000000000000001",
        "1;",
        "0",
        " ",
        "\0",
        "\t",
    ]);
    (good, broken, end)
        .prop_map(|(good, broken, end)| [good.as_str(), broken, end].concat().into_bytes())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn chunked_bodies_are_read_as_the_twin_reads_them(
        body in bodies(),
        cuts in vec(1..20_usize, 1..8),
        max_body in 0..200_usize,
        max_overhead in 100..140_usize,
    ) {
        // The head has to pass too.
        let config = Config::new().max_body_bytes(max_body).max_header_bytes(max_overhead);
        let expected = interpret(&body, max_body, max_overhead);
        prop_assert_eq!(found(&body, &cuts, config), expected);
    }

    #[test]
    fn so_are_any_bytes(body in vec(select(b"0123aAfF;: \t\r\n\r\nx\0".to_vec()), 0..60), cuts in vec(1..5_usize, 1..8)) {
        let expected = interpret(&body, 20, 60);
        let config = Config::new().max_body_bytes(20).max_header_bytes(60);
        prop_assert_eq!(found(&body, &cuts, config), expected);
    }
}

#[test]
fn the_twin_knows_the_ends() {
    assert_eq!(
        interpret(b"3\r\nabc\r\n0\r\n\r\n", 9, 9),
        Outcome::Complete(b"abc".to_vec())
    );
    assert_eq!(
        interpret(b"3\r\nab", 9, 9),
        Outcome::Incomplete(b"ab".to_vec())
    );
    assert_eq!(
        interpret(b"3\r\nabc\r\n7\r\n", 9, 9),
        Outcome::Refused(b"abc".to_vec(), Fault::BodyTooLarge)
    );
}
