//! The one window: small as the gate, and grown once the gate opened.

use tauri::webview::NewWindowResponse;
use tauri::{App, LogicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, window::Color};
use url::Url;

/// The gate, in logical pixels.
const GATE: LogicalSize<f64> = LogicalSize { width: 460.0, height: 340.0 };
/// What people work in.
const WORK: LogicalSize<f64> = LogicalSize { width: 1280.0, height: 800.0 };
const LEAST: LogicalSize<f64> = LogicalSize { width: 900.0, height: 600.0 };

/// A port that nothing listens on. A content security policy binds the page, not the web process itself; with
/// this as its proxy, that process reaches nobody either.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Opens it as the gate.
pub(crate) fn open(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Polder")
        .inner_size(GATE.width, GATE.height)
        .resizable(false)
        .maximizable(false)
        .center()
        // The gate's own surface in the light; the page paints its theme over it with its first frame.
        .background_color(Color(255, 255, 255, 255))
        .proxy_url(NOWHERE.parse()?)
        .devtools(false)
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Grows it to what people work in, as far as the screen allows.
pub(crate) fn grow(window: &WebviewWindow) -> tauri::Result<()> {
    let room =
        window.current_monitor()?.map(|monitor| monitor.size().to_logical::<f64>(monitor.scale_factor()));
    let size = room.map_or(WORK, |room| LogicalSize {
        width: WORK.width.min(room.width).max(LEAST.width),
        height: WORK.height.min(room.height).max(LEAST.height),
    });
    window.set_resizable(true)?;
    window.set_maximizable(true)?;
    window.set_min_size(Some(LEAST))?;
    window.set_size(size)?;
    window.center()
}

/// The page stays on its own pages.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // How Windows serves the same pages.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_but_to_its_own_pages() {
        let ours = |url: &str| is_ours(&url.parse().unwrap());
        assert!(ours("tauri://localhost/index.html"));
        for url in [
            "https://example.com/",
            "http://localhost/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "javascript:alert(1)",
        ] {
            assert!(!ours(url), "{url}");
        }
    }
}
