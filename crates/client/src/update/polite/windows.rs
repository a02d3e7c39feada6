//! Windows has work in the background: processor, disk and memory come last for a thread that says that it does such.

use std::io;

use windows_sys::Win32::System::Threading::{
    GetCurrentThread, SetThreadPriority, THREAD_MODE_BACKGROUND_BEGIN, THREAD_PRIORITY_LOWEST,
};

/// The thread that asks gives way from now on.
pub(super) fn give_way() -> io::Result<()> {
    // SAFETY: the handle is no real one and stands for the thread that asks.
    #[allow(unsafe_code, reason = "calls of the system's")]
    let done = unsafe {
        // Where there is no such work, its turn at the processor comes later all the same.
        SetThreadPriority(GetCurrentThread(), THREAD_MODE_BACKGROUND_BEGIN) != 0
            || SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_LOWEST) != 0
    };
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How much the thread that asks gives way.
#[cfg(test)]
pub(super) fn given_way() -> i32 {
    // SAFETY: as above.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let priority = unsafe { windows_sys::Win32::System::Threading::GetThreadPriority(GetCurrentThread()) };
    -priority
}
