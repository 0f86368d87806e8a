//! How the hub is, in JSON and for Prometheus.

use std::fmt::Write;

use serde_json::{Value, json};
use sse_kit::tokio::server::Hub;
use sse_kit::{Response, ResponseHead};

/// What there is to tell, and what it is called.
fn figures(hub: &Hub) -> Vec<(&'static str, &'static str, u64)> {
    let stats = hub.stats();
    vec![
        ("subscribers", "gauge", stats.subscribers as u64),
        ("topics", "gauge", stats.topics as u64),
        ("events", "gauge", stats.events as u64),
        ("bytes", "gauge", stats.bytes as u64),
        ("subscribed", "counter", stats.subscribed),
        ("refused", "counter", stats.refused),
        ("published", "counter", stats.published),
        ("writes", "counter", stats.writes),
        ("bytes_written", "counter", stats.bytes_written),
        ("resumed", "counter", stats.resumed),
        ("stale", "counter", stats.stale),
        ("missed", "counter", stats.missed),
        ("ended", "counter", stats.ended.total()),
        ("ended_lagged", "counter", stats.ended.lagged),
        ("ended_stalled", "counter", stats.ended.stalled),
        ("panics", "counter", stats.panics),
    ]
}

pub(super) fn stats(hub: &Hub) -> Response {
    let figures = figures(hub).into_iter();
    let mut all: serde_json::Map<String, Value> = figures
        .map(|(name, _, figure)| (name.to_owned(), figure.into()))
        .collect();
    let topics = hub.topics().into_iter().map(|topic| {
        json!({
            "name": topic.name,
            "followers": topic.followers,
            "events": topic.events,
            "bytes": topic.bytes,
        })
    });
    all.insert("by_topic".to_owned(), topics.collect());
    respond("application/json", Value::Object(all).to_string() + "\n")
}

pub(super) fn metrics(hub: &Hub) -> Response {
    let mut text = String::new();
    for (name, kind, figure) in figures(hub) {
        let suffix = if kind == "counter" { "_total" } else { "" };
        // A string takes all.
        let _ = writeln!(
            text,
            "# TYPE sse_{name}{suffix} {kind}\nsse_{name}{suffix} {figure}"
        );
    }
    respond("text/plain; version=0.0.4", text)
}

fn respond(content_type: &str, body: String) -> Response {
    let headers = [
        ("Content-Type", content_type),
        ("Cache-Control", "no-store"),
    ];
    Response::new(ResponseHead::new(200, headers), body)
}
