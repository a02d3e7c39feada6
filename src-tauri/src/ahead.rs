//! The next version, put in place while somebody works with this one, so that the next start costs nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use polder_client::gate::{Progress, Step};
use polder_client::update::Pace;
use polder_wire::{Code, UnixSeconds};
use semver::Version;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::{AppHandle, Manager as _};
use tokio::sync::{Notify, watch};

use crate::ipc::{Update, UpdateState};
use crate::shell::{Next, Shell};

/// Slow enough to be noticed by nobody who works.
const PACE: Pace = Pace { bytes_per_second: Some(1024 * 1024) };
/// The first look is not at once: then a start would do everything twice.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// How the next version stands, and whether it is fetched.
pub(crate) struct Ahead {
    told: watch::Sender<Update>,
    paused: watch::Sender<bool>,
    looking: Mutex<Option<JoinHandle<()>>>,
    now: Notify,
}

impl Ahead {
    pub(crate) fn new() -> Self {
        Self {
            told: watch::Sender::new(Update::NONE),
            paused: watch::Sender::new(false),
            looking: Mutex::default(),
            now: Notify::new(),
        }
    }

    /// From now on, whenever the gate opened. What an earlier admission led to ends.
    pub(crate) fn begin(&self, app: &AppHandle) {
        let mut looking = self.looking();
        if let Some(before) = looking.take() {
            before.abort();
        }
        // Whoever told it to rest did so for as long as the program runs.
        let state = rested(UpdateState::None, *self.paused.borrow());
        self.told.send_replace(Update { state, ..Update::NONE });
        let app = app.clone();
        *looking = Some(spawn(async move {
            loop {
                let ahead = app.state::<Self>();
                tokio::select! {
                    () = tokio::time::sleep(every()) => {}
                    () = ahead.now.notified() => {}
                }
                if ahead.look(&app).await {
                    return;
                }
            }
        }));
    }

    /// The platform says that there is one: looks at once, or as soon as the look that is under way is done.
    pub(crate) fn look_now(&self) {
        self.now.notify_one();
    }

    /// How it stands, now and later.
    pub(crate) fn watch(&self) -> watch::Receiver<Update> {
        self.told.subscribe()
    }

    /// Fetches nothing for the time being, or does again.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
        self.told.send_modify(|update| update.state = rested(update.state, paused));
    }

    /// One look. True when there is nothing more to look for in this run.
    async fn look(&self, app: &AppHandle) -> bool {
        if *self.paused.borrow() {
            return false;
        }
        let shell = app.state::<Shell>();
        let progress = |version: &Version, Progress { step, done, total }: Progress| {
            if step == Step::Downloading {
                self.told.send_modify(|update| {
                    update.state = rested(UpdateState::Fetching, *self.paused.borrow());
                    update.version = Some(version.to_string());
                    (update.done, update.total) = (done, total);
                });
            }
        };
        let now = UnixSeconds::from_clock();
        match shell.stage_ahead(now, PACE, self.paused.subscribe(), &progress).await {
            Ok(Some(Next { version, due })) => {
                tracing::info!(%version, due, "the next version is in place");
                self.told.send_replace(Update {
                    state: if due { UpdateState::Outdated } else { UpdateState::Ready },
                    version: Some(version.to_string()),
                    ..Update::NONE
                });
                true
            }
            Ok(None) => {
                self.told.send_modify(|update| {
                    *update =
                        Update { state: rested(UpdateState::None, *self.paused.borrow()), ..Update::NONE }
                });
                false
            }
            Err(refusal) => {
                // The next check at the gate says the same, to somebody who waits for it.
                tracing::warn!(details = refusal.details(), "the next version is not put in place yet");
                self.told
                    .send_modify(|update| update.state = rested(UpdateState::None, *self.paused.borrow()));
                refusal.code() == Code::NoSlots
            }
        }
    }

    fn looking(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        // It is only ever replaced as a whole.
        self.looking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A version that is in place stays so, whoever rests.
fn rested(state: UpdateState, paused: bool) -> UpdateState {
    match (state, paused) {
        (UpdateState::Ready | UpdateState::Outdated, _) => state,
        (_, true) => UpdateState::Paused,
        (UpdateState::Paused, false) => UpdateState::None,
        (state, false) => state,
    }
}

fn every() -> Duration {
    #[cfg(feature = "e2e")]
    if let Some(seconds) = std::env::var("POLDER_E2E_LOOK_EVERY").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_secs(seconds);
    }
    EVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_rests_fetches_nothing_and_what_is_in_place_stays() {
        use UpdateState::{Fetching, None, Outdated, Paused, Ready};
        let all = [None, Fetching, Paused, Ready, Outdated];
        assert_eq!(all.map(|state| rested(state, true)), [Paused, Paused, Paused, Ready, Outdated]);
        assert_eq!(all.map(|state| rested(state, false)), [None, Fetching, None, Ready, Outdated]);
    }
}
