//! Whether programs may be put into this person's folder, before anything is fetched.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::io;
use std::path::Path;

use super::UpdateFault;

/// Looks at the file system that the folder, which is there, lies on: whether it can be written, whether programs may be
/// started from it, and whether there is room for `needed` bytes.
pub(super) fn check(folder: &Path, needed: u64) -> Result<(), UpdateFault> {
    let found = system::look(folder).map_err(|error| UpdateFault::of_io(folder, needed, error))?;
    if found.read_only {
        return Err(UpdateFault::of_io(folder, needed, io::ErrorKind::ReadOnlyFilesystem.into()));
    }
    if found.no_programs {
        return Err(UpdateFault::NoPrograms(folder.to_owned()));
    }
    match found.free {
        Some(free) if free < needed => {
            Err(UpdateFault::NoRoom { folder: folder.to_owned(), needed, free: Some(free), cause: None })
        }
        _ => Ok(()),
    }
}

/// What a system says of the place where a folder lies, without anything being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    read_only: bool,
    no_programs: bool,
    /// For this person, in bytes. None where a file system knows no sizes.
    free: Option<u64>,
}

/// Whether macOS runs this program from a read-only place with a random name, as it does with a bundle that was only
/// downloaded and not moved by a person yet ("app translocation"). What is put beside such a program is gone the next time.
pub(crate) fn is_translocated(program: &Path) -> bool {
    program.components().any(|part| part.as_os_str() == "AppTranslocation")
}

#[cfg(test)]
mod tests {
    use polder_wire::Code;

    use super::*;

    #[test]
    fn room_that_no_disk_has_is_missed_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check(folder.path(), 1).is_ok());
        let fault = check(folder.path(), u64::MAX).unwrap_err();
        assert_eq!(fault.code(), Code::NoRoom);
        let (needed, free) = fault.room().unwrap();
        assert!(needed == u64::MAX && free.is_some_and(|free| free > 0), "{free:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_bundle_that_was_only_downloaded_is_told_from_one_that_was_moved() {
        for path in [
            "/private/var/folders/2k/x/T/AppTranslocation/1B2C/d/Polder.app/Contents/MacOS/polder",
            "/var/folders/2k/x/X/AppTranslocation/1B2C/d/Polder.app/Contents/Resources/slot/Polder.app/Contents/MacOS/polder",
        ] {
            assert!(is_translocated(Path::new(path)), "{path}");
        }
        for path in [
            "/Applications/Polder.app/Contents/MacOS/polder",
            "/Users/ada/Downloads/Polder.app/Contents/MacOS/polder",
            "/Users/ada/About AppTranslocation/Polder.app/Contents/MacOS/polder",
            "/proc/self/exe",
        ] {
            assert!(!is_translocated(Path::new(path)), "{path}");
        }
    }
}
