//! macOS has work in the background: processor, disk and network come last for a thread that says that it does such.

use std::io;

/// The thread that asks gives way from now on.
pub(super) fn give_way() -> io::Result<()> {
    // SAFETY: it takes no pointers, and means the thread that asks.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let refused = unsafe { libc::setpriority(libc::PRIO_DARWIN_THREAD, 0, libc::PRIO_DARWIN_BG) };
    if refused == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How much the thread that asks gives way: 1 in the background.
#[cfg(test)]
pub(super) fn given_way() -> i32 {
    // SAFETY: as above.
    #[allow(unsafe_code, reason = "a call of the system's")]
    unsafe {
        libc::getpriority(libc::PRIO_DARWIN_THREAD, 0)
    }
}
