//! The one window: small as the gate, and grown once the gate opened.

use std::path::PathBuf;

use polder_wire::update::RESTART;
use tauri::webview::NewWindowResponse;
use tauri::{
    App, LogicalPosition, LogicalSize, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};
use url::Url;

use crate::appearance::ThemeChoice;

/// The gate, in logical pixels.
const GATE: LogicalSize<f64> = LogicalSize { width: 460.0, height: 380.0 };
/// What people work in.
const WORK: LogicalSize<f64> = LogicalSize { width: 1280.0, height: 800.0 };
const LEAST: LogicalSize<f64> = LogicalSize { width: 900.0, height: 600.0 };

/// A port that nothing listens on. A content security policy binds the page, not the web process itself; with
/// this as its proxy, that process reaches nobody either.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Opens it as the gate. The web process keeps its files (the chosen language) in the folder.
pub(crate) fn open(
    app: &App,
    folder: PathBuf,
    appearance: ThemeChoice,
) -> Result<WebviewWindow, Box<dyn std::error::Error>> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Polder")
        .inner_size(GATE.width, GATE.height)
        .resizable(false)
        .maximizable(false)
        .center()
        .theme(appearance.theme())
        .proxy_url(NOWHERE.parse()?)
        .data_directory(folder)
        .devtools(false)
        // WebView2 would offer to keep what people type.
        .general_autofill_enabled(false)
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // Rust writes files, never the page.
        .on_download(|_, _| false)
        .build()?;
    dress(&window, appearance);
    Ok(window)
}

/// Light or dark: the frame, and what is seen of the window until the page paints.
pub(crate) fn dress(window: &WebviewWindow, appearance: ThemeChoice) {
    let dressed = window
        .set_theme(appearance.theme())
        .and_then(|()| window.set_background_color(Some(appearance.surface(window))));
    if let Err(error) = dressed {
        tracing::warn!(%error, "the window's frame keeps its colours");
    }
}

/// Brings it to the front when somebody starts the program a second time.
pub(crate) fn show_when_knocked(app: &tauri::AppHandle, first: &mut crate::instance::First) {
    let shown = app.clone();
    first.when_knocked(move || {
        let Some(window) = shown.get_webview_window("main") else { return };
        if let Err(error) = window.unminimize().and_then(|()| window.set_focus()) {
            tracing::warn!(%error, "the window cannot be brought to the front");
        }
    });
}

/// Keeps it out of screenshots and recordings, or lets it in again (B38). Windows and macOS can; on Linux nothing can,
/// and nothing is said.
pub(crate) fn protect(app: &tauri::AppHandle, secrets: bool) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.set_content_protected(secrets)
    {
        tracing::warn!(%error, "screenshots of secrets cannot be prevented");
    }
}

/// Loads the page anew: what it held and showed is let go.
pub(crate) fn load_anew(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.reload()
    {
        tracing::error!(%error, "the page cannot be loaded anew");
    }
}

/// Grows it to what people work in, as far as the screen allows, in the middle of that screen. Once only:
/// afterwards its size is theirs.
pub(crate) fn grow(window: &WebviewWindow) -> tauri::Result<()> {
    if window.is_resizable()? {
        return Ok(());
    }
    window.set_resizable(true)?;
    window.set_maximizable(true)?;
    window.set_min_size(Some(LEAST))?;
    let Some(screen) = window.current_monitor()? else {
        return window.set_size(WORK);
    };
    let (area, scale) = (screen.work_area(), screen.scale_factor());
    let (room, corner) = (area.size.to_logical(scale), area.position.to_logical(scale));
    let (size, place) = middle_of(room, corner);
    window.set_size(size)?;
    // Not `center()`: it would go by the size of a moment ago.
    window.set_position(place)
}

/// The same, where the gate opens before there is a page to ask for it: a window that is painted once has its size by
/// then. The window may still be on its way; the main thread makes it first.
pub(crate) fn grow_soon(app: &tauri::AppHandle) {
    let asked = app.clone();
    let growing = app.run_on_main_thread(move || {
        let Some(window) = asked.get_webview_window("main") else { return };
        if let Err(error) = grow(&window) {
            tracing::warn!(%error, "the window cannot grow");
        }
    });
    if let Err(error) = growing {
        tracing::warn!(%error, "the window grows when its page asks");
    }
}

/// Ends the program so that its launcher starts the newest version that is in place. For whoever a launcher started.
pub(crate) fn end_to_start_again(app: &tauri::AppHandle) {
    app.exit(i32::from(RESTART));
}

fn middle_of(
    room: LogicalSize<f64>,
    corner: LogicalPosition<f64>,
) -> (LogicalSize<f64>, LogicalPosition<f64>) {
    let size = LogicalSize {
        width: WORK.width.min(room.width).max(LEAST.width),
        height: WORK.height.min(room.height).max(LEAST.height),
    };
    // A window larger than its screen still shows its top left.
    let place = LogicalPosition {
        x: corner.x + ((room.width - size.width) / 2.0).max(0.0),
        y: corner.y + ((room.height - size.height) / 2.0).max(0.0),
    };
    (size, place)
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
    fn the_grown_window_fits_its_screen_and_stands_in_its_middle() {
        let at =
            |width, height| middle_of(LogicalSize { width, height }, LogicalPosition { x: 100.0, y: 0.0 });
        assert_eq!(at(1920.0, 1080.0), (WORK, LogicalPosition { x: 420.0, y: 140.0 }));
        assert_eq!(at(1024.0, 700.0).0, LogicalSize { width: 1024.0, height: 700.0 });
        assert_eq!(at(800.0, 600.0), (LEAST, LogicalPosition { x: 100.0, y: 0.0 }));
    }

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
