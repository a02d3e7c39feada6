//! macOS: the web view is part of the system and draws through it; there is no simpler way to choose.

use std::sync::{Mutex, PoisonError};

use tauri::WebviewWindow;

/// None.
pub(super) const WAYS: &[&[(&str, &str)]] = &[];

static ENDED: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);

/// Only ways need it.
pub(super) fn boot() -> String {
    String::new()
}

/// Calls back when the process ends that draws the page. WebKit tells its one delegate, which is Tauri's: see
/// [`page_ended`].
#[allow(clippy::unnecessary_wraps, reason = "each system has this function")]
pub(super) fn when_page_ends(_: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
    *ENDED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(ended));
    Ok(())
}

/// For `main`, which builds the Tauri that is told.
pub(crate) fn page_ended() {
    if let Some(ended) = &*ENDED.lock().unwrap_or_else(PoisonError::into_inner) {
        ended();
    }
}
