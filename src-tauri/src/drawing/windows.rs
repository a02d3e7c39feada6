//! Windows: WebView2 draws in software by itself where the graphics driver fails, so there is no simpler way to choose.

use tauri::WebviewWindow;
use webview2_com::ProcessFailedEventHandler;

/// None.
pub(super) const WAYS: &[&[(&str, &str)]] = &[];

/// Only ways need it.
pub(super) fn boot() -> String {
    String::new()
}

/// Calls back when the process ends that draws the page, or the browser process that it belongs to, or when it does not
/// answer any more.
pub(super) fn when_page_ends(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
    window.with_webview(move |view| {
        let told = ProcessFailedEventHandler::create(Box::new(move |_, _| {
            ended();
            Ok(())
        }));
        // SAFETY: the web view and the handler live as long as the window.
        #[allow(unsafe_code, reason = "a call of the system's")]
        let added = unsafe {
            view.controller().CoreWebView2().and_then(|page| page.add_ProcessFailed(&told, &mut 0))
        };
        if let Err(error) = added {
            tracing::warn!(%error, "nobody tells when the page ends");
        }
    })
}
