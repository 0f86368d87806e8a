//! Encoding, by criterion: ours, the peers and what one writes by hand beside each other.

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use sse_benches::encoders::{self, Blocks, ENCODERS, Messages, Pass};
use sse_benches::measure::settle_allocator;
use sse_benches::workloads::Workload;

const SIZE: usize = 1 << 20;

fn main() {
    settle_allocator();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .without_plots()
        .configure_from_args();
    for name in encoders::WORKLOADS {
        let workload = Workload::named(name).expect("a workload of the table");
        let messages = Messages::of(&workload, SIZE);
        let mut group = criterion.benchmark_group(format!("encode/{}", workload.title()));
        group.throughput(Throughput::Bytes(messages.size() as u64));
        for encoder in ENCODERS {
            assert!(
                messages.hold_for(&encoder),
                "{} writes other bytes",
                encoder.name
            );
            group.bench_function(encoder.name, |bencher| {
                let encode = |pass: &mut Pass| {
                    let mut blocks = Blocks::default();
                    pass(&mut blocks);
                    blocks
                };
                bencher.iter_batched_ref(
                    || (encoder.prepare)(&messages),
                    encode,
                    BatchSize::LargeInput,
                );
            });
        }
        group.finish();
    }
    criterion.final_summary();
}
