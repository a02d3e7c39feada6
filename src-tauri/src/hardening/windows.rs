//! Windows: error reporting and tracing are governed by the system's policy and by the process' security
//! descriptor. Tightening that descriptor takes Win32 calls, which are unsafe and come with the issue on
//! systems; until then Windows gives what it gives to every program.

use std::io;

/// Windows writes dumps only where an administrator configured it.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    Ok(())
}

/// See above.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn forbid_tracing() -> io::Result<()> {
    Ok(())
}

/// Windows loads no code by environment variables of this kind.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn start_again() -> io::Result<()> {
    Ok(())
}
