//! Makes it harder for other programs of the same person to look into this process. Best effort by nature:
//! a debugger that starts the program owns it. What each system offers stands in its own file.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

/// Called first thing in `main`.
pub(crate) fn harden() {
    refuse_automation();
    system::forbid_core_dumps();
    system::forbid_tracing();
}

/// This variable would open a shipped program to anybody's WebDriver (see the e2e feature for tests).
#[cfg(not(feature = "e2e"))]
#[allow(unsafe_code, reason = "removing a variable is unsafe once there are threads")]
fn refuse_automation() {
    // SAFETY: this is the first call in `main`; no other thread exists yet.
    unsafe { std::env::remove_var("TAURI_WEBVIEW_AUTOMATION") };
}

#[cfg(feature = "e2e")]
fn refuse_automation() {}
