//! Makes it harder for other programs of the same person to look into this process. Best effort by nature:
//! a debugger that starts the program owns it. What each system offers stands in its own file.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::io;

/// With these, whoever starts a shipped program could drive or inspect its page: WebDriver (Tauri),
/// WebKitGTK's inspector, and what WebView2 reads from its environment.
#[cfg(not(feature = "e2e"))]
const REMOTE_CONTROL: &[&str] = &[
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
    "WEBVIEW2_USER_DATA_FOLDER",
    "WEBVIEW2_WAIT_FOR_SCRIPT_DEBUGGER",
];

/// Something that the system did not do. The program is no less usable.
#[derive(Debug)]
pub(crate) struct Shortfall {
    pub(crate) what: &'static str,
    pub(crate) error: io::Error,
}

/// Called first thing in `main`, before there is a log; so it answers with what is to be logged.
pub(crate) fn harden() -> Vec<Shortfall> {
    #[cfg(not(feature = "e2e"))]
    forget(REMOTE_CONTROL);
    [("core dumps", system::forbid_core_dumps()), ("tracing", system::forbid_tracing())]
        .into_iter()
        .filter_map(|(what, done)| done.err().map(|error| Shortfall { what, error }))
        .collect()
}

#[cfg(not(feature = "e2e"))]
#[allow(unsafe_code, reason = "removing a variable is unsafe once there are threads")]
fn forget(variables: &[&str]) {
    for name in variables {
        // SAFETY: only called by `harden`, the first call in `main`; no other thread exists yet.
        unsafe { std::env::remove_var(name) };
    }
}
