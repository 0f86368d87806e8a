//! Many nodes on one Redis, which is started here: publishing beside raw pipelines, and the way to another node.
//!
//! Without a command both; `redis-server` has to be installed. What a node pays for a delivery is in `fanout`, by the
//! contestant `ours-redis`.

use std::io;

use clap::Parser;
use sse_benches::nodes::server::Server;
use sse_benches::nodes::{latency, publishing};

/// Measures hubs that share a log of record.
#[derive(Parser)]
struct Arguments {
    /// A hundredth of the size, to see that everything arrives; the figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// How many turns either has.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// How many bytes of data an event has.
    #[arg(long, default_value_t = 100)]
    size: usize,
    /// Events a second for the way to another node, as often as given.
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1000, 5000])]
    rate: Vec<u64>,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let server = Server::start()?;
    arguments.publishing(&server)?;
    arguments.latency(&server)
}

impl Arguments {
    fn publishing(&self, server: &Server) -> io::Result<()> {
        let events = if self.quick { 2000 } else { 100_000 };
        println!(
            "events a second that one client stores, {events} of {} bytes a turn\n",
            self.size
        );
        println!("{:>14}{:>14}{:>8}", "raw pipelines", "hub", "÷");
        let mut ratios = Vec::new();
        for _ in 0..if self.quick { 1 } else { self.rounds } {
            let rates = publishing::measure(server, events, self.size)?;
            let ratio = rates.hub / rates.raw;
            println!("{:>14.0}{:>14.0}{ratio:>8.2}", rates.raw, rates.hub);
            ratios.push(ratio);
        }
        ratios.sort_unstable_by(f64::total_cmp);
        println!("{:>36.2}  the median\n", ratios[ratios.len() / 2]);
        Ok(())
    }

    fn latency(&self, server: &Server) -> io::Result<()> {
        println!("from one node to another, in ms, published one after the other\n");
        println!(
            "{:>10}{:>14}{:>14}{:>8}{:>8}{:>8}",
            "events/s", "acknowledged", "delivered p50", "p99", "max", "wrong"
        );
        for &rate in &self.rate {
            let seconds = if self.quick { 1 } else { 5 };
            let measured = latency::measure(server, rate, seconds)?;
            let milliseconds = |microseconds: u64| microseconds as f64 / 1000.0;
            println!(
                "{rate:>10}{:>14.2}{:>14.2}{:>8.2}{:>8.2}{:>8}",
                milliseconds(measured.acknowledged_p50),
                milliseconds(measured.delivered_p50),
                milliseconds(measured.delivered_p99),
                milliseconds(measured.delivered_max),
                measured.wrong,
            );
            if measured.wrong > 0 {
                return Err(io::Error::other("an event did not come once and in order"));
            }
        }
        Ok(())
    }
}
