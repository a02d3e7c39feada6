use polder_wire::Code;
use serde::Deserialize;
use tauri::{AppHandle, State, WebviewWindow};
use ts_rs::TS;

use super::types::Failure;
use crate::appearance::{Kept, ThemeChoice};
use crate::window;

/// What the page shows before anybody has signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Screen {
    Gate,
    SignIn,
}

/// The page says that a screen is painted and can be used. Start-up is measured by it (`cargo xtask bench start`).
#[tauri::command]
pub(crate) fn painted(screen: Screen) {
    tracing::info!(?screen, "painted");
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
