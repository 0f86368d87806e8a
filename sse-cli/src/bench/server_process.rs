//! What the server's process has used, as Linux tells it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, cause};

/// A tick of `/proc/PID/stat` takes so long on every system.
const TICK: Duration = Duration::from_millis(10);

/// The process of the server.
#[derive(Debug)]
pub(super) struct ServerProcess {
    pid: u32,
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    /// In user space and in the kernel, all threads together.
    pub(super) cpu: Duration,
    /// Its resident memory in bytes.
    pub(super) memory: u64,
}

impl ServerProcess {
    /// Fails if the system does not tell what the process uses.
    pub(super) fn new(pid: u32) -> Result<Self, Error> {
        let process = Self { pid };
        process.usage().map(|_| process)
    }

    /// What it has used so far.
    pub(super) fn usage(&self) -> Result<Usage, Error> {
        let unknown = |reason: &str| {
            let pid = self.pid;
            Error::Failed(format!("cannot tell what process {pid} uses: {reason}"))
        };
        if cfg!(not(target_os = "linux")) {
            return Err(unknown("that is known on Linux alone"));
        }
        let folder = PathBuf::from(format!("/proc/{}", self.pid));
        let read = |name: &str| {
            fs::read_to_string(folder.join(name)).map_err(|error| unknown(&cause(&error)))
        };
        let cpu = cpu(&read("stat")?);
        let memory = memory(&read("status")?);
        match (cpu, memory) {
            (Some(cpu), Some(memory)) => Ok(Usage { cpu, memory }),
            _ => Err(unknown("it has ended")),
        }
    }
}

/// The CPU time in `/proc/PID/stat`.
fn cpu(stat: &str) -> Option<Duration> {
    // The name of the program comes first, in parentheses, and may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let ticks = u32::try_from(user + system).unwrap_or(u32::MAX);
    Some(TICK * ticks)
}

/// The resident memory in `/proc/PID/status`; a process that has ended has none.
fn memory(status: &str) -> Option<u64> {
    let mut lines = status.lines();
    let resident = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = resident.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_any_name() {
        let stat = "7 (a) 1 (b) S 1 7 7 0 -1 4194560 1 0 0 0 250 150 3 4 20 0 1 0 5 6 7";
        assert_eq!(cpu(stat), Some(Duration::from_secs(4)));
        assert_eq!(cpu("7 (a"), None);
    }

    #[test]
    fn the_resident_memory_is_found() {
        assert_eq!(memory("Name:\ta\nVmRSS:\t    1234 kB\n"), Some(1234 << 10));
        assert_eq!(memory("Name:\ta\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_uses_something() {
        let usage = ServerProcess::new(std::process::id())
            .unwrap()
            .usage()
            .unwrap();
        assert!(usage.memory > 100_000, "{usage:?}");
        let nobody = ServerProcess::new(u32::MAX).unwrap_err();
        assert!(format!("{nobody:?}").contains("no such file"), "{nobody:?}");
    }
}
