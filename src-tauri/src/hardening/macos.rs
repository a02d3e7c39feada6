//! macOS: no core dumps. Tracing is forbidden by the hardened runtime of the signed bundle (no
//! `get-task-allow` entitlement), which packaging sets; a program cannot do it for itself without private
//! calls.

use rustix::process::{Resource, Rlimit, setrlimit};

/// A crash leaves no memory on disk.
pub(crate) fn forbid_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps cannot be forbidden");
    }
}

/// See above: the bundle's signature does it.
pub(crate) fn forbid_tracing() {}
