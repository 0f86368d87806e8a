//! Subscribers come, are served, and leave, time and again: what of them is left behind.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::contestants::Contestant;
use super::process::Pair;
use crate::tables::{Markup, print_table};

/// What the server's process holds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Held {
    /// Its resident memory, in bytes.
    pub memory: u64,
    /// Its open file descriptors.
    pub descriptors: u64,
}

/// What was held before anybody came, and then with everybody there and after they had left, each time.
#[derive(Debug, Clone, Serialize)]
pub struct Churn {
    /// Before anybody came.
    pub before: Held,
    /// With everybody there, and after they had left.
    pub rounds: Vec<[Held; 2]>,
}

/// How long the server may take to let go of those who have left.
const PATIENCE: Duration = Duration::from_secs(30);

/// Has as many subscribers come and leave as often.
///
/// # Errors
///
/// A process has ended, an event did not arrive, or descriptors are still held long after.
pub fn churn(
    contestant: Contestant,
    subscribers: usize,
    rounds: usize,
    size: usize,
) -> io::Result<Churn> {
    let mut pair = Pair::start(contestant, size)?;
    let before = pair.held()?;
    let mut outcome = Churn {
        before,
        rounds: Vec::new(),
    };
    for _ in 0..rounds {
        pair.connect(subscribers)?;
        pair.deliver(1, 3)?;
        let with_all = pair.held()?;
        pair.renew_clients()?;
        let left = Instant::now();
        let after = loop {
            let held = pair.held()?;
            if held.descriptors <= before.descriptors {
                break held;
            }
            if left.elapsed() > PATIENCE {
                let message = format!("{held:?} are left of {before:?}");
                return Err(io::Error::other(message));
            }
            thread::sleep(Duration::from_millis(10));
        };
        outcome.rounds.push([with_all, after]);
    }
    Ok(outcome)
}

/// Prints what came out.
pub fn print(churn: &Churn, subscribers: usize, markup: Markup) {
    let title = format!("{subscribers} subscribers come, get three events, and leave");
    let mebibytes = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    let row = |name: String, [with_all, after]: [Held; 2]| {
        vec![
            name,
            mebibytes(with_all.memory),
            with_all.descriptors.to_string(),
            mebibytes(after.memory),
            after.descriptors.to_string(),
        ]
    };
    let heads = [
        "",
        "MiB with all",
        "descriptors",
        "MiB after",
        "descriptors",
    ];
    let mut lines = vec![heads.map(str::to_owned).to_vec()];
    lines.push(row("before".to_owned(), [churn.before; 2]));
    for (number, round) in churn.rounds.iter().enumerate() {
        lines.push(row((number + 1).to_string(), *round));
    }
    print_table(&title, &lines, markup);
}
