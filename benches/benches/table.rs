//! The tables of `cargo bench`: decoding at chunks of 16 KiB, and encoding; everyone, in turns.

use std::time::Duration;

use sse_benches::contestants::CONTESTANTS;
use sse_benches::measure::{Effort, settle_allocator};
use sse_benches::tables::decode::Plan;
use sse_benches::tables::{Markup, encode};
use sse_benches::workloads::WORKLOADS;

const SIZE: usize = 1 << 20;

fn main() -> std::io::Result<()> {
    settle_allocator();
    let effort = Effort {
        rounds: 15,
        turn: Duration::from_millis(3),
    };
    let plan = Plan {
        chunk_sizes: vec![16 << 10],
        workloads: WORKLOADS.to_vec(),
        contestants: CONTESTANTS.to_vec(),
        size: SIZE,
        effort,
        markup: Markup::Plain,
    };
    let Some(results) = plan.carry_out()? else {
        return Ok(());
    };
    encode::measure_and_print(SIZE, effort, Markup::Plain);
    println!("{results}");
    Ok(())
}
