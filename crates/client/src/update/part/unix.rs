//! What Linux and macOS have in common: modes, and whose a file is.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

/// A new file that nobody else reads.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// `None` when there is nothing, or nothing of ours.
pub(super) fn open_ours(path: &Path) -> io::Result<Option<File>> {
    // A pipe would wait for somebody at its other end.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    // A link, a folder, a socket, a file without rights, or nothing: whatever it is, it goes, and making a new one tells
    // what stands in the way.
    let Ok(file) = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path) else {
        return Ok(None);
    };
    let metadata = file.metadata()?;
    let ours = metadata.is_file()
        && metadata.nlink() == 1
        && metadata.mode() & 0o077 == 0
        && metadata.uid() == rustix::process::geteuid().as_raw();
    Ok(ours.then_some(file))
}
