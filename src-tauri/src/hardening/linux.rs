//! Linux: no core dumps (inherited by the web processes), and no tracing of this process by others.

use std::io;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// A crash leaves no memory on disk.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    Ok(setrlimit(Resource::Core, none)?)
}

/// `ptrace` and `/proc/<pid>/mem` are refused to others of the same user (PR_SET_DUMPABLE, prctl(2)).
pub(crate) fn forbid_tracing() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Puts the same program in this one's place, with what is left of the environment. It returns only when the
/// system refuses.
pub(crate) fn start_again() -> io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    // By its path, not by /proc/self/exe, after which the system would call the process "exe".
    Err(std::process::Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).exec())
}

#[cfg(test)]
mod tests {
    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    /// The test's own process is hardened; it only tests from here on.
    #[test]
    fn a_hardened_process_dumps_no_memory_and_is_not_traced() {
        forbid_core_dumps().unwrap();
        forbid_tracing().unwrap();
        let core = getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
