//! Linux: the XDG base directories; no cloud drive marks folders for the system.

use std::path::{Path, PathBuf};

use super::Cloud;

/// Data first. State is as local and as lasting, and people sync it less.
pub(super) fn places() -> Vec<PathBuf> {
    [dirs::data_local_dir(), dirs::state_dir()].into_iter().flatten().collect()
}

/// See [`super::synced`]; by marks alone.
pub(super) fn synced(_: &Path) -> Option<Cloud> {
    None
}
