//! `sse listen` against servers that follow a script: what comes out, what goes over the wire, and what is said.

#[path = "../support/mod.rs"]
mod support;

mod output;
mod reconnection;
mod refusals;
mod requests;
mod tls;

use sse_testkit::script::{Answer, Script, Server};

/// A server with one answer.
fn answering(answer: Answer) -> Server {
    Script::new().answer(answer).start()
}

/// A server whose one answer is this stream, which ends in good order.
fn streaming(stream: &str) -> Server {
    answering(Answer::stream().event(stream))
}

/// Host and port of a server.
fn host(server: &Server) -> String {
    server.address().to_string()
}
