//! Writing small files so that a crash or a glance from elsewhere does no harm.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::LocalError;

/// Creates a file that only its owner may read; never replaces one.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(LocalError::file(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(LocalError::file(path))
}

/// Writes a file that is there as a whole or as it was.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(LocalError::file(folder))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(LocalError::file(path))?;
    file.persist(path).map_err(|error| LocalError::File { path: path.to_owned(), source: error.error })?;
    Ok(())
}

/// Removes a file or a folder with all that is in it; it may be gone already.
pub(crate) fn remove(path: &Path) -> Result<(), LocalError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(LocalError::file(path)(error)),
        _ => Ok(()),
    }
}
