//! What came out, for people and for scripts.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::ground::Ground;
use super::ledger::Sums;
use super::publisher::Published;
use super::server_process::Usage;
use crate::error::Error;

/// The figures of one run.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    subscribers: usize,
    /// How many of them were connected at some time.
    connected: usize,
    connected_in_seconds: f64,
    /// `None` if it only listened.
    published: Option<Rate>,
    /// Events that came to those who read on, those without a number included. The rate leaves out what came
    /// before all were connected.
    deliveries: Rate,
    bytes: u64,
    /// Of deliveries to those who read on; `None` if no event said when it was sent.
    latency: Option<Latency>,
    lost: u64,
    duplicated: u64,
    reordered: u64,
    /// Events that say nothing about themselves.
    unnumbered: u64,
    reconnections: u64,
    /// Why connections failed, and how often.
    failures: BTreeMap<String, u64>,
    /// `None` if nobody was to be slow.
    slow: Option<Slow>,
    /// `None` if its process is not known.
    server: Option<Server>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Rate {
    events: u64,
    a_second: f64,
}

/// In microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Latency {
    p50: u64,
    p99: u64,
    max: u64,
}

/// Those who stopped reading, and read what was left for them at the end.
#[derive(Debug, Clone, Copy, Serialize)]
struct Slow {
    subscribers: usize,
    /// How many of them the server has disconnected.
    disconnected: usize,
    received: u64,
    lost: u64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Server {
    cpu_seconds: f64,
    cpu_microseconds_a_delivery: f64,
    /// Its CPU time as a part of the time: 1 is a whole core.
    load: f64,
    memory_bytes: u64,
    memory_bytes_a_subscriber: f64,
}

impl Rate {
    fn over(events: u64, time: Duration) -> Self {
        let seconds = time.as_secs_f64().max(1e-6);
        Self {
            events,
            a_second: events as f64 / seconds,
        }
    }
}

impl Figures {
    /// The figures of what the subscribers have got in that time, after what they had before; the usages of the server are those before it began,
    /// when all were connected, and at the end.
    pub(super) fn of(
        ground: &Ground,
        connected_in: Duration,
        (time, before): (Duration, u64),
        published: Option<&Published>,
        usages: Option<&[Usage]>,
    ) -> Self {
        let mut ledger = ground.ledger.borrow_mut();
        if let Some(published) = published {
            ledger.end(&published.by_topic);
        }
        let reading = ledger.sums(false);
        let slow = ledger.sums(true);
        let deliveries = ledger.deliveries();
        let meanwhile = deliveries.saturating_sub(before);
        let latencies = &ledger.latencies;
        Self {
            subscribers: ground.subscribers,
            connected: ledger.connected,
            connected_in_seconds: connected_in.as_secs_f64(),
            published: published
                .map(|published| Rate::over(published.by_topic.iter().sum(), published.time)),
            deliveries: Rate {
                events: deliveries,
                ..Rate::over(meanwhile, time)
            },
            bytes: ledger.bytes,
            latency: (!latencies.is_empty()).then(|| Latency {
                p50: latencies.value_at_quantile(0.5),
                p99: latencies.value_at_quantile(0.99),
                max: latencies.max(),
            }),
            lost: reading.counts.lost,
            duplicated: reading.counts.duplicated,
            reordered: reading.counts.reordered,
            unnumbered: ledger.unnumbered,
            reconnections: ledger.reconnections,
            failures: ledger.failures.clone(),
            slow: (slow.subscribers > 0).then(|| Slow::of(&slow)),
            server: usages.and_then(|usages| Server::of(usages, ledger.connected, meanwhile, time)),
        }
    }

    /// Prints them.
    pub(super) fn print(&self, json: bool) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        let written = match json {
            true => serde_json::to_writer(&mut out, self)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
            false => self.write(&mut out),
        };
        written.and_then(|()| out.flush()).map_err(Error::output)
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut line = |name: &str, text: String| writeln!(out, "{name:<15}{text}");
        let connected = format!(
            "{} of {}, connected in {:.2} s",
            self.connected, self.subscribers, self.connected_in_seconds
        );
        line("subscribers", connected)?;
        if let Some(published) = self.published {
            line("published", published.to_text())?;
        }
        line("deliveries", self.deliveries.to_text())?;
        line(
            "latency",
            self.latency.map_or(
                "unknown: no event says when it was sent".to_owned(),
                Latency::to_text,
            ),
        )?;
        line("lost", grouped(self.lost))?;
        line("duplicated", grouped(self.duplicated))?;
        line("reordered", grouped(self.reordered))?;
        if self.unnumbered > 0 {
            line("without number", grouped(self.unnumbered))?;
        }
        line("reconnections", grouped(self.reconnections))?;
        for (reason, count) in &self.failures {
            line("failed", format!("{}: {reason}", grouped(*count)))?;
        }
        if let Some(slow) = self.slow {
            let Slow {
                subscribers,
                disconnected,
                received,
                lost,
            } = slow;
            let stopped =
                format!("{subscribers} stopped reading, {disconnected} were disconnected");
            line("slow", stopped)?;
            let (received, lost) = (grouped(received), grouped(lost));
            line("", format!("{received} received in the end, {lost} lost"))?;
        }
        if let Some(server) = self.server {
            line("server CPU", server.cpu_text())?;
            line("server memory", server.memory_text())?;
        }
        Ok(())
    }
}

impl Slow {
    fn of(sums: &Sums) -> Self {
        Self {
            subscribers: sums.subscribers,
            disconnected: sums.closed,
            received: sums.counts.received,
            lost: sums.counts.lost,
        }
    }
}

impl Server {
    fn of(usages: &[Usage], subscribers: usize, deliveries: u64, time: Duration) -> Option<Self> {
        let &[before, connected, end] = usages else {
            return None;
        };
        let cpu = end.cpu.saturating_sub(connected.cpu);
        let memory = connected.memory.saturating_sub(before.memory);
        let part = |whole: f64, parts: f64| if parts > 0.0 { whole / parts } else { 0.0 };
        Some(Self {
            cpu_seconds: cpu.as_secs_f64(),
            cpu_microseconds_a_delivery: part(cpu.as_secs_f64() * 1e6, deliveries as f64),
            load: part(cpu.as_secs_f64(), time.as_secs_f64()),
            memory_bytes: end.memory,
            memory_bytes_a_subscriber: part(memory as f64, subscribers as f64),
        })
    }

    fn cpu_text(self) -> String {
        format!(
            "{:.2} µs a delivery, {:.0} % of a core",
            self.cpu_microseconds_a_delivery,
            self.load * 100.0
        )
    }

    fn memory_text(self) -> String {
        format!(
            "{:.2} KiB a subscriber, {:.1} MiB in all",
            self.memory_bytes_a_subscriber / 1024.0,
            self.memory_bytes as f64 / f64::from(1 << 20)
        )
    }
}

impl Rate {
    fn to_text(self) -> String {
        let a_second = grouped(self.a_second.round() as u64);
        format!("{}, {a_second} a second", grouped(self.events))
    }
}

impl Latency {
    fn to_text(self) -> String {
        let milliseconds = |micros: u64| format!("{:.2} ms", micros as f64 / 1000.0);
        let [p50, p99, max] = [self.p50, self.p99, self.max].map(milliseconds);
        format!("p50 {p50}, p99 {p99}, max {max}")
    }
}

/// The number with a comma between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let numbers = [0, 12, 123, 1234, 123_456, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }
}
