//! Windows knows the path, and lets nobody put another file there while the program runs.

use std::path::PathBuf;

/// Where it lies. An empty path cannot be read, which the gate refuses.
pub(crate) fn own_file() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}
