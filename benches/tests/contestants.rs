//! The measurements measure what they say.

use bytes::Bytes;
use sse_benches::contestants::{CONTESTANTS, Role};
use sse_benches::encoders::{self, ENCODERS, Messages};
use sse_benches::expected::Expected;
use sse_benches::measure::decode;
use sse_benches::workloads::{WORKLOADS, Workload};

#[test]
fn ours_and_the_floors_come_to_the_oracles_events_at_every_chunk_size() {
    for workload in WORKLOADS {
        let input = Bytes::from(workload.generate(20_000));
        let expected = Expected::of(&input);
        for contestant in CONTESTANTS
            .iter()
            .filter(|contestant| contestant.role != Role::Peer)
        {
            for chunk_size in [usize::MAX, 1400, 64, 7, 1] {
                let right = expected.holds_for(contestant, &input, chunk_size);
                assert!(right, "{} {} {chunk_size}", workload.label, contestant.name);
            }
        }
    }
}

#[test]
fn a_repeated_input_is_one_long_stream_to_everyone() {
    let input = Bytes::from(Workload::named("all-fields").unwrap().generate(5_000));
    let expected = Expected::of(&input);
    for contestant in &CONTESTANTS {
        let sink = decode(contestant, &input, 1400, 3);
        assert!(expected.timed(contestant, 3, sink), "{}", contestant.name);
    }
}

#[test]
fn a_workload_is_the_same_every_time_and_fills_its_size() {
    for workload in WORKLOADS {
        let one = workload.generate(100_000);
        assert_eq!(one, workload.generate(100_000), "{}", workload.label);
        assert!(
            (90_000..=100_000).contains(&one.len()),
            "{}: {}",
            workload.label,
            one.len()
        );
        assert!(Expected::of(&one).count() > 0, "{}", workload.label);
    }
}

#[test]
fn every_encoder_writes_the_same_bytes() {
    for name in encoders::WORKLOADS {
        let messages = Messages::of(&Workload::named(name).unwrap(), 50_000);
        for encoder in &ENCODERS {
            assert!(messages.hold_for(encoder), "{name} {}", encoder.name);
        }
    }
}
