//! macOS: statfs(2). Its statvfs(3) does not say whether programs may be started.

use std::io;
use std::path::Path;

use rustix::fs::statfs;

use super::Place;

/// What the file system says.
pub(super) fn look(folder: &Path) -> io::Result<Place> {
    let system = statfs(folder)?;
    let is_set = |flag: libc::c_int| system.f_flags & flag.cast_unsigned() != 0;
    Ok(Place {
        read_only: is_set(libc::MNT_RDONLY),
        no_programs: is_set(libc::MNT_NOEXEC),
        // A file system that knows no sizes says that it has none.
        free: (system.f_blocks > 0).then(|| system.f_bavail.saturating_mul(u64::from(system.f_bsize))),
    })
}
