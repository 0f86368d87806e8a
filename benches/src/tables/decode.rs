//! The interleaved table of decoding: ours ÷ best peer ÷ floor, for every workload and chunk size.

use std::process::{Command, Stdio};
use std::{env, io};

use super::{Markup, print_table};
use crate::bars::{self, Form};
use crate::contestants::{Contestant, Role};
use crate::measure::{Effort, Input, Outcome};
use crate::results::{Cell, Entry, Results};
use crate::workloads::Workload;

/// The chunk sizes of the tables, in bytes; the largest of all is the whole input at once.
pub const CHUNK_SIZES: [usize; 6] = [usize::MAX, 64 << 10, 16 << 10, 1400, 64, 1];

const OURS: [(&str, Form); 3] = [
    ("ours-bytes", Form::Bytes),
    ("ours-str", Form::Str),
    ("ours-owned", Form::Owned),
];

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The chunk sizes in bytes: a table each.
    pub chunk_sizes: Vec<usize>,
    /// The workloads: a row each.
    pub workloads: Vec<Workload>,
    /// The contestants: a column each.
    pub contestants: Vec<Contestant>,
    /// The size of every input in bytes.
    pub size: usize,
    /// How often and how long.
    pub effort: Effort,
    /// How the tables are printed.
    pub markup: Markup,
}

impl Plan {
    /// Measures everything, and prints a table for each chunk size.
    ///
    /// Each workload has a process of its own, this program again: the heap that another one left behind
    /// would be part of the figures. There the answer is `None`, and the figures go to the parent.
    pub fn carry_out(&self) -> io::Result<Option<Results>> {
        if let Ok(label) = env::var(WORKLOAD) {
            let workload = self
                .workloads
                .iter()
                .find(|workload| workload.label == label);
            let cells: Vec<Cell> = workload.map_or(Vec::new(), |workload| self.cells(workload));
            serde_json::to_writer(io::stdout(), &cells)?;
            return Ok(None);
        }
        let mut results = Results::of_this_machine(self.size);
        for workload in &self.workloads {
            results.cells.extend(in_a_process_of_its_own(workload)?);
        }
        for &chunk_size in &self.chunk_sizes {
            self.print(&results, chunk_size);
        }
        Ok(Some(results))
    }

    fn cells(&self, workload: &Workload) -> Vec<Cell> {
        let input = Input::new(workload, self.size);
        let cell = |&chunk_size: &usize| {
            let outcomes = input.measure(&self.contestants, chunk_size, self.effort);
            Cell {
                workload: workload.label.to_owned(),
                chunk_size: as_asked_for(chunk_size),
                entries: self.contestants.iter().zip(outcomes).map(entry).collect(),
            }
        };
        self.chunk_sizes.iter().map(cell).collect()
    }

    fn print(&self, results: &Results, chunk_size: usize) {
        let mut lines = Vec::new();
        for workload in &self.workloads {
            let shown = |cell: &&Cell| {
                cell.workload == workload.label && cell.chunk_size == as_asked_for(chunk_size)
            };
            let Some(cell) = results.cells.iter().find(shown) else {
                continue;
            };
            if lines.is_empty() {
                lines.push(header(cell));
            }
            lines.push(row(workload, chunk_size, cell));
        }
        let title = match chunk_size {
            usize::MAX => "decoding the whole input at once".to_owned(),
            1 => "decoding chunks of 1 byte".to_owned(),
            size => format!("decoding chunks of {size} bytes"),
        };
        print_table(&title, &lines, self.markup);
    }
}

/// The variable that tells this program which workload to measure, and no other.
const WORKLOAD: &str = "SSE_BENCHES_WORKLOAD";

fn in_a_process_of_its_own(workload: &Workload) -> io::Result<Vec<Cell>> {
    eprintln!("{} …", workload.title());
    let output = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(WORKLOAD, workload.label)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!(
            "{}: {}",
            workload.title(),
            output.status
        )));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `None` for the whole input.
fn as_asked_for(chunk_size: usize) -> Option<usize> {
    Some(chunk_size).filter(|&size| size != usize::MAX)
}

fn entry((contestant, outcome): (&Contestant, Outcome)) -> Entry {
    let note = match outcome {
        Outcome::Speed(_) => "",
        Outcome::Wrong => "wrong",
        Outcome::TooSlow => "—",
    };
    Entry {
        name: contestant.name.to_owned(),
        peer: contestant.role == Role::Peer,
        megabytes: outcome.speed().map(|speed| speed / 1e6),
        note: note.to_owned(),
    }
}

fn header(cell: &Cell) -> Vec<String> {
    let mut header = vec!["MB/s".to_owned()];
    header.extend(cell.entries.iter().map(|entry| entry.name.clone()));
    header.push("best peer".to_owned());
    header.extend(["bytes ÷", "str ÷", "owned ÷", "÷ memchr2"].map(str::to_owned));
    header
}

fn row(workload: &Workload, chunk_size: usize, cell: &Cell) -> Vec<String> {
    let mut row = vec![workload.title()];
    row.extend(cell.entries.iter().map(|entry| match entry.megabytes {
        Some(megabytes) => format!("{megabytes:.0}"),
        None => entry.note.clone(),
    }));
    let best = cell.best_peer();
    row.push(best.map_or("—", |(name, _)| name).to_owned());
    for (name, form) in OURS {
        let least = bars::least_of_best_peer(workload, chunk_size, form);
        row.push(ratio(
            cell.megabytes(name),
            best.map(|(_, speed)| speed),
            least,
        ));
    }
    let least = bars::least_of_memchr2(workload, chunk_size);
    row.push(ratio(
        cell.megabytes("ours-bytes"),
        cell.megabytes("memchr2"),
        least,
    ));
    row
}

/// A ratio, and whether it is under its bar.
fn ratio(ours: Option<f64>, other: Option<f64>, least: Option<f64>) -> String {
    let (Some(ours), Some(other)) = (ours, other) else {
        return "—".to_owned();
    };
    let ratio = ours / other;
    let mark = if least.is_some_and(|least| ratio < least) {
        "!"
    } else {
        ""
    };
    format!("{ratio:.2}{mark}")
}
