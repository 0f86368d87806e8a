//! How many events a second one publisher stores.

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use serde::Serialize;
use sse_proto::Event;
use sse_redis::sse_hub::{Hub, Publish};

use super::server::Server;

/// How many commands a raw pipeline has.
const PIPELINE: u64 = 100;
/// How many events are on their way at once.
const IN_FLIGHT: usize = 1000;

/// Events a second, in the rounds of a measurement.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rates {
    /// Of a client that only sends pipelines of `XADD`.
    pub raw: f64,
    /// Of a hub.
    pub hub: f64,
}

/// Publishes as many events in each of the two ways, one after the other.
///
/// # Errors
///
/// Redis fails.
pub fn measure(server: &Server, events: u64, size: usize) -> io::Result<Rates> {
    let data = "x".repeat(size);
    Ok(Rates {
        raw: raw(server, events, &data)?,
        hub: hub(server, events, &data)?,
    })
}

fn raw(server: &Server, events: u64, data: &str) -> io::Result<f64> {
    let client = redis::Client::open(server.url()).map_err(io::Error::other)?;
    let mut connection = client.get_connection().map_err(io::Error::other)?;
    let block = Event::new(data).to_bytes();
    let begun = Instant::now();
    for _ in 0..events / PIPELINE {
        let mut pipeline = redis::pipe();
        for _ in 0..PIPELINE {
            let add = pipeline
                .cmd("XADD")
                .arg("raw")
                .arg("MAXLEN")
                .arg("~")
                .arg(100_000);
            add.arg("*").arg("a").arg(&block[..]);
        }
        let ids: Vec<String> = pipeline.query(&mut connection).map_err(io::Error::other)?;
        assert_eq!(ids.len() as u64, PIPELINE);
    }
    Ok(events as f64 / begun.elapsed().as_secs_f64())
}

fn hub(server: &Server, events: u64, data: &str) -> io::Result<f64> {
    let hub = server.hub(Hub::builder())?;
    let event = Event::new(data);
    let mut on_their_way = VecDeque::with_capacity(IN_FLIGHT);
    let begun = Instant::now();
    for _ in 0..events {
        if on_their_way.len() == IN_FLIGHT {
            wait(on_their_way.pop_front())?;
        }
        on_their_way.push_back(hub.publish("a", &event));
    }
    while !on_their_way.is_empty() {
        wait(on_their_way.pop_front())?;
    }
    Ok(events as f64 / begun.elapsed().as_secs_f64())
}

fn wait(publish: Option<Publish>) -> io::Result<()> {
    match publish {
        Some(publish) => publish.wait().map(drop).map_err(io::Error::other),
        None => Ok(()),
    }
}
