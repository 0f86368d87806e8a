//! What keeping idle subscribers alive costs, beside a broadcast to them.

use std::io;
use std::thread;

use serde::Serialize;

use super::contestants::{BEATING, Contestant, SILENCE};
use super::process::Pair;
use super::table::median;
use crate::tables::{Markup, print_table};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Who is idle.
    pub subscribers: usize,
    /// How often either has its turn.
    pub rounds: usize,
    /// How many bytes of data an event has.
    pub size: usize,
}

/// What came out, in nanoseconds of the server's CPU time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cost {
    /// A heartbeat to one subscriber.
    pub heartbeat: f64,
    /// The delivery of an event to one subscriber.
    pub delivery: f64,
    /// The one divided by the other.
    pub ratio: f64,
}

/// How many broadcasts make a turn, and how many silences.
const TURN: u32 = 3;

impl Plan {
    /// Measures both in turns.
    ///
    /// # Errors
    ///
    /// A process has ended, or an event did not arrive.
    pub fn carry_out(&self, ours: Contestant) -> io::Result<Cost> {
        let mut publishing = Pair::start(ours, self.size)?;
        publishing.connect(self.subscribers)?;
        let mut beating = Pair::start(BEATING, self.size)?;
        beating.connect(self.subscribers)?;
        publishing.deliver(1, 1)?;
        thread::sleep(SILENCE);
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            let delivering = publishing.deliver(1, TURN.into())?;
            let delivery =
                delivering.as_nanos() as f64 / (f64::from(TURN) * self.subscribers as f64);
            let heartbeat = beat(&mut beating)?;
            rounds.push((heartbeat, delivery));
        }
        Ok(Cost {
            heartbeat: median(rounds.iter().map(|(heartbeat, _)| *heartbeat)),
            delivery: median(rounds.iter().map(|(_, delivery)| *delivery)),
            ratio: median(
                rounds
                    .iter()
                    .map(|(heartbeat, delivery)| heartbeat / delivery),
            ),
        })
    }

    /// Prints what came out.
    pub fn print(&self, cost: &Cost, markup: Markup) {
        let title = format!(
            "CPU time in µs for one of {} idle subscribers, {} rounds",
            self.subscribers, self.rounds
        );
        let microseconds = |nanoseconds: f64| format!("{:.3}", nanoseconds / 1000.0);
        let lines = vec![
            ["", "a heartbeat", "an event", "÷"]
                .map(str::to_owned)
                .to_vec(),
            vec![
                "ours".to_owned(),
                microseconds(cost.heartbeat),
                microseconds(cost.delivery),
                format!("{:.2}", cost.ratio),
            ],
        ];
        print_table(&title, &lines, markup);
    }
}

/// The CPU time of a heartbeat in nanoseconds, over some silences.
fn beat(pair: &mut Pair) -> io::Result<f64> {
    let written =
        |pair: &mut Pair| -> io::Result<u64> { pair.counted()?.parse().map_err(io::Error::other) };
    let (before, first) = (pair.cpu()?, written(pair)?);
    thread::sleep(SILENCE * TURN);
    let (after, last) = (pair.cpu()?, written(pair)?);
    if last == first {
        return Err(io::Error::other("no heart has beaten"));
    }
    Ok((after - before).as_nanos() as f64 / (last - first) as f64)
}
