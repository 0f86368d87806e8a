//! What lies under the clients, without a decoder: the parts of the stream are only counted.

use std::future::{Future, poll_fn};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::events::{EVENT_BYTES, Tally, bytes_of};
use super::on_tokio;

/// How much is read at once.
const BUFFER_BYTES: usize = 16 << 10;

/// hyper, its connection polled by whoever reads its response.
pub(super) fn hyper_in_place(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let (mut sender, connection) = handshake(url).await;
        let mut connection = pin!(connection);
        let mut tally = Tally::default();
        let mut response = pin!(sender.send_request(request(url)));
        let response = poll_fn(|cx| {
            let _ = connection.as_mut().poll(cx);
            response.as_mut().poll(cx)
        });
        let mut body = response.await.expect("a response").into_body();
        while tally.received() < bytes_of(count) {
            let frame = poll_fn(|cx| {
                let _ = connection.as_mut().poll(cx);
                Pin::new(&mut body.frame()).poll(cx)
            });
            let frame = frame.await.expect("a stream").expect("a stream");
            take(&mut tally, frame.data_ref().expect("data"), count);
        }
        tally
    })
}

/// hyper, its connection a task of its own, as its documentation shows it.
pub(super) fn hyper_spawned(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let (mut sender, connection) = handshake(url).await;
        tokio::spawn(connection);
        let response = sender.send_request(request(url)).await;
        let mut body = response.expect("a response").into_body();
        let mut tally = Tally::default();
        while tally.received() < bytes_of(count) {
            let frame = body.frame().await.expect("a stream").expect("a stream");
            take(&mut tally, frame.data_ref().expect("data"), count);
        }
        tally
    })
}

type Connection = http1::Connection<TokioIo<tokio::net::TcpStream>, Empty<Bytes>>;

async fn handshake(url: &str) -> (http1::SendRequest<Empty<Bytes>>, Connection) {
    let stream = tokio::net::TcpStream::connect(authority(url)).await;
    let stream = stream.expect("a connection");
    stream.set_nodelay(true).expect("a connection");
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    handshake.expect("a connection")
}

fn request(url: &str) -> hyper::Request<Empty<Bytes>> {
    hyper::Request::get(&url["http://".len() + authority(url).len()..])
        .header("Host", authority(url))
        .body(Empty::new())
        .expect("a request")
}

/// The host and the port of the URL.
fn authority(url: &str) -> &str {
    url.split('/').nth(2).expect("a URL")
}

pub(super) fn reqwest(url: &str, count: u64) -> Tally {
    on_tokio(async {
        let client = reqwest::Client::builder().no_proxy().build();
        let response = client.expect("a client").get(url).send().await;
        let mut body = response.expect("a response").bytes_stream();
        let mut tally = Tally::default();
        while tally.received() < bytes_of(count) {
            let part = body.next().await.expect("a stream").expect("a stream");
            take(&mut tally, &part, count);
        }
        tally
    })
}

pub(super) fn ureq(url: &str, count: u64) -> Tally {
    let agent = ureq::Agent::config_builder().proxy(None).build();
    let response = agent.new_agent().get(url).call();
    let mut body = response.expect("a response").into_body().into_reader();
    let mut tally = Tally::default();
    let mut buffer = vec![0; BUFFER_BYTES];
    while tally.received() < bytes_of(count) {
        let length = body.read(&mut buffer).expect("a stream");
        take(&mut tally, &buffer[..length], count);
    }
    tally
}

/// Reads the response as bytes, chunk heads and all.
pub(super) fn socket(url: &str, count: u64) -> Tally {
    let mut stream = TcpStream::connect(authority(url)).expect("a connection");
    let path = &url["http://".len() + authority(url).len()..];
    write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").expect("a connection");
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut read = 0;
    // A chunk has its size before it and a line end behind.
    let chunk = "37\r\n\r\n".len() + EVENT_BYTES;
    while read < count * chunk as u64 {
        read += stream.read(&mut buffer).expect("a stream") as u64;
    }
    Tally::of_bytes(count)
}

/// Counts a part of the stream; what follows the last event is not asked for.
fn take(tally: &mut Tally, part: &[u8], count: u64) {
    let left = bytes_of(count) - tally.received();
    tally.bytes(&part[..part.len().min(usize::try_from(left).unwrap_or(usize::MAX))]);
}
