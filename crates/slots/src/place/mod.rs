//! Where this person's data lies on this computer, slots included: where the system has such things, and never in a
//! folder that a cloud drive keeps the same on several computers. There, programs would be swapped under the one that
//! runs, files would be elsewhere until somebody asks for them, and what one computer tried another would believe.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

mod marks;

use std::fmt;
use std::path::{Path, PathBuf};

/// Who keeps a folder the same on several computers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    /// Dropbox.
    Dropbox,
    /// Google Drive.
    GoogleDrive,
    /// iCloud Drive.
    ICloud,
    /// Nextcloud or ownCloud.
    Nextcloud,
    /// OneDrive.
    OneDrive,
    /// Syncthing.
    Syncthing,
    /// One that the system knows by no name.
    Another,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The system knows no home folder for this person.
    #[error("the system knows no home folder for this person")]
    NoHome,
    /// Each place that the system has lies in a synced folder.
    #[error("{} is kept in step with other computers by {by}", folder.display())]
    Synced {
        /// The first of them.
        folder: PathBuf,
        /// By whom.
        by: Cloud,
    },
}

/// The folder of this person's data, by the program's own name (`eu.polder.desktop`). It need not be there yet.
///
/// Linux: `$XDG_DATA_HOME` (else `~/.local/share`), and where that is synced `$XDG_STATE_HOME` (else `~/.local/state`).
/// macOS: `~/Library/Application Support`. Windows: `%LOCALAPPDATA%`, which does not roam.
///
/// # Errors
/// See [`PlaceError`].
pub fn data_folder(identifier: &str) -> Result<PathBuf, PlaceError> {
    first_unsynced(system::places(), identifier, synced)
}

/// Who syncs this folder, or one that it lies in.
pub fn synced(folder: &Path) -> Option<Cloud> {
    system::synced(folder).or_else(|| folder.ancestors().find_map(marks::of))
}

fn first_unsynced(
    places: Vec<PathBuf>,
    identifier: &str,
    synced: impl Fn(&Path) -> Option<Cloud>,
) -> Result<PathBuf, PlaceError> {
    let mut first = None;
    for place in places {
        let folder = place.join(identifier);
        match synced(&folder) {
            None => return Ok(folder),
            Some(by) => first = first.or(Some(PlaceError::Synced { folder, by })),
        }
    }
    Err(first.unwrap_or(PlaceError::NoHome))
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dropbox => "Dropbox",
            Self::GoogleDrive => "Google Drive",
            Self::ICloud => "iCloud Drive",
            Self::Nextcloud => "Nextcloud",
            Self::OneDrive => "OneDrive",
            Self::Syncthing => "Syncthing",
            Self::Another => "a cloud drive",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_place_that_is_synced_is_left_for_the_next_and_without_one_it_is_said_so() {
        let places = || vec![PathBuf::from("/synced"), PathBuf::from("/local")];
        let dropbox = |folder: &Path| folder.starts_with("/synced").then_some(Cloud::Dropbox);
        assert_eq!(first_unsynced(places(), "polder", |_| None).unwrap(), Path::new("/synced/polder"));
        assert_eq!(first_unsynced(places(), "polder", dropbox).unwrap(), Path::new("/local/polder"));
        let none = first_unsynced(places(), "polder", |_| Some(Cloud::Dropbox)).unwrap_err();
        assert!(none.to_string().ends_with("by Dropbox"), "{none}");
        assert!(matches!(first_unsynced(vec![], "polder", dropbox), Err(PlaceError::NoHome)));
    }

    #[test]
    fn each_drive_is_known_by_its_own_marks_also_from_deep_below() {
        for (mark, is_folder, cloud) in [
            (".dropbox", false, Cloud::Dropbox),
            (".dropbox.cache", true, Cloud::Dropbox),
            (".tmp.drivedownload", true, Cloud::GoogleDrive),
            (".sync_0a1b2c3d4e5f.db", false, Cloud::Nextcloud),
            ("._sync_0a1b2c3d4e5f.db", false, Cloud::Nextcloud),
            (".owncloudsync.log", false, Cloud::Nextcloud),
            (".stfolder", true, Cloud::Syncthing),
        ] {
            let root = tempfile::tempdir().unwrap();
            let deep = root.path().join("Jörg 测试 🗺/.local/share/polder");
            assert_eq!(synced(&deep), None, "nothing is there yet");
            let mark = root.path().join(mark);
            if is_folder { fs::create_dir(&mark) } else { fs::write(&mark, "") }.unwrap();
            assert_eq!(synced(&deep), Some(cloud), "{}", mark.display());
        }
    }

    #[test]
    fn what_a_drive_keeps_for_itself_marks_nothing() {
        let home = tempfile::tempdir().unwrap();
        // Dropbox's own settings lie in a folder of that name in each home.
        fs::create_dir(home.path().join(".dropbox")).unwrap();
        fs::create_dir(home.path().join("Dropbox")).unwrap();
        fs::write(home.path().join("Dropbox/.dropbox"), "").unwrap();
        fs::write(home.path().join(".sync_notes.txt"), "").unwrap();
        assert_eq!(synced(&home.path().join(".local/share/polder")), None);
        assert_eq!(synced(&home.path().join("Dropbox/share/polder")), Some(Cloud::Dropbox));
    }
}
