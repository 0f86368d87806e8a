//! Our speed with no peer in the build: megabytes a second for every workload and form.
//!
//! Run it beside the table: the same figures mean that no dependency of a peer flatters the core.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use cpu_time::ThreadTime;

#[path = "../../src/chunks.rs"]
#[allow(dead_code, reason = "the floors look at more of it")]
mod chunks;
#[path = "../../src/contestants/ours.rs"]
#[allow(dead_code, reason = "one form is for counting instructions only")]
mod ours;
#[path = "../../src/sink.rs"]
#[allow(dead_code, reason = "nothing is checked here: the table does that")]
mod sink;
#[path = "../../src/workloads.rs"]
#[allow(dead_code, reason = "nothing is looked up by name here")]
mod workloads;

use chunks::Chunks;
use sink::LightSink;
use workloads::WORKLOADS;

type Form = fn(Chunks<'_>, &mut LightSink);

const FORMS: [Form; 3] = [ours::lent_bytes, ours::lent_str, ours::owned];
const SIZE: usize = 1 << 20;
const ROUNDS: usize = 15;
const TURN: Duration = Duration::from_millis(3);

/// Takes the chunk size in bytes, by default 16 KiB.
fn main() {
    let chunk_size = std::env::args().nth(1).map_or(16 << 10, |text| {
        text.parse().expect("the chunk size is a number of bytes")
    });
    // As in the table: large buffers are not mapped anew for each event.
    drop(black_box(vec![1_u8; 31 << 20]));
    println!(
        "{:20}{:>12}{:>12}{:>12}",
        "MB/s, alone", "ours-bytes", "ours-str", "ours-owned"
    );
    for workload in WORKLOADS {
        let input = Bytes::from(workload.generate(SIZE));
        print!("{:20}", workload.title());
        for speed in speeds(&input, chunk_size) {
            print!("{speed:>12.0}");
        }
        println!();
    }
}

/// The median of interleaved rounds of each form.
fn speeds(input: &Bytes, chunk_size: usize) -> [f64; 3] {
    let mut times = [const { Vec::new() }; 3];
    let passes = FORMS.map(|form| {
        turn(form, input, chunk_size, 1);
        let pass = turn(form, input, chunk_size, 1).max(Duration::from_nanos(1));
        TURN.div_duration_f64(pass).ceil() as u32
    });
    for _ in 0..ROUNDS {
        for (index, form) in FORMS.into_iter().enumerate() {
            times[index].push(turn(form, input, chunk_size, passes[index]) / passes[index]);
        }
    }
    times.map(|mut times: Vec<Duration>| {
        times.sort_unstable();
        input.len() as f64 / times[ROUNDS / 2].as_secs_f64() / 1e6
    })
}

fn turn(form: Form, input: &Bytes, chunk_size: usize, passes: u32) -> Duration {
    let start = ThreadTime::now();
    let mut sink = LightSink::default();
    form(
        Chunks::new(black_box(input), black_box(chunk_size), black_box(passes)),
        &mut sink,
    );
    black_box(sink);
    start.elapsed()
}
