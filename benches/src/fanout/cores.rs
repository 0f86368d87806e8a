//! Which core a process is kept on.

/// Keeps this process, which has one thread yet, on the core of that number among those it may use.
///
/// Where there are fewer cores, or none can be chosen, it stays where the system puts it.
pub fn pin(number: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(&core) = cores.get(number) {
        core_affinity::set_for_current(core);
    }
}
