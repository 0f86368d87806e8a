//! The table: CPU time a delivery, and memory an idle subscriber.

use std::io;

use serde::Serialize;

use super::contestants::Contestant;
use super::process::Pair;
use crate::tables::{Markup, print_table};

/// How much is measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who is measured.
    pub contestants: Vec<Contestant>,
    /// Who gets everything.
    pub subscribers: usize,
    /// Who gets next to nothing, while the memory is measured.
    pub idle: usize,
    /// How often each contestant has its turn.
    pub rounds: usize,
    /// How many bursts make a turn, for each of [`BURSTS`].
    pub bursts: [u64; 3],
    /// How many bytes of data an event has.
    pub size: usize,
}

/// How many events are published at once.
pub const BURSTS: [u64; 3] = [1, 16, 64];

/// What came out for one contestant.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The contestant's name.
    pub name: &'static str,
    /// CPU time of the server's process a delivery, in nanoseconds, for each of [`BURSTS`].
    pub nanoseconds: [f64; 3],
    /// The same, divided by the one it is compared with; `None` if that was not measured.
    pub ratios: [Option<f64>; 3],
    /// Resident memory of the server's process a idle subscriber, in KiB.
    pub memory: f64,
}

impl Plan {
    /// Measures everyone in turns.
    ///
    /// # Errors
    ///
    /// A subscriber did not get each event once and in order.
    pub fn carry_out(&self) -> io::Result<Vec<Row>> {
        let mut times = Vec::new();
        for (burst, bursts) in BURSTS.into_iter().zip(self.bursts) {
            times.push(self.measure_times(burst, bursts)?);
        }
        let mut rows = Vec::new();
        for (number, contestant) in self.contestants.iter().enumerate() {
            // Divided round by round: what disturbs a round disturbs both.
            let ratio = |index: usize| {
                let beside = contestant.divided_by(BURSTS[index]);
                let mut all = self.contestants.iter();
                let other = all.position(|contestant| contestant.name == beside)?;
                let times: &Vec<Vec<f64>> = &times[index];
                let rounds = times[number].iter().zip(&times[other]);
                Some(median(rounds.map(|(own, other)| own / other)))
            };
            rows.push(Row {
                name: contestant.name,
                nanoseconds: [0, 1, 2].map(|index| median(times[index][number].iter().copied())),
                ratios: [0, 1, 2].map(ratio),
                memory: self.measure_memory(*contestant)?,
            });
        }
        Ok(rows)
    }

    /// The CPU time a delivery in nanoseconds, round by round, for each contestant.
    ///
    /// Each size of bursts has connections of its own: by what came before, a receiver decides how
    /// often it acknowledges, and that is a good part of the cost.
    fn measure_times(&self, burst: u64, bursts: u64) -> io::Result<Vec<Vec<f64>>> {
        let mut pairs = Vec::new();
        for contestant in &self.contestants {
            let mut pair = Pair::start(*contestant, self.size)?;
            pair.connect(self.subscribers)?;
            pairs.push((pair, Vec::new()));
        }
        let deliveries = (burst * bursts) as f64 * self.subscribers as f64;
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        let mut random = fastrand::Rng::with_seed(burst);
        for _ in 0..self.rounds {
            // Everyone comes behind everyone else, whose traces in the caches it finds.
            random.shuffle(&mut order);
            for &index in &order {
                let (pair, times) = &mut pairs[index];
                pair.deliver(burst, 1)?;
                let time = pair.deliver(burst, bursts)?;
                times.push(time.as_nanos() as f64 / deliveries);
            }
        }
        let checked = pairs.into_iter().map(|(mut pair, times)| {
            pair.check()?;
            Ok(times)
        });
        checked.collect()
    }

    /// In KiB a subscriber. A tenth of them is there before, so that what is needed once is not counted.
    fn measure_memory(&self, contestant: Contestant) -> io::Result<f64> {
        let mut pair = Pair::start(contestant, self.size)?;
        let first = (self.idle / 10).max(1);
        let rest = self.idle.saturating_sub(first).max(1);
        let mut settled = |count| {
            pair.connect(count)?;
            pair.deliver(1, 2)?;
            pair.memory()
        };
        let before = settled(first)?;
        let after = settled(rest)?;
        Ok(after.saturating_sub(before) as f64 / rest as f64 / 1024.0)
    }

    /// Prints what came out.
    pub fn print(&self, rows: &[Row], markup: Markup) {
        let title = format!(
            "CPU time a delivery in µs: {} subscribers, events of {} bytes, {} rounds",
            self.subscribers, self.size, self.rounds
        );
        let heads = [
            "",
            "one event",
            "÷",
            "bursts of 16",
            "÷",
            "bursts of 64",
            "÷",
            "KiB a subscriber",
        ];
        let mut lines = vec![heads.map(str::to_owned).to_vec()];
        for row in rows {
            let mut line = vec![row.name.to_owned()];
            for (nanoseconds, ratio) in row.nanoseconds.iter().zip(row.ratios) {
                line.push(format!("{:.3}", nanoseconds / 1000.0));
                line.push(ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")));
            }
            line.push(format!("{:.2}", row.memory));
            lines.push(line);
        }
        print_table(&title, &lines, markup);
    }
}

/// The one in the middle; there has to be one.
pub(super) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
