use std::sync::Arc;

use polder_wire::Code;
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use ts_rs::TS;

use super::types::Failure;
use crate::appearance::{Kept, ThemeChoice};
use crate::drawing::Drawing;
use crate::shell::Shell;
use crate::window;

/// What the page shows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Screen {
    Gate,
    SignIn,
    Projects,
}

/// The page says that a screen is painted and can be used. Start-up is measured by it (`cargo xtask bench start`), and a
/// new version has shown by it that it has a window.
#[tauri::command]
pub(crate) fn painted(app: AppHandle, screen: Screen) {
    tracing::info!(?screen, "painted");
    tauri::async_runtime::spawn_blocking(move || {
        app.state::<Arc<Drawing>>().painted();
        if let Some(slot) = app.state::<Shell>().slot() {
            slot.painted();
        }
    });
}

/// Whether the person is to be told that the window is drawn in a simpler way, because it had stayed empty.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn simpler_drawing(drawing: State<'_, Arc<Drawing>>) -> bool {
    drawing.is_news()
}

/// They read it.
#[tauri::command]
pub(crate) async fn simpler_drawing_seen(app: AppHandle) {
    // A file is written; whoever closed the notice waits for nothing.
    tauri::async_runtime::spawn_blocking(move || app.state::<Arc<Drawing>>().told());
}

/// Light or dark, for the window's frame and for the next start.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn set_theme(
    window: WebviewWindow,
    kept: State<'_, Kept>,
    theme: ThemeChoice,
) -> Result<(), Failure> {
    window::dress(&window, theme);
    if theme != kept.read() {
        kept.write(theme).map_err(|error| {
            tracing::warn!(%error, "the choice of light or dark cannot be kept");
            Failure::of(Code::StoreUnwritable)
        })?;
    }
    Ok(())
}

/// Ends the program.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn quit(app: AppHandle) {
    app.exit(0);
}
