//! Whether programs may be put into this person's folder, before anything is fetched.

use std::path::Path;

use super::UpdateFault;

/// Looks at the file system that the folder, which is there, lies on: whether it can be written, whether programs may be
/// started from it, and whether there is room for `needed` bytes.
#[cfg(unix)]
pub(super) fn check(folder: &Path, needed: u64) -> Result<(), UpdateFault> {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let system = statvfs(folder).map_err(|error| UpdateFault::of_io(folder, needed, error.into()))?;
    if system.f_flag.contains(StatVfsMountFlags::RDONLY) {
        return Err(UpdateFault::of_io(folder, needed, std::io::ErrorKind::ReadOnlyFilesystem.into()));
    }
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    if system.f_flag.contains(StatVfsMountFlags::NOEXEC) {
        return Err(UpdateFault::NoPrograms(folder.to_owned()));
    }
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    // A file system that knows no sizes says that it has none.
    if free < needed && system.f_blocks > 0 {
        return Err(UpdateFault::NoRoom { folder: folder.to_owned(), needed, free: Some(free), cause: None });
    }
    Ok(())
}

/// Whether macOS runs this program from a read-only place with a random name, as it does with a bundle that was only
/// downloaded and not moved by a person yet ("app translocation"). What is put beside such a program is gone the next time.
pub(crate) fn is_translocated(program: &Path) -> bool {
    program.components().any(|part| part.as_os_str() == "AppTranslocation")
}

/// Elsewhere writing tells.
#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: u64) -> Result<(), UpdateFault> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
