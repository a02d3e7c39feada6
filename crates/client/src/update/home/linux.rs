//! Linux: statvfs(3).

use std::io;
use std::path::Path;

use rustix::fs::{StatVfsMountFlags, statvfs};

use super::Place;

/// What the file system says.
pub(super) fn look(folder: &Path) -> io::Result<Place> {
    let system = statvfs(folder)?;
    Ok(Place {
        read_only: system.f_flag.contains(StatVfsMountFlags::RDONLY),
        no_programs: system.f_flag.contains(StatVfsMountFlags::NOEXEC),
        // A file system that knows no sizes says that it has none.
        free: (system.f_blocks > 0).then(|| system.f_bavail.saturating_mul(system.f_frsize)),
    })
}
