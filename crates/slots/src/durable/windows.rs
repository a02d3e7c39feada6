//! Where whoever opened a file may keep others from renaming and removing it.

use std::io;
#[cfg(windows)]
use std::path::Path;

/// System error codes of Windows (winerror.h).
const ERROR_ACCESS_DENIED: i32 = 5;
const ERROR_SHARING_VIOLATION: i32 = 32;
const ERROR_LOCK_VIOLATION: i32 = 33;

/// The order of metadata changes is kept in a journal, and no folder opens as a file.
#[cfg(windows)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether somebody has it open. A file that somebody removed and another still has open says that access is denied, just
/// as one without rights does; so does a folder in which something is open.
pub(super) fn is_held(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION))
}

/// Whether somebody has it open and shares it with nobody, and nothing else can be meant.
pub(super) fn is_held_for_sure(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(ERROR_SHARING_VIOLATION | ERROR_LOCK_VIOLATION))
}
