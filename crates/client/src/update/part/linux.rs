//! Linux.

use std::fs::File;
use std::io;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

pub(super) use super::unix::{create, open_ours};

/// The file system keeps the room.
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    if whole == 0 {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, whole) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
