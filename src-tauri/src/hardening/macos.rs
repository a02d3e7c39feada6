//! macOS: no core dumps. Tracing is forbidden by the hardened runtime of the signed bundle (no
//! `get-task-allow` entitlement), which packaging sets; a program cannot do it for itself without private
//! calls.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// A crash leaves no memory on disk.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    Ok(setrlimit(Resource::Core, none)?)
}

/// See above: the bundle's signature does it.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn forbid_tracing() -> io::Result<()> {
    Ok(())
}

/// The hardened runtime ignores `DYLD_INSERT_LIBRARIES` and its like; the rest means nothing here.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn start_again() -> io::Result<()> {
    Ok(())
}
