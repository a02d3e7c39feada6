//! Windows: `GetLastInputInfo` counts for this person's session; a window that nobody sees is told of locks
//! (`WTSRegisterSessionNotification`) and of sleep (`RegisterSuspendResumeNotification`).

use std::io;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::Power::{
    HPOWERNOTIFY, RegisterSuspendResumeNotification, UnregisterSuspendResumeNotification,
};
use windows_sys::Win32::System::RemoteDesktop::{
    NOTIFY_FOR_THIS_SESSION, WTSRegisterSessionNotification, WTSUnRegisterSessionNotification,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount;
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DEVICE_NOTIFY_WINDOW_HANDLE, DefWindowProcW, DestroyWindow, DispatchMessageW,
    GWLP_USERDATA, GetMessageW, GetWindowLongPtrW, MSG, PBT_APMRESUMEAUTOMATIC, PBT_APMSUSPEND, PostMessageW,
    PostQuitMessage, RegisterClassW, SetWindowLongPtrW, WM_APP, WM_ENDSESSION, WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE, WNDCLASSW, WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOCK,
    WTS_SESSION_UNLOCK,
};
use windows_sys::w;

use super::{Away, AwayError, Tell};

/// Asks the window to go.
const GO: u32 = WM_APP;

/// Ends the watch when it is dropped. A window's handle is a number that any thread may send messages to.
pub(crate) struct Watch(isize);

impl Drop for Watch {
    fn drop(&mut self) {
        // SAFETY: it names the window, or one that is gone, which is an error that says so.
        #[allow(unsafe_code, reason = "a call of the system's")]
        let sent = unsafe { PostMessageW(self.0 as HWND, GO, 0, 0) };
        if sent == 0 {
            tracing::debug!("the window that is told of locks is gone");
        }
    }
}

/// See [`super::idle`].
pub(super) async fn idle() -> Result<Duration, AwayError> {
    let size = u32::try_from(size_of::<LASTINPUTINFO>()).unwrap_or_default();
    let mut last = LASTINPUTINFO { cbSize: size, dwTime: 0 };
    // SAFETY: the structure says how large it is.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let (known, now) = unsafe { (GetLastInputInfo(&mut last), GetTickCount()) };
    if known == 0 {
        return Err(AwayError::system(io::Error::last_os_error()));
    }
    Ok(since(last.dwTime, now))
}

/// See [`super::watch`].
pub(super) fn watch(tell: Tell) -> Result<Watch, AwayError> {
    let (ready, made) = channel();
    std::thread::spawn(move || serve(&tell, &ready));
    let window = made.recv().map_err(AwayError::system)?;
    window.map(Watch).map_err(AwayError::system)
}

/// Both count milliseconds since the computer started, and begin anew every 49.7 days.
fn since(then: u32, now: u32) -> Duration {
    Duration::from_millis(u64::from(now.wrapping_sub(then)))
}

/// A window belongs to its thread: it is made, told and destroyed here.
#[allow(unsafe_code, reason = "calls of the system's")]
fn serve(tell: &Tell, ready: &Sender<io::Result<isize>>) {
    // SAFETY: the class is this program's own; every pointer outlives the call that is given it.
    let window = unsafe {
        let class = WNDCLASSW {
            lpfnWndProc: Some(told),
            hInstance: GetModuleHandleW(null()),
            lpszClassName: w!("PolderAway"),
            ..std::mem::zeroed()
        };
        // Made once in a process; the second time it says that it is there.
        RegisterClassW(&raw const class);
        // Not a window for messages alone: Windows tells of its end and of sleep only those that could be seen.
        CreateWindowExW(
            0,
            class.lpszClassName,
            w!("Polder"),
            0,
            0,
            0,
            0,
            0,
            null_mut(),
            null_mut(),
            class.hInstance,
            null(),
        )
    };
    if window.is_null() {
        // Whoever asked waits for this, or is gone.
        let _ = ready.send(Err(io::Error::last_os_error()));
        return;
    }
    // SAFETY: the window is this thread's; `tell` outlives it, because the loop below ends with the window.
    let (locks, sleep) = unsafe {
        SetWindowLongPtrW(window, GWLP_USERDATA, std::ptr::from_ref(tell) as isize);
        (
            WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION),
            RegisterSuspendResumeNotification(window, DEVICE_NOTIFY_WINDOW_HANDLE),
        )
    };
    if locks == 0 {
        tracing::warn!(error = %io::Error::last_os_error(), "Windows does not tell of locks");
    }
    let _ = ready.send(Ok(window as isize));
    // SAFETY: as above; it ends when the window was destroyed.
    unsafe {
        let mut message: MSG = std::mem::zeroed();
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            if message.hwnd == window && message.message == GO {
                forget(window, sleep);
            }
            DispatchMessageW(&raw const message);
        }
    }
}

#[allow(unsafe_code, reason = "calls of the system's")]
fn forget(window: HWND, sleep: HPOWERNOTIFY) {
    // SAFETY: each was registered for this window by this thread; what was not is an error without effect.
    unsafe {
        WTSUnRegisterSessionNotification(window);
        UnregisterSuspendResumeNotification(sleep);
        SetWindowLongPtrW(window, GWLP_USERDATA, 0);
        DestroyWindow(window);
        PostQuitMessage(0);
    }
}

#[allow(unsafe_code, reason = "called by the system")]
unsafe extern "system" fn told(window: HWND, message: u32, what: WPARAM, more: LPARAM) -> LRESULT {
    if let Some(away) = meaning(message, what) {
        // SAFETY: nothing, or what `serve` put there, which lives as long as the window listens.
        let tell = unsafe { (GetWindowLongPtrW(window, GWLP_USERDATA) as *const Tell).as_ref() };
        if let Some(tell) = tell {
            tell(away);
        }
    }
    // SAFETY: as it came.
    unsafe { DefWindowProcW(window, message, what, more) }
}

/// What a message comes to. A session that is put behind another's counts as locked: what it shows is not for whoever
/// sits there now.
fn meaning(message: u32, what: WPARAM) -> Option<Away> {
    let what = u32::try_from(what).ok()?;
    match (message, what) {
        (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK | WTS_CONSOLE_DISCONNECT | WTS_REMOTE_DISCONNECT) => {
            Some(Away::Locked)
        }
        (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK) => Some(Away::Unlocked),
        (WM_POWERBROADCAST, PBT_APMSUSPEND) | (WM_ENDSESSION, 1) => Some(Away::Suspending),
        (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC) => Some(Away::Resumed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_count_that_began_anew_is_no_idle_month() {
        assert_eq!(since(1_000, 3_500), Duration::from_millis(2_500));
        assert_eq!(since(u32::MAX - 99, 100), Duration::from_millis(200));
    }

    #[tokio::test]
    async fn windows_says_for_how_long_nobody_has_touched_anything() {
        assert!(idle().await.unwrap() < Duration::from_secs(30 * 24 * 60 * 60));
    }

    #[test]
    #[allow(unsafe_code, reason = "sends what the system would")]
    fn locks_and_sleep_are_told_and_nothing_after_the_end() {
        let (tell, told) = channel();
        let watch = watch(Box::new(move |away| tell.send(away).unwrap())).unwrap();
        let post = |message, what: u32| {
            // SAFETY: the window is the watch's own.
            assert_ne!(unsafe { PostMessageW(watch.0 as HWND, message, what as WPARAM, 0) }, 0);
        };
        for (message, what, away) in [
            (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, Away::Locked),
            (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK, Away::Unlocked),
            (WM_POWERBROADCAST, PBT_APMSUSPEND, Away::Suspending),
            (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC, Away::Resumed),
        ] {
            post(message, what);
            assert_eq!(told.recv_timeout(PATIENCE).unwrap(), away);
        }
        drop(watch);
        // Whoever would tell is gone.
        assert!(told.recv_timeout(PATIENCE).is_err());
    }
}
