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
    #[cfg(target_os = "linux")]
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

/// Elsewhere writing tells.
#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: u64) -> Result<(), UpdateFault> {
    Ok(())
}
