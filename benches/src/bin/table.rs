//! The interleaved tables: ours ÷ best peer ÷ floor, for every workload and chunk size.
//!
//! Figures are megabytes a second of the thread's CPU time, the median of interleaved rounds. Ratios
//! under the project's own bars are marked with `!`; a decoder that yields other events than the
//! oracle is `wrong` and not timed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use sse_benches::contestants::{CONTESTANTS, Contestant};
use sse_benches::measure::{Effort, settle_allocator};
use sse_benches::tables::decode::{CHUNK_SIZES, Plan};
use sse_benches::tables::{Markup, encode};
use sse_benches::workloads::{WORKLOADS, Workload};

/// In the quick table: ours, the peers that are the best somewhere, and the floor that counts.
const QUICK: [&str; 7] = [
    "ours-bytes",
    "ours-str",
    "ours-owned",
    "sse-core",
    "sse-stream",
    "sseer",
    "memchr2",
];

/// Measures decoders on the same event streams, in turns.
#[derive(Parser)]
struct Arguments {
    /// Chunk sizes in bytes, or `whole`; by default all of the tables.
    #[arg(long = "chunk", value_name = "BYTES", value_parser = chunk_size)]
    chunks: Vec<usize>,
    /// Workloads by name (`openai`) or label (`W1`); by default all.
    #[arg(long = "workload", value_name = "NAME", value_parser = workload)]
    workloads: Vec<Workload>,
    /// Contestants by name; by default all.
    #[arg(long = "only", value_name = "NAME", value_parser = contestant)]
    contestants: Vec<Contestant>,
    /// How large each input is: bytes, or with `K` or `M`.
    #[arg(long, value_name = "BYTES", default_value = "1M", value_parser = size)]
    size: usize,
    /// How many turns each contestant has.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// How long a turn takes at least, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 3)]
    turn: u64,
    /// Leaves out the slow peers and shortens the turns: for a look while tuning.
    #[arg(long)]
    quick: bool,
    /// Measures encoding instead.
    #[arg(long)]
    encode: bool,
    /// Prints Markdown.
    #[arg(long)]
    markdown: bool,
    /// Writes the figures as JSON too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    settle_allocator();
    let turn = if arguments.quick { 1 } else { arguments.turn };
    let effort = Effort {
        rounds: arguments.rounds,
        turn: Duration::from_millis(turn),
    };
    let markup = if arguments.markdown {
        Markup::Markdown
    } else {
        Markup::Plain
    };
    if arguments.encode {
        encode::measure_and_print(arguments.size, effort, markup);
        return Ok(());
    }
    let mut contestants = all_if_none(arguments.contestants, &CONTESTANTS);
    contestants.retain(|contestant| !arguments.quick || QUICK.contains(&contestant.name));
    let plan = Plan {
        chunk_sizes: all_if_none(arguments.chunks, &CHUNK_SIZES),
        workloads: all_if_none(arguments.workloads, &WORKLOADS),
        contestants,
        size: arguments.size,
        effort,
        markup,
    };
    let Some(results) = plan.carry_out()? else {
        return Ok(());
    };
    println!("{results}");
    if arguments.markdown {
        println!();
        for Workload {
            label, name, about, ..
        } in &plan.workloads
        {
            println!("- {label} `{name}`: {about}");
        }
    }
    if let Some(path) = arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&results)?)?;
    }
    Ok(())
}

fn all_if_none<T: Copy>(asked_for: Vec<T>, all: &[T]) -> Vec<T> {
    if asked_for.is_empty() {
        all.to_vec()
    } else {
        asked_for
    }
}

fn chunk_size(text: &str) -> Result<usize, String> {
    match text {
        "whole" => Ok(usize::MAX),
        _ => size(text),
    }
}

fn size(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.strip_suffix(['K', 'M']) {
        Some(digits) if text.ends_with('K') => (digits, 1 << 10),
        Some(digits) => (digits, 1 << 20),
        None => (text, 1),
    };
    let number = digits
        .parse::<usize>()
        .map_err(|error| format!("{text}: {error}"))?;
    match number.checked_mul(unit) {
        Some(size) if size > 0 => Ok(size),
        _ => Err(format!("{text}: not a size")),
    }
}

fn workload(name: &str) -> Result<Workload, String> {
    Workload::named(name).ok_or_else(|| format!("no workload {name}"))
}

fn contestant(name: &str) -> Result<Contestant, String> {
    Contestant::named(name).ok_or_else(|| format!("no contestant {name}"))
}
