//! One run at a time in one deployment.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Keeps every other run out until it is dropped, or this process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Alone {
    _lock: File,
}

/// Why a run cannot be alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAlone {
    #[error("another polder-local is at work in {}; end it first (Ctrl-C in its terminal)", .0.display())]
    Busy(PathBuf),
    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
}

impl Alone {
    /// Locks a file beside the folder, because the folder itself may be thrown away.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, NotAlone> {
        // Without a slash at the end, so that the file lies beside the folder and not in it.
        let mut path = folder.components().collect::<PathBuf>().into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let wrong = |source| NotAlone::File { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(wrong)?;
        }
        let lock = File::create(&path).map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(NotAlone::Busy(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(wrong(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_in_the_same_folder_is_kept_out_until_the_first_ends() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("local");
        let first = Alone::in_folder(&folder).unwrap();
        assert!(matches!(Alone::in_folder(&folder), Err(NotAlone::Busy(_))));
        assert!(
            matches!(Alone::in_folder(&folder.join("")), Err(NotAlone::Busy(_))),
            "with a slash at the end"
        );
        Alone::in_folder(&place.path().join("other")).unwrap();
        drop(first);
        Alone::in_folder(&folder).unwrap();
    }
}
