//! A file that is there as a whole or not at all, also after a power cut.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::step::step;

/// Puts a file in place of any before: temporary file, fsync, rename, fsync of the folder. Makes the folder
/// when there is none. What was there before is still there when this fails.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    step()?;
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    step()?;
    file.write_all(bytes)?;
    step()?;
    file.as_file().sync_all()?;
    step()?;
    file.persist(path).map_err(|error| error.error)?;
    step()?;
    sync_folder(folder)
}

/// Makes what was renamed, made or removed in a folder last.
///
/// # Errors
/// The system's.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Windows keeps the order of metadata changes in its journal, and opens no folder as a file.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What a write that was broken off leaves behind begins with it.
pub(crate) const TEMPORARY: &str = ".writing-";
