//! Linux: no core dumps (inherited by the web processes), and no tracing of this process by others.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// A crash leaves no memory on disk.
pub(crate) fn forbid_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        // The log is not there yet, and the program is no less usable.
        tracing::warn!(%error, "core dumps cannot be forbidden");
    }
}

/// `ptrace` and `/proc/<pid>/mem` are refused to others of the same user (PR_SET_DUMPABLE, prctl(2)).
pub(crate) fn forbid_tracing() {
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "tracing cannot be forbidden");
    }
}
