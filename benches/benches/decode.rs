//! Decoding, by criterion: a group for each workload and chunk size, everyone beside each other.
//!
//! By default at chunks of 16 KiB, and short: `cargo bench -p sse-benches --bench decode`. Give a part of a
//! name to see less (`-- W1`), and `SSE_BENCH_CHUNKS=1400,64,1` for other chunk sizes. Two peers take minutes
//! over a long line in small chunks (W6): leave them to the table, which notices.

use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, SamplingMode, Throughput};
use sse_benches::contestants::CONTESTANTS;
use sse_benches::expected::Expected;
use sse_benches::measure::{decode, settle_allocator};
use sse_benches::workloads::WORKLOADS;

const SIZE: usize = 1 << 20;

fn main() {
    settle_allocator();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .without_plots()
        .configure_from_args();
    for workload in WORKLOADS {
        let input = Bytes::from(workload.generate(SIZE));
        let expected = Expected::of(&input);
        for chunk_size in chunk_sizes() {
            let name = format!("decode/{}/{chunk_size}", workload.title());
            let mut group = criterion.benchmark_group(name);
            group.throughput(Throughput::Bytes(input.len() as u64));
            // Even for a peer that takes long over one pass.
            group.sampling_mode(SamplingMode::Flat);
            for contestant in CONTESTANTS {
                if expected.holds_for(&contestant, &input, chunk_size) {
                    group.bench_function(contestant.name, |bencher| {
                        bencher.iter(|| decode(&contestant, &input, chunk_size, 1));
                    });
                }
            }
            group.finish();
        }
    }
    criterion.final_summary();
}

fn chunk_sizes() -> Vec<usize> {
    let asked_for = std::env::var("SSE_BENCH_CHUNKS").unwrap_or_else(|_| "16384".to_owned());
    let size = |text: &str| {
        text.trim()
            .parse()
            .expect("SSE_BENCH_CHUNKS takes sizes in bytes")
    };
    asked_for.split(',').map(size).collect()
}
