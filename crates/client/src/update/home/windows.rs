//! Windows: how much this person may still write, quotas included. Whether a folder can be written shows when it is, and
//! no folder keeps programs from being started.

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr::null_mut;

use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;

use super::Place;

/// What the file system says.
pub(super) fn look(folder: &Path) -> io::Result<Place> {
    // In its own form a path may be as long as it likes.
    let folder = std::fs::canonicalize(folder)?;
    let name: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let mut free = 0;
    // SAFETY: the name ends with a zero and outlives the call, and so does the number.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let known = unsafe { GetDiskFreeSpaceExW(name.as_ptr(), &raw mut free, null_mut(), null_mut()) };
    if known == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Place { read_only: false, no_programs: false, free: Some(free) })
}
