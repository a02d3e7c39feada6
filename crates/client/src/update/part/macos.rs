//! macOS.

use std::fs::File;
use std::io;

pub(super) use super::unix::{create, open_ours};

/// The room is asked for and given back: others may take it meanwhile, and then writing tells.
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    let length = file.metadata()?.len();
    if whole > length {
        file.set_len(whole)?;
        file.set_len(length)?;
    }
    Ok(())
}
