//! Allocations an event, decoding chunks of 16 KiB and encoding, of everyone.

use allocation_counter::measure;
use bytes::Bytes;
use sse_benches::contestants::{CONTESTANTS, Role};
use sse_benches::encoders::{self, Blocks, ENCODERS, Messages};
use sse_benches::expected::Expected;
use sse_benches::measure::decode;
use sse_benches::workloads::{WORKLOADS, Workload};

const SIZE: usize = 256 << 10;
const CHUNK_SIZE: usize = 16 << 10;

fn main() {
    let decoders = || {
        CONTESTANTS
            .iter()
            .filter(|contestant| contestant.role != Role::Floor)
    };
    print!("{:20}", "decoding");
    decoders().for_each(|decoder| print!("{:>20}", decoder.name));
    println!();
    for workload in WORKLOADS {
        let input = Bytes::from(workload.generate(SIZE));
        let events = Expected::of(&input).count();
        print!("{:20}", workload.title());
        for decoder in decoders() {
            let counted = measure(|| {
                decode(decoder, &input, CHUNK_SIZE, 1);
            });
            print!("{:>20.3}", counted.count_total as f64 / events as f64);
        }
        println!();
    }
    print!("\n{:20}", "encoding");
    ENCODERS
        .iter()
        .for_each(|encoder| print!("{:>20}", encoder.name));
    println!();
    for name in encoders::WORKLOADS {
        let workload = Workload::named(name).expect("a workload of the table");
        let messages = Messages::of(&workload, SIZE);
        print!("{:20}", workload.title());
        for encoder in ENCODERS {
            let mut pass = (encoder.prepare)(&messages);
            let counted = measure(|| pass(&mut Blocks::default()));
            print!(
                "{:>20.3}",
                counted.count_total as f64 / messages.count() as f64
            );
        }
        println!();
    }
}
