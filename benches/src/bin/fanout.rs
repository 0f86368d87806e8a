//! The fan-out tables: one server, many subscribers, everyone in turns and in processes of their own.
//!
//! Without a command, the CPU time a delivery and the memory a subscriber. A run in which a subscriber
//! did not get each event once and in order fails; where a contestant may lose events, in `sustained`
//! and `slow`, they are counted, and only `--quick` fails.

use std::io;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde::Serialize;
use sse_benches::fanout::contestants::{CONTESTANTS, Contestant};
use sse_benches::fanout::server::Stage;
use sse_benches::fanout::sustained::Rate;
use sse_benches::fanout::table::Plan;
use sse_benches::fanout::{churn, clients, cores, heartbeats, process, slow};
use sse_benches::tables::Markup;

/// Measures servers that hand the same events to many subscribers.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Contestants by name, with commas between them; by default all.
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',', value_parser = contestant)]
    contestants: Vec<Contestant>,
    /// How many subscribers get everything; by default 1000, 200 for `slow`, 10,000 for `heartbeats` and `churn`.
    #[arg(long, global = true)]
    subscribers: Option<usize>,
    /// How many bytes of data an event has; by default 100, or 8192 for `slow`.
    #[arg(long, global = true, value_name = "BYTES")]
    size: Option<usize>,
    /// A tenth of the size, to see that everything arrives; the figures mean nothing.
    #[arg(long, global = true)]
    quick: bool,
    /// Prints Markdown.
    #[arg(long, global = true)]
    markdown: bool,
    /// Writes the figures as JSON too.
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How many turns each contestant has; each is short, so that what disturbs it disturbs the others too.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// How many subscribers are idle while the memory is measured.
    #[arg(long, default_value_t = 10_000)]
    idle: usize,
}

#[derive(Subcommand)]
enum Command {
    /// Keeps up a rate: latency, losses and load.
    Sustained {
        /// Events a second.
        #[arg(long, default_value_t = 1000)]
        rate: u64,
        /// How long.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Lets some subscribers read no more: memory, the others, and what becomes of them.
    Slow {
        /// Events a second.
        #[arg(long, default_value_t = 200)]
        rate: u64,
        /// How long.
        #[arg(long, default_value_t = 13)]
        seconds: u64,
        /// How many of a hundred subscribers.
        #[arg(long, default_value_t = 10, value_name = "PERCENT")]
        share: usize,
    },
    /// Lets idle subscribers be: what heartbeats cost, beside a broadcast.
    Heartbeats,
    /// Lets subscribers come and leave, time and again: what is left of them.
    Churn {
        /// How often.
        #[arg(long, default_value_t = 10)]
        times: usize,
    },
    /// Is the server of a contestant.
    #[command(hide = true)]
    Serve {
        #[arg(value_parser = contestant)]
        contestant: Contestant,
        size: usize,
    },
    /// Is the subscribers of a contestant.
    #[command(hide = true)]
    Subscribe,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        None => arguments.table(),
        Some(Command::Sustained { rate, seconds }) => arguments.sustained(rate, seconds),
        Some(Command::Slow {
            rate,
            seconds,
            share,
        }) => arguments.slow(rate, seconds, share),
        Some(Command::Heartbeats) => arguments.heartbeats(),
        Some(Command::Churn { times }) => arguments.churn(times),
        Some(Command::Serve { contestant, size }) => {
            cores::pin(process::CORES[0]);
            (contestant.run)(Stage::set_up(size)?)
        }
        Some(Command::Subscribe) => {
            cores::pin(process::CORES[1]);
            clients::run()
        }
    }
}

impl Arguments {
    fn table(&self) -> io::Result<()> {
        let plan = Plan {
            contestants: self.contestants(),
            subscribers: self.subscribers(1000),
            idle: self.reduced(self.idle),
            rounds: if self.quick { 1 } else { self.rounds },
            bursts: if self.quick { [2, 1, 1] } else { [16, 4, 2] },
            size: self.size.unwrap_or(100),
        };
        let rows = plan.carry_out()?;
        plan.print(&rows, self.markup());
        self.write(&rows)
    }

    fn sustained(&self, rate: u64, seconds: u64) -> io::Result<()> {
        let rate = self.rate(rate, seconds, 1000, 100);
        let contestants = self.contestants().into_iter();
        let outcomes = contestants.map(|contestant| rate.sustain(contestant));
        let outcomes = outcomes.collect::<io::Result<Vec<_>>>()?;
        rate.print(&outcomes, self.markup());
        self.write(&outcomes)?;
        self.check(outcomes.iter().all(|outcome| outcome.exact))
    }

    fn slow(&self, rate: u64, seconds: u64, share: usize) -> io::Result<()> {
        let rate = self.rate(rate, seconds, 200, 8192);
        let stalled = rate.subscribers * share / 100;
        let contestants = self.contestants().into_iter();
        let outcomes = contestants.map(|contestant| slow::stall(&rate, stalled, contestant));
        let outcomes = outcomes.collect::<io::Result<Vec<_>>>()?;
        slow::print(&rate, stalled, &outcomes, self.markup());
        self.write(&outcomes)?;
        self.check(outcomes.iter().all(|outcome| outcome.exact))
    }

    fn heartbeats(&self) -> io::Result<()> {
        let plan = heartbeats::Plan {
            subscribers: self.subscribers(10_000),
            rounds: if self.quick { 1 } else { 5 },
            size: self.size.unwrap_or(100),
        };
        let ours = contestant("ours").map_err(io::Error::other)?;
        let cost = plan.carry_out(ours)?;
        plan.print(&cost, self.markup());
        self.write(&cost)
    }

    fn churn(&self, times: usize) -> io::Result<()> {
        let subscribers = self.subscribers(10_000);
        let ours = contestant("ours").map_err(io::Error::other)?;
        let outcome = churn::churn(ours, subscribers, times, self.size.unwrap_or(100))?;
        churn::print(&outcome, subscribers, self.markup());
        self.write(&outcome)
    }

    fn rate(&self, rate: u64, seconds: u64, subscribers: usize, size: usize) -> Rate {
        Rate {
            subscribers: self.subscribers(subscribers),
            rate,
            seconds: if self.quick { 1 } else { seconds },
            size: self.size.unwrap_or(size),
        }
    }

    /// A tenth of the size is less than anyone may lose.
    fn check(&self, exact: bool) -> io::Result<()> {
        match exact || !self.quick {
            true => Ok(()),
            false => Err(io::Error::other(
                "a subscriber did not get each event once and in order",
            )),
        }
    }

    fn contestants(&self) -> Vec<Contestant> {
        match self.contestants.is_empty() {
            true => CONTESTANTS.to_vec(),
            false => self.contestants.clone(),
        }
    }

    fn subscribers(&self, usual: usize) -> usize {
        self.reduced(self.subscribers.unwrap_or(usual))
    }

    /// A tenth, if that is all that is asked for.
    fn reduced(&self, size: usize) -> usize {
        if self.quick { (size / 10).max(1) } else { size }
    }

    fn markup(&self) -> Markup {
        match self.markdown {
            true => Markup::Markdown,
            false => Markup::Plain,
        }
    }

    fn write(&self, figures: &impl Serialize) -> io::Result<()> {
        match &self.json {
            Some(path) => std::fs::write(path, serde_json::to_string_pretty(figures)?),
            None => Ok(()),
        }
    }
}

fn contestant(name: &str) -> Result<Contestant, String> {
    let all = CONTESTANTS.map(|contestant| contestant.name).join(", ");
    Contestant::named(name).ok_or_else(|| format!("there are {all}"))
}
