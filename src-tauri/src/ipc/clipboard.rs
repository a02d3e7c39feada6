use arboard::Clipboard;
use polder_wire::{Code, Secret};
use tauri::State;

use super::types::Failure;

/// Longer than any key of an authenticator, and than any set of recovery codes.
const MOST: usize = 1_024;

/// The system's clipboard, opened when it is first needed. It lives as long as the program: on X11 and Wayland the
/// one who copied answers whoever pastes.
#[derive(Default)]
pub(crate) struct SecretClipboard(tauri::async_runtime::Mutex<Option<Clipboard>>);

/// Puts a secret where the person can paste it, marked so that clipboard managers do not keep it (B37): by
/// `x-kde-passwordManagerHint`, `org.nspasteboard.ConcealedType`, or `ExcludeClipboardContentFromMonitorProcessing`.
#[tauri::command]
pub(crate) async fn copy_secret(clipboard: State<'_, SecretClipboard>, text: Secret) -> Result<(), Failure> {
    if text.expose().len() > MOST {
        return Err(Failure::of(Code::TooLarge));
    }
    let mut opened = clipboard.0.lock().await;
    copy(&mut opened, &text).map_err(|error| {
        // The next try opens it anew.
        *opened = None;
        tracing::warn!(%error, "the clipboard cannot be used");
        Failure::of(Code::Unexpected)
    })
}

fn copy(opened: &mut Option<Clipboard>, text: &Secret) -> Result<(), arboard::Error> {
    let clipboard = match opened {
        Some(clipboard) => clipboard,
        None => opened.insert(Clipboard::new()?),
    };
    unhistoric(clipboard.set()).text(text.expose())
}

#[cfg(target_os = "linux")]
fn unhistoric(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(target_os = "macos")]
fn unhistoric(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

#[cfg(windows)]
fn unhistoric(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_history().exclude_from_cloud().exclude_from_monitoring()
}
