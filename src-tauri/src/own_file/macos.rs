//! macOS knows the path only.

use std::path::PathBuf;

/// Where it lay when it was started. An empty path cannot be read, which the gate refuses.
pub(crate) fn own_file() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}
