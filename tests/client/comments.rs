//! Comments, for those who ask for them.

use crate::harness::*;

/// A source that reports comments, and the server whose stream it reads.
fn reading<T: Transport>(stream: Answer) -> (Client, Server) {
    let server = Script::new().answer(stream.hold()).start();
    let options = Options::new(&server.url("/")).with(|config| config.comments(true));
    let mut client = options.open::<T>();
    client.expect_open();
    (client, server)
}

pub(crate) fn a_comment_is_seen_at_its_own_line<T: Transport>() {
    let (mut client, _server) = reading::<T>(Answer::stream().event(":hello\n"));
    assert_eq!(client.expect_comment(), "hello");
}

pub(crate) fn comments_in_a_row_are_seen_one_by_one<T: Transport>() {
    let stream = Answer::stream().event(":one\n").pause().event(":two\n");
    let (mut client, server) = reading::<T>(stream);
    assert_eq!(client.expect_comment(), "one");
    server.go();
    assert_eq!(client.expect_comment(), "two");
}

pub(crate) fn a_comment_comes_before_the_message_behind_it<T: Transport>() {
    let stream = Answer::stream().event(":hello\n").event("data: a\n\n");
    let (mut client, _server) = reading::<T>(stream);
    assert_eq!(client.expect_comment(), "hello");
    client.expect_data("a");
}

pub(crate) fn a_comment_comes_behind_the_message_before_it<T: Transport>() {
    let stream = Answer::stream().event("data: a\n\n").event(":hello\n");
    let (mut client, _server) = reading::<T>(stream);
    client.expect_data("a");
    assert_eq!(client.expect_comment(), "hello");
}
