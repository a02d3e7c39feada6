//! How the window is drawn, and in which simpler way after it stayed empty. With some graphics drivers a web view opens
//! a window and draws nothing in it; whoever sees that cannot be told anything there, so the next start draws more
//! simply by itself, and says so.
//!
//! What is known lies in one small file. Before the window shows it says "open"; once the page painted it says so no
//! more. A start that finds the window of the start before still open takes the next way. Not every end counts: one by
//! the person or the system is told apart from a crash, and before anything could have been painted it says nothing.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

#[cfg(target_os = "macos")]
pub(crate) use macos::page_ended;

mod kept;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::words::{self, Word};
use kept::Kept;

/// So long a page may take to paint: ten times what a slow computer needs.
const PATIENCE: Duration = Duration::from_secs(10);
const FILE: &str = "drawing.json";

/// How this start draws.
pub(crate) struct Drawing {
    file: PathBuf,
    kept: Mutex<Kept>,
    began: Instant,
    patience: Duration,
}

impl Drawing {
    /// Notes that a window opens, and chooses how it is drawn. What the person set in the environment stays as it is.
    ///
    /// Only while the process has one thread: it changes the environment, which the web view reads when it starts.
    pub(crate) fn begin(data: &Path) -> Self {
        let file = data.join(FILE);
        let kept = Kept::read(&file).next_start(&system::boot(), system::WAYS.len());
        for &(name, value) in system::WAYS.iter().take(kept.way()).copied().flatten() {
            if std::env::var_os(name).is_none() {
                set(name, value);
            }
        }
        if kept.way() > 0 {
            tracing::info!(way = kept.way(), "the window is drawn in a simpler way");
        }
        let drawing = Self { file, kept: Mutex::new(kept), began: Instant::now(), patience: patience() };
        drawing.write(&drawing.kept());
        drawing
    }

    /// A screen is painted: this way works.
    pub(crate) fn painted(&self) {
        self.change(Kept::painted);
    }

    /// The program ends, because somebody asked for it. Whoever looked at an empty window for long enough had reason to.
    pub(crate) fn ending(&self) {
        // Nobody looks at nothing for as long as this program does.
        let waited = self.began.elapsed() >= self.patience * 2 / 5;
        self.change(|kept| if waited { kept.stays_empty() } else { kept.unknown() });
    }

    /// Whether the person is to be told that this start draws more simply than the web view would.
    pub(crate) fn is_news(&self) -> bool {
        self.kept().is_news()
    }

    /// The person was told.
    pub(crate) fn told(&self) {
        self.change(Kept::told);
    }

    /// Watches over the window: says so, by the system's own means, where it stays empty, and opens the page anew where
    /// it crashes later.
    pub(crate) fn watch(app: &AppHandle, window: &WebviewWindow) {
        let crashed = app.clone();
        let watching = system::when_page_ends(window, move || {
            if crashed.state::<Arc<Self>>().kept().is_open() {
                stays_empty(&crashed);
            } else {
                tracing::error!("the page ended; it is opened anew");
                open_anew(&crashed);
            }
        });
        if let Err(error) = watching {
            tracing::warn!(%error, "nobody tells when the page ends");
        }
        let waiting = app.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(waiting.state::<Arc<Self>>().patience).await;
            if waiting.state::<Arc<Self>>().kept().is_open() {
                stays_empty(&waiting);
            }
        });
    }

    fn change(&self, how: impl FnOnce(&mut Kept) -> bool) {
        let mut kept = self.kept();
        if how(&mut kept) {
            self.write(&kept);
        }
    }

    /// Where it cannot be written, each start draws as the one before.
    fn write(&self, kept: &Kept) {
        if let Err(error) = kept.write(&self.file) {
            tracing::warn!(%error, "how the window is drawn cannot be kept");
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Each change is of a field or two, and cannot fail half-way.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// There is no page to say it in, so the toolkit's own message does.
fn stays_empty(app: &AppHandle) {
    let drawing = app.state::<Arc<Drawing>>();
    drawing.change(Kept::stays_empty);
    let another = drawing.kept().way() < system::WAYS.len();
    tracing::error!(another, "the window stays empty");
    let word = if another { Word::WindowEmpty } else { Word::WindowEmptyForGood };
    let showing = app.clone();
    let shown = app.run_on_main_thread(move || {
        let mut message = rfd::AsyncMessageDialog::new()
            .set_level(rfd::MessageLevel::Warning)
            .set_title("Polder")
            .set_description(words::of_this_person(word));
        if let Some(window) = showing.get_webview_window("main") {
            message = message.set_parent(&window);
        }
        tauri::async_runtime::spawn(message.show());
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "nobody can be told that the window stays empty");
    }
}

fn open_anew(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.reload()
    {
        tracing::warn!(%error, "the page cannot be opened anew");
    }
}

#[allow(unsafe_code, reason = "setting a variable is unsafe once there are threads")]
fn set(name: &str, value: &str) {
    // SAFETY: only called by `Drawing::begin`, before the toolkit and the runtime start; no other thread exists yet.
    unsafe { std::env::set_var(name, value) };
}

fn patience() -> Duration {
    #[cfg(feature = "e2e")]
    if let Some(millis) = std::env::var("POLDER_E2E_EMPTY_AFTER").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_millis(millis);
    }
    PATIENCE
}
