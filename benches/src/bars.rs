//! The ratios that the project holds itself to.

use crate::clients::Client;
use crate::clients::server::Pace;
use crate::contestants::Role;
use crate::workloads::{WORKLOADS, Workload};

/// Which form of ours is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lent raw bytes.
    Bytes,
    /// Lent and validated `&str`.
    Str,
    /// An owned event.
    Owned,
}

/// The chunks that the bars are about, in bytes: a large read, and what a network packet carries.
const READ: usize = 16 << 10;
const PACKET: usize = 1400;

/// Ours ÷ best peer at chunks of 16 KiB, from W1 to W9.
const BYTES: [f64; 9] = [3.2, 4.5, 4.0, 3.5, 2.0, 1.5, 3.3, 3.5, 7.0];
const STR: [f64; 9] = [2.6, 3.8, 3.3, 3.0, 1.7, 1.2, 2.7, 2.8, 4.5];
const OWNED: [f64; 9] = [1.3, 1.6, 1.4, 1.8, 1.5, 1.0, 1.6, 1.6, 3.0];

/// What the lending forms reach at chunks of a network packet, of the figure at 16 KiB.
const OF_A_PACKET: f64 = 0.9;

/// The least that ours ÷ best peer may be, `None` where nothing is demanded.
pub fn least_of_best_peer(workload: &Workload, chunk_size: usize, form: Form) -> Option<f64> {
    let index = WORKLOADS
        .iter()
        .position(|other| other.label == workload.label)?;
    if cfg!(not(feature = "simd")) {
        return (chunk_size == READ && form == Form::Bytes && index < 4).then_some(2.5);
    }
    let part = match chunk_size {
        READ => 1.0,
        PACKET if form != Form::Owned => OF_A_PACKET,
        _ => 0.0,
    };
    let figure = match form {
        Form::Bytes => BYTES[index],
        Form::Str => STR[index],
        Form::Owned => OWNED[index],
    };
    let least: f64 = match (form, chunk_size) {
        (Form::Str, 1) => 1.0,
        (Form::Str, 64) if workload.name == "one-line" => 1.0,
        (Form::Str, _) => 1.1,
        _ => 0.0,
    };
    Some(least.max(part * figure)).filter(|&least| least > 0.0)
}

/// The least that ours (lent bytes) ÷ the floor of `memchr2` may be at chunks of 16 KiB.
pub fn least_of_memchr2(workload: &Workload, chunk_size: usize) -> Option<f64> {
    let bound = cfg!(feature = "simd")
        && chunk_size == READ
        && matches!(workload.label, "W2" | "W3" | "W7");
    bound.then_some(1.0)
}

/// The most that instructions a byte of ours ÷ those of `sse-core` may be at chunks of 16 KiB.
pub fn most_instructions(workload: &Workload) -> Option<f64> {
    if cfg!(not(feature = "simd")) {
        return None;
    }
    match workload.label {
        "W1" | "W2" | "W3" | "W4" | "W7" | "W8" => Some(0.4),
        "W5" => Some(0.7),
        "W9" => Some(0.25),
        _ => None,
    }
}

/// The least that encoding into a reused buffer ÷ the best peer may be.
pub const LEAST_OF_BEST_ENCODER: f64 = 1.5;

/// The least that events a second of CPU time ÷ the best peer may be for this client.
///
/// Where events come one by one, nearly all of the time is the system's, and nothing is demanded.
pub fn least_of_best_client(client: &Client, pace: Pace) -> Option<f64> {
    match client.name {
        _ if pace != Pace::Full || client.role != Role::Ours => None,
        // It goes through the same library as most of the peers.
        "tokio-reqwest" => Some(1.0),
        _ => Some(1.5),
    }
}
