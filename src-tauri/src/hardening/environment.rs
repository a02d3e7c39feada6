//! Variables through which whoever starts the program could put code of their own into it, or drive its page.
//! They are gone before anything reads them.

/// With these, a shipped program's page could be driven or inspected: WebDriver (Tauri), WebKitGTK's inspector,
/// GTK's inspector, and what WebView2 reads from its environment.
const REMOTE_CONTROL: &[&str] = &[
    "GTK_DEBUG",
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
    "WEBVIEW2_USER_DATA_FOLDER",
    "WEBVIEW2_WAIT_FOR_SCRIPT_DEBUGGER",
];

/// Libraries load code from where these say: GTK, GLib, GdkPixbuf, GStreamer, WebKitGTK, the C library. Not among
/// them is what only names a part that is installed, such as `GTK_IM_MODULE`.
const MODULES: &[&str] = &[
    "GCONV_PATH",
    "GDK_PIXBUF_MODULEDIR",
    "GDK_PIXBUF_MODULE_FILE",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GST_PLUGIN_PATH",
    "GST_PLUGIN_PATH_1_0",
    "GST_PLUGIN_SCANNER",
    "GST_PLUGIN_SCANNER_1_0",
    "GST_PLUGIN_SYSTEM_PATH",
    "GST_PLUGIN_SYSTEM_PATH_1_0",
    "GTK3_MODULES",
    "GTK_EXE_PREFIX",
    "GTK_IM_MODULE_FILE",
    "GTK_MODULES",
    "GTK_PATH",
    "LOCPATH",
    "WEBKIT_EXEC_PATH",
    "WEBKIT_INJECTED_BUNDLE_PATH",
];

/// The system's loader reads these before the program begins, so removing them is not enough.
const LOADER: &[&str] = &["LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD"];

/// Forgets them all. True when the loader had read some: then the program is to be started again.
#[allow(unsafe_code, reason = "removing a variable is unsafe once there are threads")]
pub(super) fn clean() -> bool {
    let preloaded = LOADER.iter().any(|name| std::env::var_os(name).is_some());
    // A test drives its own client; a shipped one has no such feature.
    let remote: &[&str] = if cfg!(feature = "e2e") { &[] } else { REMOTE_CONTROL };
    for name in remote.iter().chain(MODULES).chain(LOADER) {
        // SAFETY: only called by `harden`, the first call in `main`; no other thread exists yet.
        unsafe { std::env::remove_var(name) };
    }
    preloaded
}
