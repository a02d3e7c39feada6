//! Windows.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::ptr::null_mut;

use polder_slots::Verified;
use windows_sys::Win32::Globalization::GetUserDefaultLocaleName;
use windows_sys::Win32::System::SystemServices::LOCALE_NAME_MAX_LENGTH;
use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONERROR, MB_OK, MB_SETFOREGROUND, MessageBoxW};
use windows_sys::w;

use crate::start::End;

/// The file of a slot that is a launcher. A release need not bring one.
pub(crate) const LAUNCHER: &str = "polder-launcher.exe";
/// Where a package puts its slot, seen from the launcher's folder.
pub(crate) const PACKAGED: &str = "../lib/polder/slot";
/// Whether a launcher that runs may be replaced. Windows lets nobody do that: it comes with the installer only.
pub(crate) const RENEWS: bool = false;

/// What asks this launcher to stop: nothing. Windows tells a window to close by itself.
pub(crate) struct Signals;

impl Signals {
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// The code to end with, where somebody asked to stop while nothing ran.
    #[allow(clippy::unused_self, reason = "elsewhere it listens")]
    pub(crate) fn asked(&mut self) -> Option<u8> {
        None
    }

    /// Waits for a program.
    #[allow(clippy::unused_self, reason = "elsewhere it listens")]
    pub(crate) fn wait(&mut self, child: &mut Child) -> io::Result<End> {
        Ok(End { code: code(child.wait()?), asked: false })
    }
}

/// What is no code of one byte, such as the number of an exception, is no clean end either.
fn code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Nothing is started through a handle here: the path is looked at once more.
pub(crate) fn handle_of(_: &Verified) -> Option<Command> {
    None
}

/// Nobody can tell from a code. The installer brings it, and where it is missing the client's log says so.
pub(crate) fn lacks_web_view(_: u8) -> Option<fn(&str) -> String> {
    None
}

/// The one in which Windows writes dates and numbers for this person, such as `nl-NL`.
pub(crate) fn language() -> String {
    let mut name = [0; LOCALE_NAME_MAX_LENGTH as usize];
    // SAFETY: the call is told how much there is room for.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let written = unsafe { GetUserDefaultLocaleName(name.as_mut_ptr(), LOCALE_NAME_MAX_LENGTH as i32) };
    // With the zero at its end.
    let length = usize::try_from(written).unwrap_or_default().saturating_sub(1);
    String::from_utf16_lossy(name.get(..length).unwrap_or_default())
}

/// A plain message on the screen. It stays until somebody closes it; a test has nobody for that.
pub(crate) fn message(words: &str) {
    if cfg!(feature = "e2e") {
        return;
    }
    let words: Vec<u16> = words.encode_utf16().chain([0]).collect();
    // SAFETY: both texts end with a zero and outlive the call.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let closed = unsafe {
        MessageBoxW(null_mut(), words.as_ptr(), w!("Polder"), MB_OK | MB_ICONERROR | MB_SETFOREGROUND)
    };
    if closed == 0 {
        crate::say::log(&format!("nothing can be shown on the screen: {}", io::Error::last_os_error()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_names_a_language() {
        let language = language();
        assert!(language.len() >= 2 && language.is_ascii(), "{language:?}");
    }
}
