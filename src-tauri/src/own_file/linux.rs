//! Linux leads to it through /proc.

use std::path::PathBuf;

/// The very file that runs, also when something else lies at its path by now.
pub(crate) fn own_file() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}
