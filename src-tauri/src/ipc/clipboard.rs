use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arboard::Clipboard;
use polder_wire::{Code, Secret};
use tauri::async_runtime::{spawn, spawn_blocking};
use tauri::{AppHandle, Manager as _};

use super::types::Failure;

/// Longer than any key of an authenticator, and than any set of recovery codes.
const MOST: usize = 1_024;
/// How long a secret can be pasted.
const KEEP: Duration = Duration::from_secs(30);

/// The system's clipboard, opened when it is first needed. It lives as long as the program: on X11 and Wayland the
/// one who copied answers whoever pastes.
#[derive(Default)]
pub(crate) struct SecretClipboard(Mutex<Opened>);

#[derive(Default)]
struct Opened {
    clipboard: Option<Clipboard>,
    /// What was copied last, until it is gone again.
    secret: Option<Secret>,
    /// Counts what was copied, so that the time of one does not end another.
    copied: u64,
}

/// Which secrets are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The one with this number.
    Copied(u64),
    Any,
}

/// Puts a secret where the person can paste it, marked so that clipboard managers do not keep it (B37): by
/// `x-kde-passwordManagerHint`, `org.nspasteboard.ConcealedType`, or `ExcludeClipboardContentFromMonitorProcessing`.
/// After half a minute it is gone, if nothing else was copied since.
#[tauri::command]
pub(crate) async fn copy_secret(app: AppHandle, text: Secret) -> Result<(), Failure> {
    if text.expose().len() > MOST {
        return Err(Failure::of(Code::TooLarge));
    }
    let copied =
        on_its_own(&app, move |opened| opened.copy(text)).await.ok_or(Failure::of(Code::Unexpected))?;
    spawn(async move {
        tokio::time::sleep(keep()).await;
        on_its_own(&app, move |opened| opened.clear(Which::Copied(copied))).await;
    });
    Ok(())
}

/// Lets whatever secret was copied go, now.
pub(crate) async fn forget_secret(app: &AppHandle) {
    on_its_own(app, |opened| opened.clear(Which::Any)).await;
}

/// On a thread of its own: whoever has the clipboard may let others wait. None when it cannot be used, which is logged.
async fn on_its_own<T: Send + 'static>(
    app: &AppHandle,
    act: impl FnOnce(&mut Opened) -> Result<T, arboard::Error> + Send + 'static,
) -> Option<T> {
    let app = app.clone();
    let done = spawn_blocking(move || {
        let clipboard = app.state::<SecretClipboard>();
        // Whatever panicked in it, what stands there is still true.
        let mut opened = clipboard.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut opened)
            .inspect_err(|error| {
                // The next try opens it anew.
                opened.clipboard = None;
                tracing::warn!(%error, "the clipboard cannot be used");
            })
            .ok()
    });
    done.await.inspect_err(|error| tracing::error!(%error, "the clipboard cannot be used")).ok().flatten()
}

fn keep() -> Duration {
    #[cfg(feature = "e2e")]
    if let Some(seconds) = std::env::var("POLDER_E2E_KEEP_COPIED").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_secs(seconds);
    }
    KEEP
}

impl Opened {
    /// Answers the number of what was copied.
    fn copy(&mut self, text: Secret) -> Result<u64, arboard::Error> {
        let clipboard = match &mut self.clipboard {
            Some(clipboard) => clipboard,
            None => self.clipboard.insert(Clipboard::new()?),
        };
        unhistoric(clipboard.set()).text(text.expose())?;
        self.secret = Some(text);
        self.copied += 1;
        Ok(self.copied)
    }

    /// What somebody copied since, here or in another program, stays.
    fn clear(&mut self, which: Which) -> Result<(), arboard::Error> {
        if which != Which::Any && which != Which::Copied(self.copied) {
            return Ok(());
        }
        let (Some(secret), Some(clipboard)) = (self.secret.take(), &mut self.clipboard) else {
            return Ok(());
        };
        match clipboard.get_text().map(Secret::new) {
            Ok(there) if there == secret => clipboard.clear(),
            // Something else, or nothing that is text.
            Ok(_) | Err(arboard::Error::ContentNotAvailable) => Ok(()),
            // Whether it is still there cannot be told: then it is better gone.
            Err(_) => clipboard.clear(),
        }
    }
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
