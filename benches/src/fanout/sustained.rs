//! A rate that lasts: what it costs, how long a delivery takes, and what is lost.

use std::io;
use std::time::Instant;

use serde::Serialize;

use super::contestants::Contestant;
use super::process::Pair;
use super::report::Report;
use crate::tables::{Markup, print_table};

/// How much is sent.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Who gets everything.
    pub subscribers: usize,
    /// Events a second.
    pub rate: u64,
    /// For how long.
    pub seconds: u64,
    /// How many bytes of data an event has.
    pub size: usize,
}

/// What came out for one contestant.
#[derive(Debug, Clone, Serialize)]
pub struct Sustained {
    /// The contestant's name.
    pub name: &'static str,
    /// What the subscribers say.
    pub report: Report,
    /// Each subscriber got each event once and in order.
    pub exact: bool,
    /// The CPU time of the server's process, as a share of the time that it took.
    pub load: f64,
    /// How long it took until the last event had come, in seconds.
    pub seconds: f64,
}

impl Rate {
    /// Has one contestant keep up the rate.
    ///
    /// # Errors
    ///
    /// A process has ended.
    pub fn sustain(&self, contestant: Contestant) -> io::Result<Sustained> {
        let mut pair = Pair::start(contestant, self.size)?;
        pair.connect(self.subscribers)?;
        let before = pair.cpu()?;
        let start = Instant::now();
        pair.sustain(self.rate, self.seconds, |_| Ok(()))?;
        let took = start.elapsed();
        let used = pair.cpu()? - before;
        let report = pair.report()?.reading;
        Ok(Sustained {
            name: contestant.name,
            report,
            exact: report.is_exact(pair.published()),
            load: used.div_duration_f64(took),
            seconds: took.as_secs_f64(),
        })
    }

    /// Prints what came out.
    pub fn print(&self, outcomes: &[Sustained], markup: Markup) {
        let Self {
            subscribers,
            rate,
            seconds,
            size,
        } = self;
        let title = format!(
            "{subscribers} subscribers, {rate} events/s of {size} bytes for {seconds} s; latency in ms"
        );
        let heads = [
            "",
            "deliveries/s",
            "p50",
            "p99",
            "max",
            "lost",
            "closed",
            "load",
        ];
        let mut lines = vec![heads.map(str::to_owned).to_vec()];
        for Sustained {
            name,
            report,
            load,
            seconds,
            ..
        } in outcomes
        {
            lines.push(vec![
                (*name).to_owned(),
                format!("{:.0}", report.received as f64 / seconds),
                milliseconds(report.p50),
                milliseconds(report.p99),
                milliseconds(report.max),
                report.lost.to_string(),
                report.closed.to_string(),
                format!("{:.0} %", load * 100.0),
            ]);
        }
        print_table(&title, &lines, markup);
    }
}

/// Microseconds as milliseconds.
pub(super) fn milliseconds(microseconds: u64) -> String {
    format!("{:.2}", microseconds as f64 / 1000.0)
}
