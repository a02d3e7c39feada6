//! Windows: what other programs of the same person may do to this process stands in its list of rights. The one that
//! Windows gives out lets them read and write its memory, start threads in it and copy its handles; this one lets them see
//! it, wait for it and end it.
//!
//! **What remains.** An administrator who may debug programs asks no list. Handles from before, such as the launcher's, stay
//! as they are. Threads have lists of their own, which are Windows' usual ones: somebody who changes where a thread goes on
//! can still make the program do what it was not meant to.

use std::io;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetTokenInformation, PROTECTED_DACL_SECURITY_INFORMATION,
    SetKernelObjectSecurity, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
};
use windows_sys::Win32::System::ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WerSetFlags};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE,
    PROCESS_TERMINATE,
};

/// What is left to others of this person: to see that it runs, to wait for its end, and to end it.
const LEFT: u32 = PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;

/// A crash is reported without what was in memory, and by nobody's question in a window. Dumps of whole programs are
/// written only where an administrator configured that.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    // SAFETY: neither takes a pointer.
    #[allow(unsafe_code, reason = "calls of the system's")]
    let refused = unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
        WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP)
    };
    if refused < 0 { Err(io::Error::from_raw_os_error(refused)) } else { Ok(()) }
}

/// The process' list of rights: all for the system, [`LEFT`] for this person, nothing for anybody else. `S-1-3-4` is the
/// owner as such, who could otherwise write another list.
pub(crate) fn forbid_tracing() -> io::Result<()> {
    let person = person()?;
    // 1fffff: everything there is.
    let list = format!("D:P(A;;0x1fffff;;;SY)(A;;{LEFT:#x};;;S-1-3-4)(A;;{LEFT:#x};;;{person})");
    let list: Vec<u16> = list.encode_utf16().chain([0]).collect();
    let mut descriptor = null_mut();
    // SAFETY: the text ends with a zero; what the call makes is given back below, and used only until then. The handle is
    // no real one and stands for this process.
    #[allow(unsafe_code, reason = "calls of the system's")]
    unsafe {
        done(ConvertStringSecurityDescriptorToSecurityDescriptorW(
            list.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            null_mut(),
        ))?;
        let set = done(SetKernelObjectSecurity(
            GetCurrentProcess(),
            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
            descriptor,
        ));
        LocalFree(descriptor);
        set
    }
}

/// Windows loads no code by environment variables of this kind.
#[allow(clippy::unnecessary_wraps, reason = "each system has these three functions")]
pub(crate) fn start_again() -> io::Result<()> {
    Ok(())
}

/// Whose process this is, as lists of rights name people.
#[allow(unsafe_code, reason = "calls of the system's")]
fn person() -> io::Result<String> {
    let mut token: HANDLE = null_mut();
    // SAFETY: it writes one handle, which is closed below.
    done(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) })?;
    // Room for the structure, and behind it for what it points to (at most 68 bytes), where numbers of 64 bits lie.
    let mut user = [0_u64; 32];
    let mut length = 0;
    let room = u32::try_from(size_of_val(&user)).unwrap_or_default();
    // SAFETY: it is told how much room there is.
    let known = done(unsafe {
        GetTokenInformation(token, TokenUser, user.as_mut_ptr().cast(), room, &raw mut length)
    });
    // SAFETY: it is this function's own.
    unsafe { CloseHandle(token) };
    known?;
    let mut text = null_mut();
    // SAFETY: the structure was written above and its pointer leads into the same array. The text that is made ends with a
    // zero, and is given back.
    unsafe {
        let sid = (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid;
        done(ConvertSidToStringSidW(sid, &raw mut text))?;
        let length = (0..).take_while(|at| *text.add(*at) != 0).count();
        let person = String::from_utf16_lossy(std::slice::from_raw_parts(text, length));
        LocalFree(text.cast());
        Ok(person)
    }
}

fn done(answer: i32) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Foundation::ERROR_ACCESS_DENIED;
    use windows_sys::Win32::System::Threading::{
        GetCurrentProcessId, OpenProcess, PROCESS_CREATE_THREAD, PROCESS_DUP_HANDLE,
        PROCESS_QUERY_INFORMATION, PROCESS_SET_INFORMATION, PROCESS_SUSPEND_RESUME, PROCESS_VM_OPERATION,
        PROCESS_VM_READ, PROCESS_VM_WRITE,
    };

    use super::*;

    /// Opens this process as another program of the same person would.
    #[allow(unsafe_code, reason = "calls of the system's")]
    fn opened(rights: u32) -> Result<(), Option<i32>> {
        // SAFETY: it takes no pointers; the handle is closed.
        unsafe {
            let process = OpenProcess(rights, 0, GetCurrentProcessId());
            if process.is_null() {
                return Err(io::Error::last_os_error().raw_os_error());
            }
            CloseHandle(process);
        }
        Ok(())
    }

    /// The test's own process is hardened; it only tests from here on.
    #[test]
    fn nobody_of_the_same_person_reads_or_writes_a_hardened_process_or_copies_its_handles() {
        let forbidden = [
            PROCESS_VM_READ,
            PROCESS_VM_WRITE,
            PROCESS_VM_OPERATION,
            PROCESS_CREATE_THREAD,
            PROCESS_DUP_HANDLE,
            PROCESS_SUSPEND_RESUME,
            PROCESS_SET_INFORMATION,
            PROCESS_QUERY_INFORMATION,
        ];
        for right in forbidden {
            assert_eq!(opened(right), Ok(()), "{right:#x} is what Windows gives out");
        }
        forbid_tracing().unwrap();
        for right in forbidden {
            assert_eq!(opened(right), Err(Some(ERROR_ACCESS_DENIED as i32)), "{right:#x}");
            assert_eq!(opened(LEFT | right), Err(Some(ERROR_ACCESS_DENIED as i32)), "{right:#x}");
        }
        assert_eq!(opened(LEFT), Ok(()));
    }

    #[test]
    fn a_crash_asks_nobody_and_tells_nothing_of_what_was_in_memory() {
        forbid_core_dumps().unwrap();
        // SAFETY: it takes no pointer.
        #[allow(unsafe_code, reason = "a call of the system's")]
        let mode = unsafe { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX) };
        assert_eq!(mode, SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    }
}
