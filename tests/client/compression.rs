//! Compressed streams, for transports that ask for them.

use sse_kit::source::Cause;

use crate::harness::*;

/// "data: one\n\n" in gzip, flushed.
const ONE: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4a, 0x49, 0x2c, 0x49, 0xb4, 0x52,
    0xc8, 0xcf, 0x4b, 0xe5, 0xe2, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff,
];
/// "data: two\n\n" in the same gzip, and its end.
const TWO: &[u8] = &[
    0x4b, 0x01, 0x33, 0x4b, 0xca, 0xf3, 0xb9, 0xb8, 0x00, 0xa2, 0x0d, 0x4a, 0x3f, 0x16, 0x00, 0x00,
    0x00,
];

pub(crate) fn gzip_is_taken_off_as_it_arrives<T: Transport>() {
    let stream = Answer::stream()
        .header("Content-Encoding", "gzip")
        .bytes(ONE)
        .pause()
        .bytes(TWO);
    let server = Script::new().answer(stream).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    client.expect_data("one");
    server.go();
    client.expect_data("two");
    assert_eq!(client.expect_drop(), Cause::Ended);
    let accepted = server.request(0);
    assert!(
        accepted
            .header_text("Accept-Encoding")
            .is_some_and(|codings| codings.contains("gzip"))
    );
}
