//! What decoding and encoding may allocate, counted.

use allocation_counter::measure;
use bytes::Bytes;
use sse_benches::contestants::Contestant;
use sse_benches::encoders::{self, Blocks, ENCODERS, Messages};
use sse_benches::expected::Expected;
use sse_benches::measure::decode;
use sse_benches::workloads::{WORKLOADS, Workload};
use sse_proto::Decoder;

const CHUNK_SIZE: usize = 16 << 10;
const PASSES: u32 = 8;

#[test]
fn lending_allocates_at_most_once_in_a_hundred_events() {
    for workload in WORKLOADS.iter().filter(|workload| workload.label <= "W5") {
        let input = Bytes::from(workload.generate(256 << 10));
        let events = u64::from(PASSES) * Expected::of(&input).count() as u64;
        for name in ["ours-bytes", "ours-str"] {
            let form = Contestant::named(name).unwrap();
            let counted = measure(|| {
                decode(&form, &input, CHUNK_SIZE, PASSES);
            });
            let allocations = counted.count_total;
            assert!(
                allocations * 100 <= events,
                "{} {name}: {allocations} allocations for {events} events",
                workload.label
            );
        }
    }
}

#[test]
fn an_owned_event_is_one_allocation() {
    let workload = Workload::named("all-fields").unwrap();
    let input = Bytes::from(workload.generate(256 << 10));
    let events = u64::from(PASSES) * Expected::of(&input).count() as u64;
    let owned = Contestant::named("ours-owned").unwrap();
    let counted = measure(|| {
        decode(&owned, &input, CHUNK_SIZE, PASSES);
    });
    assert!(
        counted.count_total * 100 <= events * 101,
        "{} of {events}",
        counted.count_total
    );
}

#[test]
fn a_huge_event_leaves_little_behind() {
    let huge = Workload::named("one-line").unwrap().generate(1 << 20);
    let mut decoder = Decoder::new();
    let counted = measure(|| {
        for chunk in huge.chunks(CHUNK_SIZE) {
            decoder.feed(chunk).for_each(drop);
        }
        for _ in 0..1000 {
            decoder.feed(b"data: x\n\n").for_each(drop);
        }
    });
    assert!(
        counted.bytes_current <= 64 << 10,
        "{} bytes are retained",
        counted.bytes_current
    );
}

#[test]
fn encoding_into_a_reused_buffer_allocates_nothing_and_bytes_once() {
    for name in encoders::WORKLOADS {
        let messages = Messages::of(&Workload::named(name).unwrap(), 256 << 10);
        for (encoder, an_event) in [("ours-buffer", 0), ("ours-bytes", 1)] {
            let encoder = ENCODERS.iter().find(|other| other.name == encoder).unwrap();
            let mut pass = (encoder.prepare)(&messages);
            let counted = measure(|| pass(&mut Blocks::default()));
            assert_eq!(
                counted.count_total,
                an_event * messages.count() as u64,
                "{name}"
            );
        }
    }
}
