//! The interleaved table of encoding: ours ÷ best peer.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

use super::{Markup, print_table};
use crate::bars::LEAST_OF_BEST_ENCODER;
use crate::contestants::Role;
use crate::encoders::{Blocks, ENCODERS, Encoder, Messages, WORKLOADS};
use crate::measure::{Effort, median, passes_of};
use crate::workloads::Workload;

/// Measures every encoder, and prints the table.
pub fn measure_and_print(size: usize, effort: Effort, markup: Markup) {
    let mut lines = vec![vec!["MB/s".to_owned()]];
    lines[0].extend(ENCODERS.iter().map(|encoder| encoder.name.to_owned()));
    lines[0].extend(["best peer", "buffer ÷", "bytes ÷"].map(str::to_owned));
    for name in WORKLOADS {
        let workload = Workload::named(name).expect("encoders name workloads that exist");
        let messages = Messages::of(&workload, size);
        for encoder in &ENCODERS {
            assert!(
                messages.hold_for(encoder),
                "{} writes other bytes",
                encoder.name
            );
        }
        lines.push(row(&workload, &speeds(&messages, effort)));
    }
    print_table("encoding", &lines, markup);
}

fn row(workload: &Workload, speeds: &[f64]) -> Vec<String> {
    let mut row = vec![workload.title()];
    row.extend(speeds.iter().map(|speed| format!("{:.0}", speed / 1e6)));
    let peers = ENCODERS
        .iter()
        .zip(speeds)
        .filter(|(encoder, _)| encoder.role == Role::Peer);
    let best = peers.max_by(|(_, one), (_, other)| one.total_cmp(other));
    let (best, speed) = best.expect("there are peers");
    let (buffer, bytes) = (speeds[0] / speed, speeds[1] / speed);
    let mark = if buffer < LEAST_OF_BEST_ENCODER {
        "!"
    } else {
        ""
    };
    row.extend([
        best.name.to_owned(),
        format!("{buffer:.2}{mark}"),
        format!("{bytes:.2}"),
    ]);
    row
}

/// Bytes a second of every encoder, in turns.
fn speeds(messages: &Messages, effort: Effort) -> Vec<f64> {
    let passes = ENCODERS.map(|encoder| passes_of(turn(&encoder, messages, 1), effort));
    let mut times = vec![Vec::new(); ENCODERS.len()];
    for _ in 0..effort.rounds {
        for (index, encoder) in ENCODERS.iter().enumerate() {
            times[index].push(turn(encoder, messages, passes[index]) / passes[index]);
        }
    }
    times
        .into_iter()
        .map(|times| messages.size() as f64 / median(times).as_secs_f64())
        .collect()
}

/// The thread's CPU time of some passes, without what prepares them.
fn turn(encoder: &Encoder, messages: &Messages, passes: u32) -> Duration {
    let mut time = Duration::ZERO;
    for _ in 0..passes {
        let mut pass = black_box((encoder.prepare)(messages));
        let mut blocks = Blocks::default();
        let start = ThreadTime::now();
        pass(&mut blocks);
        time += start.elapsed();
        black_box(blocks);
    }
    time
}
