use polder_wire::{Code, UnixSeconds};
use serde::{Deserialize, Serialize};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use ts_rs::TS;

use super::types::Failure;
use crate::ahead::Ahead;
use crate::news::Told;
use crate::shell::Shell;

/// How the next version stands while Polder is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UpdateState {
    None,
    Fetching,
    Ready,
    Paused,
    /// The platform takes this version no more, and the next one is ready.
    Outdated,
}

/// The next version, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Update {
    pub(crate) state: UpdateState,
    /// Which version that is; null when none is known.
    pub(crate) version: Option<String>,
    /// Bytes that were fetched so far.
    #[ts(type = "number")]
    pub(crate) done: u64,
    /// Of so many; 0 while that is not known.
    #[ts(type = "number")]
    pub(crate) total: u64,
}

/// What the makers say of this version.
#[derive(Debug, Serialize, TS)]
pub(crate) struct WhatsNew {
    version: String,
    /// Plain text in the language that was asked for; paragraphs stand apart by an empty line.
    notes: String,
    /// Whether this person's computer showed it before, or never ran another version.
    seen: bool,
}

/// The page's languages.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PageLanguage {
    En,
    Nl,
}

impl Update {
    pub(crate) const NONE: Self = Self { state: UpdateState::None, version: None, done: 0, total: 0 };
}

/// Tells how the next version stands, now and whenever that changes. Whoever asks last is told, for as long as it listens.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn update_watch(ahead: State<'_, Ahead>, channel: Channel<Update>) {
    ahead.tell(move |update| channel.send(update).is_ok());
}

/// Fetches no newer version for the time being, or does again.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn update_pause(ahead: State<'_, Ahead>, paused: bool) {
    ahead.pause(paused);
}

/// Ends the program; its launcher starts the newest version that is in place.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn restart(app: AppHandle, shell: State<'_, Shell>) -> Result<(), Failure> {
    if shell.slot().is_none() {
        return Err(Failure::of(Code::NoSlots));
    }
    crate::window::end_to_start_again(&app);
    Ok(())
}

/// What is new in this version; nothing where its makers say nothing.
#[tauri::command]
pub(crate) async fn whats_new(
    shell: State<'_, Shell>,
    told: State<'_, Told>,
    language: PageLanguage,
) -> Result<Option<WhatsNew>, Failure> {
    let notes = shell.notes(UnixSeconds::from_clock()).await?;
    let version = shell.version();
    Ok(notes.map(|notes| WhatsNew {
        version: version.to_string(),
        notes: match language {
            PageLanguage::En => notes.en,
            PageLanguage::Nl => notes.nl,
        },
        seen: told.knows(version),
    }))
}

/// A person was shown what is new.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn whats_new_seen(shell: State<'_, Shell>, told: State<'_, Told>) -> Result<(), Failure> {
    told.now(shell.version()).map_err(|error| {
        tracing::warn!(%error, "what was told cannot be kept");
        Failure::of(Code::StoreUnwritable)
    })
}
