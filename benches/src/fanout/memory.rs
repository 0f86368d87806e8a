//! How much memory a process and the system's sockets take; known on Linux alone.

use std::fs;
use std::io;

/// The memory of this process that is not swapped out, in bytes.
///
/// # Errors
///
/// The system does not tell.
pub fn resident() -> io::Result<u64> {
    // Exact, where `statm` lags behind by what each core has not reported yet.
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let kibibytes = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Rss:")?.split_whitespace().next())
        .and_then(|number| number.parse::<u64>().ok());
    let missing = || io::Error::other("the system does not tell the resident memory");
    kibibytes.map(|number| number << 10).ok_or_else(missing)
}

/// What the kernel holds for all its TCP sockets, in bytes; 0 where it does not tell.
pub fn of_sockets() -> u64 {
    const PAGE: u64 = 4096;
    let counts = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let pages = counts.lines().find_map(|line| {
        let (_, pages) = line.strip_prefix("TCP:")?.split_once(" mem ")?;
        pages.trim().parse::<u64>().ok()
    });
    pages.unwrap_or_default() * PAGE
}
