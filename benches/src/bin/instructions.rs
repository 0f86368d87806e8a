//! Instructions a byte, and a published event, counted by valgrind's callgrind: the same at every run, so bars can be asserted.
//!
//! The program runs itself under valgrind, twice for each figure, with few and with many passes: the
//! difference is what the passes cost, without start and set-up. Valgrind has to be installed.

use std::hint::black_box;
use std::io::{self, Read};
use std::process::{Child, Command, ExitCode, Stdio};

use bytes::Bytes;
use clap::{Args, Parser, Subcommand};
use sse_benches::bars;
use sse_benches::chunks::Chunks;
use sse_benches::contestants::{Contestant, ours};
use sse_benches::measure::decode;
use sse_benches::publishing::Publishing;
use sse_benches::sink::LengthSink;
use sse_benches::workloads::{WORKLOADS, Workload};
use sse_proto::Decoder;

const CHUNK_SIZE: usize = 16 << 10;
const SIZE: usize = 256 << 10;

/// The forms of ours that are counted, and the peer beside them.
const COUNTED: [&str; 4] = ["ours-bytes", "ours-str", "ours-owned", "sse-core"];
/// The forms that have to stay under the bars: those that do what a peer does, but lend.
const BOUND: [&str; 2] = ["ours-bytes", "ours-str"];

/// A decoder that is set up otherwise may cost this much more than a plain one.
const MOST_FOR_A_SET_UP: f64 = 1.05;
/// A byte of a long line may cost this much more than one of a line that is 16 times shorter.
const MOST_FOR_A_LONG_LINE: f64 = 1.05;

/// Publishing to one of many topics may cost this much more than to one of few.
const MOST_FOR_MANY_TOPICS: f64 = 1.1;

/// Counts instructions a byte, and a published event.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Run>,
    /// Fails if a figure is over its bar.
    #[arg(long)]
    assert: bool,
    /// Workloads by name or label; by default all.
    #[arg(long = "workload", value_name = "NAME")]
    workloads: Vec<String>,
}

#[derive(Subcommand)]
enum Run {
    /// Makes passes and ends: what valgrind looks at.
    Run(Passes),
    /// Publishes and ends: likewise.
    Publish(Published),
}

#[derive(Args, Clone)]
struct Passes {
    /// A contestant, or a set-up: plain, limited, comments, seeded.
    #[arg(long)]
    of: String,
    #[arg(long)]
    workload: String,
    #[arg(long)]
    chunk: usize,
    #[arg(long)]
    size: usize,
    #[arg(long)]
    passes: u32,
}

#[derive(Args, Clone, Copy)]
struct Published {
    #[arg(long)]
    topics: usize,
    #[arg(long)]
    followed: bool,
    #[arg(long)]
    events: usize,
}

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(run) = arguments.command {
        match run {
            Run::Run(passes) => passes.run(),
            Run::Publish(published) => published.run(),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let asked_for = |workload: &&Workload| {
        arguments.workloads.is_empty()
            || arguments
                .workloads
                .iter()
                .any(|name| [workload.name, workload.label].contains(&name.as_str()))
    };
    let workloads: Vec<&Workload> = WORKLOADS.iter().filter(asked_for).collect();
    let mut over = against_sse_core(&workloads)?;
    over += set_ups(&workloads)?;
    over += long_lines()?;
    over += many_topics()?;
    let failed = arguments.assert && over > 0;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The forms of ours beside `sse-core`; gives how many figures are over their bars.
fn against_sse_core(workloads: &[&Workload]) -> io::Result<usize> {
    let mut over = 0;
    println!("instructions a byte, chunks of {CHUNK_SIZE} bytes\n");
    println!(
        "{:20}{:>12}{:>12}{:>12}{:>12}   bytes ÷  str ÷  owned ÷",
        "", COUNTED[0], COUNTED[1], COUNTED[2], COUNTED[3]
    );
    for workload in workloads {
        let counts = COUNTED.map(|name| count(name, workload.name, CHUNK_SIZE, SIZE));
        print!("{:20}", workload.title());
        let mut figures = Vec::new();
        for count in counts {
            let figure = count?;
            print!("{figure:>12.3}");
            figures.push(figure);
        }
        for (name, figure) in COUNTED.iter().zip(&figures[..3]) {
            let bar = bars::most_instructions(workload).filter(|_| BOUND.contains(name));
            over += print_ratio(figure / figures[3], bar);
        }
        println!();
    }
    Ok(over)
}

/// Limits, comments and a seeded ID, each beside a plain decoder.
fn set_ups(workloads: &[&Workload]) -> io::Result<usize> {
    let mut over = 0;
    println!(
        "\nset up ÷ plain, lent `str`\n\n{:20}  limited  comments  seeded",
        ""
    );
    for workload in workloads {
        let count = |of| count(of, workload.name, CHUNK_SIZE, SIZE);
        let plain = count("plain")?;
        print!("{:20}", workload.title());
        for set_up in ["limited", "comments", "seeded"] {
            over += print_ratio(count(set_up)? / plain, Some(MOST_FOR_A_SET_UP));
        }
        println!();
    }
    Ok(over)
}

/// One line of 1 MiB and one of 64 KiB, byte by byte: the time has to grow with the length alone.
fn long_lines() -> io::Result<usize> {
    let mut over = 0;
    println!(
        "\ninstructions a byte at chunks of 1 byte: a line of 64 KiB, one of 1 MiB, their ratio\n"
    );
    for name in &COUNTED[..3] {
        let short = count(name, "one-line", 1, 64 << 10)?;
        let long = count(name, "one-line", 1, 1 << 20)?;
        print!("{name:20}{short:>10.2}{long:>10.2}");
        over += print_ratio(long / short, Some(MOST_FOR_A_LONG_LINE));
        println!();
    }
    Ok(over)
}

/// An event to one of ten topics, and to one of ten thousand: the publisher has to be done as soon.
fn many_topics() -> io::Result<usize> {
    let mut over = 0;
    println!("\ninstructions an event that is published: to 10 topics, to 10,000, their ratio\n");
    for (title, followed) in [("nobody follows", false), ("one follows each", true)] {
        let few = Published::count(10, followed)?;
        let many = Published::count(10_000, followed)?;
        print!("{title:20}{few:>10.0}{many:>10.0}");
        over += print_ratio(many / few, Some(MOST_FOR_MANY_TOPICS));
        println!();
    }
    Ok(over)
}

/// Prints a ratio, marked if it is over its bar; gives 1 if it is.
fn print_ratio(ratio: f64, most: Option<f64>) -> usize {
    let over = most.is_some_and(|most| ratio > most);
    print!("{ratio:>8.3}{}", if over { "!" } else { " " });
    usize::from(over)
}

/// Instructions a byte of a pass.
fn count(of: &str, workload: &str, chunk: usize, size: usize) -> io::Result<f64> {
    const FEW: u32 = 1;
    const MANY: u32 = 3;
    let passes = |passes| Passes {
        of: of.to_owned(),
        workload: workload.to_owned(),
        chunk,
        size,
        passes,
    };
    let (few, many) = (passes(FEW).start()?, passes(MANY).start()?);
    let between = collected(many)?.saturating_sub(collected(few)?);
    let bytes = input(workload, size).len() * (MANY - FEW) as usize;
    Ok(between as f64 / bytes as f64)
}

impl Passes {
    fn start(&self) -> io::Result<Child> {
        let Self {
            of,
            workload,
            chunk,
            size,
            passes,
        } = self;
        start(&format!(
            "run --of {of} --workload {workload} --chunk {chunk} --size {size} --passes {passes}"
        ))
    }

    fn run(&self) {
        let input = input(&self.workload, self.size);
        match Contestant::named(&self.of) {
            Some(contestant) => {
                decode(&contestant, &input, self.chunk, self.passes);
            }
            None => {
                let mut lengths = LengthSink::default();
                let decoder = black_box(set_up(&self.of));
                let chunks = Chunks::new(black_box(&input), self.chunk, self.passes);
                ours::lent_str_by(decoder, chunks, &mut lengths);
                black_box(lengths);
            }
        }
    }
}

impl Published {
    /// Instructions an event.
    fn count(topics: usize, followed: bool) -> io::Result<f64> {
        const FEW: usize = 10_000;
        const MANY: usize = 30_000;
        let of = |events| Self {
            topics,
            followed,
            events,
        };
        let (few, many) = (of(FEW).start()?, of(MANY).start()?);
        let between = collected(many)?.saturating_sub(collected(few)?);
        Ok(between as f64 / (MANY - FEW) as f64)
    }

    fn start(self) -> io::Result<Child> {
        let Self { topics, events, .. } = self;
        let followed = if self.followed { " --followed" } else { "" };
        start(&format!(
            "publish --topics {topics} --events {events}{followed}"
        ))
    }

    fn run(self) {
        Publishing::new(self.topics, self.followed).publish(self.events);
    }
}

/// Starts this program once more, under valgrind.
fn start(arguments: &str) -> io::Result<Child> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("valgrind does not start: {error}")))
}

fn set_up(name: &str) -> Decoder {
    let plain = Decoder::new();
    match name {
        "plain" => plain,
        "limited" => plain.with_max_event_bytes(2 << 20),
        "comments" => plain.with_comments(true),
        "seeded" => plain
            .with_last_event_id("8f14e45f-ceea-467f")
            .expect("an id without line ends"),
        _ => panic!("there is no contestant and no set-up named {name}"),
    }
}

fn input(workload: &str, size: usize) -> Bytes {
    let workload =
        Workload::named(workload).expect("the workload's name was printed by this program");
    Bytes::from(workload.generate(size))
}

/// The number of instructions that callgrind reports at its end.
fn collected(mut child: Child) -> io::Result<u64> {
    let mut report = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut report)?;
    }
    let status = child.wait()?;
    report
        .lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .filter(|_| status.success())
        .ok_or_else(|| io::Error::other(format!("valgrind failed ({status}):\n{report}")))
}
