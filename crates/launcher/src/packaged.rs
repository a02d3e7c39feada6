//! The slot that the package brought, beside the launcher.

use std::path::{Path, PathBuf};

use polder_slots::{MANIFEST, MAX_MANIFEST, Manifest};
use semver::Version;

use crate::system;

/// Where it lies, if there is one.
pub(crate) fn folder(own: &Path) -> Option<PathBuf> {
    // What the person starts may be a link in another folder.
    let own = std::fs::canonicalize(own).ok()?;
    let beside = own.parent()?;
    [beside.join("slot"), beside.join(system::PACKAGED)]
        .into_iter()
        .find(|folder| folder.join(MANIFEST).is_file())
}

/// What it says that it is. Only for putting it into order: whether that is so is looked at before it is started.
pub(crate) fn claimed_version(folder: &Path) -> Option<Version> {
    let file = folder.join(MANIFEST);
    let length = std::fs::metadata(&file).ok()?.len();
    if length > MAX_MANIFEST as u64 {
        return None;
    }
    Some(Manifest::parse(&std::fs::read(file).ok()?).ok()?.version)
}
