//! Some subscribers stop reading: what becomes of the server, of the others, and of them.

use std::io;

use serde::Serialize;

use super::contestants::Contestant;
use super::memory;
use super::process::Pair;
use super::report::Reports;
use super::sustained::{Rate, milliseconds};
use crate::tables::{Markup, print_table};

/// What came out for one contestant.
#[derive(Debug, Clone, Serialize)]
pub struct Stalled {
    /// The contestant's name.
    pub name: &'static str,
    /// The resident memory of the server's process, at the beginning and after each second, in bytes.
    pub memory: Vec<u64>,
    /// What the kernel held for all sockets of the system, likewise.
    pub sockets: Vec<u64>,
    /// The 99th percentile of the latency in microseconds when nobody stalls.
    pub p99_before: u64,
    /// What the subscribers say.
    pub reports: Reports,
    /// Each subscriber who reads got each event once and in order.
    pub exact: bool,
    /// What the server says.
    pub counted: String,
}

/// Has one contestant keep up the rate while that many subscribers read nothing.
///
/// # Errors
///
/// A process has ended.
pub fn stall(rate: &Rate, stalled: usize, contestant: Contestant) -> io::Result<Stalled> {
    let p99_before = rate.sustain(contestant)?.report.p99;
    let mut pair = Pair::start(contestant, rate.size)?;
    pair.connect(rate.subscribers)?;
    // Whatever it needs to deliver at all is there before the first look.
    pair.deliver(1, 10)?;
    pair.stall(stalled)?;
    let (mut memory, mut sockets) = (Vec::new(), Vec::new());
    pair.sustain(rate.rate, rate.seconds, |pair| {
        memory.push(pair.memory()?);
        sockets.push(memory::of_sockets());
        Ok(())
    })?;
    // Those who fell behind are dealt with at the latest when they read on.
    pair.resume()?;
    let reports = pair.report()?;
    let counted = pair.counted()?;
    Ok(Stalled {
        name: contestant.name,
        memory,
        sockets,
        p99_before,
        reports,
        exact: reports.reading.is_exact(pair.published()),
        counted,
    })
}

/// Prints what came out.
pub fn print(rate: &Rate, stalled: usize, outcomes: &[Stalled], markup: Markup) {
    let Rate {
        subscribers,
        rate,
        seconds,
        size,
    } = rate;
    let title = format!(
        "{stalled} of {subscribers} subscribers stop reading, {rate} events/s of {size} bytes for {seconds} s"
    );
    let heads = [
        "",
        "MiB before",
        "at most",
        "in sockets",
        "p99 ms before",
        "then",
        "lost",
        "slow ones: closed",
        "got",
        "lost",
        "the server says",
    ];
    let mut lines = vec![heads.map(str::to_owned).to_vec()];
    for outcome in outcomes {
        let Reports { reading, stalled } = outcome.reports;
        let most = |bytes: &[u64]| bytes.iter().copied().max().unwrap_or_default();
        let first = |bytes: &[u64]| bytes.first().copied().unwrap_or_default();
        lines.push(vec![
            outcome.name.to_owned(),
            mebibytes(first(&outcome.memory)),
            mebibytes(most(&outcome.memory)),
            mebibytes(most(&outcome.sockets)),
            milliseconds(outcome.p99_before),
            milliseconds(reading.p99),
            reading.lost.to_string(),
            stalled.closed.to_string(),
            stalled.received.to_string(),
            stalled.lost.to_string(),
            outcome.counted.clone(),
        ]);
    }
    print_table(&title, &lines, markup);
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / f64::from(1 << 20))
}
