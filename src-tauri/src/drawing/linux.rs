//! Linux: WebKitGTK draws through the graphics driver, and knows simpler ways by its environment.

use tauri::WebviewWindow;
use webkit2gtk::WebViewExt as _;

/// From what costs little to what costs speed; each is taken together with those before it.
pub(super) const WAYS: &[&[(&str, &str)]] = &[
    // Finished pictures go through memory instead of through the driver's buffers: what most drivers that draw nothing
    // fail at (WebKitGTK 2.42 and later).
    &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")],
    // Layers are not put together by the graphics card.
    &[("WEBKIT_DISABLE_COMPOSITING_MODE", "1")],
    // Nor is anything else drawn by it: WebKit's own painting (2.46 and later), and OpenGL altogether.
    &[("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"), ("LIBGL_ALWAYS_SOFTWARE", "1")],
];

/// Another one after each start of the computer. Empty where nobody says it: then a power cut counts as a crash.
pub(super) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// Calls back when the web process ends that draws the page, in whatever way.
pub(super) fn when_page_ends(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
    window.with_webview(|view| {
        view.inner().connect_web_process_terminated(move |_, why| {
            tracing::warn!(?why, "the web process ended");
            ended();
        });
    })
}
