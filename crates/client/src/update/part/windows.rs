//! Windows: a folder of this person's is nobody else's by itself, and whoever holds a file may keep others away from it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use polder_slots::durable;

/// A new file.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// `None` when there is nothing, or nothing of ours. One that a virus scanner holds for a moment is waited for.
pub(super) fn open_ours(path: &Path) -> io::Result<Option<File>> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            durable::insistently(|| OpenOptions::new().read(true).write(true).open(path)).map(Some)
        }
        _ => Ok(None),
    }
}

/// The room is asked for and given back: others may take it meanwhile, and then writing tells.
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    let length = file.metadata()?.len();
    if whole > length {
        file.set_len(whole)?;
        file.set_len(length)?;
    }
    Ok(())
}
