//! The data folder.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = path.display())]
pub struct FolderError {
    path: PathBuf,
    source: std::io::Error,
}

/// What was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing: this is a new platform.
    Empty,
    /// Data of an earlier run.
    InUse,
}

/// Makes the folder if it is missing (readable by its owner alone) and says what it holds.
///
/// # Errors
/// When it cannot be made or read.
pub fn prepare(path: &Path) -> Result<Found, FolderError> {
    let failed = |source| FolderError { path: path.to_owned(), source };
    make_private(path)?;
    let mut entries = fs::read_dir(path).map_err(failed)?;
    Ok(if entries.next().is_some() { Found::InUse } else { Found::Empty })
}

/// Makes a folder that only its owner reads, if there is none.
///
/// # Errors
/// When it cannot be made.
pub fn make_private(path: &Path) -> Result<(), FolderError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| FolderError { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_new_until_something_lies_in_it() {
        let temp = tempfile::tempdir().unwrap();
        let data = temp.path().join("deep/data");
        assert_eq!(prepare(&data).unwrap(), Found::Empty);
        assert_eq!(prepare(&data).unwrap(), Found::Empty);
        fs::write(data.join("x"), "").unwrap();
        assert_eq!(prepare(&data).unwrap(), Found::InUse);
    }
}
