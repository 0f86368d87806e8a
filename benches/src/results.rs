//! The measured figures: what `table` writes and `chart` reads.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One run of the table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Results {
    /// The processor, as the system names it.
    pub machine: String,
    /// Ours and the peers, with the versions that were measured.
    pub versions: Vec<String>,
    /// Whether the core was built with the feature `simd`.
    pub simd: bool,
    /// The size of every input in bytes.
    pub size: usize,
    /// A cell for every workload and chunk size.
    pub cells: Vec<Cell>,
}

/// All contestants on one workload and chunk size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    /// The label of the workload.
    pub workload: String,
    /// The chunk size in bytes; `None` for the whole input at once.
    pub chunk_size: Option<usize>,
    /// Everyone who was measured, in the order of the tables.
    pub entries: Vec<Entry>,
}

/// One contestant's figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The contestant's name.
    pub name: String,
    /// Whether it is a peer.
    pub peer: bool,
    /// Megabytes a second; `None` if it was wrong or not run.
    pub megabytes: Option<f64>,
    /// Why there is no figure, or nothing.
    pub note: String,
}

impl Cell {
    /// The speed of a contestant in megabytes a second, `None` if it has none.
    pub fn megabytes(&self, name: &str) -> Option<f64> {
        self.entries
            .iter()
            .find(|entry| entry.name == name)?
            .megabytes
    }

    /// The fastest peer that is right, `None` if there is none.
    pub fn best_peer(&self) -> Option<(&str, f64)> {
        self.entries
            .iter()
            .filter(|entry| entry.peer)
            .filter_map(|entry| Some((entry.name.as_str(), entry.megabytes?)))
            .max_by(|(_, one), (_, other)| one.total_cmp(other))
    }
}

impl Results {
    /// No cells yet, but where and what is going to be measured.
    pub fn of_this_machine(size: usize) -> Self {
        let simd = cfg!(feature = "simd");
        Self {
            machine: machine(),
            versions: versions(),
            simd,
            size,
            cells: Vec::new(),
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            machine,
            versions,
            simd,
            size,
            ..
        } = self;
        writeln!(
            f,
            "{machine}; {size} bytes of each workload; feature `simd` {}.",
            if *simd { "on" } else { "off" }
        )?;
        write!(f, "{}.", versions.join(", "))
    }
}

/// The processor's name, as far as the system tells it.
pub fn machine() -> String {
    let described = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = described
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |(_, name)| name.trim().to_owned(),
    )
}

/// Ours and the peers, as they are locked.
fn versions() -> Vec<String> {
    locked(&[
        "sse-proto",
        "sse-core",
        "sse-stream",
        "sseer",
        "sse-parse",
        "sse-codec",
        "eventsource-stream",
        "axum",
        "memchr",
    ])
}

/// These crates, with all their versions that are locked.
pub fn locked(names: &[&str]) -> Vec<String> {
    const LOCKED: &str = include_str!("../../Cargo.lock");
    let versions = |name: &&str| {
        let entry = format!("name = \"{name}\"\nversion = \"");
        let versions = LOCKED.split(&entry).skip(1);
        let versions = versions.filter_map(|entry| Some(entry.split_once('"')?.0));
        versions
            .map(|version| format!("{name} {version}"))
            .collect::<Vec<_>>()
    };
    names.iter().flat_map(versions).collect()
}
