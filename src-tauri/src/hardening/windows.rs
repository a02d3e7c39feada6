//! Windows: error reporting and tracing are governed by the system's policy and by the process' security
//! descriptor. Tightening that descriptor takes Win32 calls, which come with the issue on systems
//! (`docs/threats.md` says so); until then Windows gives what it gives to every program.

/// Windows writes dumps only where an administrator configured it.
pub(crate) fn forbid_core_dumps() {}

/// See above.
pub(crate) fn forbid_tracing() {}
