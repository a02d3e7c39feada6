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
    now: Notify,
    looking: Task,
    /// Whoever asked last how it stands.
    telling: Task,
}

/// One task at a time; the next one ends the one before.
#[derive(Default)]
struct Task(Mutex<Option<JoinHandle<()>>>);

impl Ahead {
    pub(crate) fn new() -> Self {
        Self {
            told: watch::Sender::new(Update::NONE),
            paused: watch::Sender::new(false),
            now: Notify::new(),
            looking: Task::default(),
            telling: Task::default(),
        }
    }

    /// From now on, whenever the gate opened. What an earlier admission led to ends.
    pub(crate) fn begin(&self, app: &AppHandle) {
        self.looking.end();
        // Whoever told it to rest did so for as long as the program runs.
        let state = rested(UpdateState::None, *self.paused.borrow());
        self.told.send_replace(Update { state, ..Update::NONE });
        let app = app.clone();
        self.looking.begin(async move {
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
        });
    }

    /// The platform says that there is one: looks at once, or as soon as the look that is under way is done.
    pub(crate) fn look_now(&self) {
        self.now.notify_one();
    }

    /// Tells how it stands, now and whenever that changes, until the answer is no. The page asks anew whenever the gate
    /// opened: whoever asked before is told no more.
    pub(crate) fn tell(&self, tell: impl Fn(Update) -> bool + Send + 'static) {
        let mut told = self.told.subscribe();
        self.telling.begin(async move {
            loop {
                let update = told.borrow_and_update().clone();
                if !tell(update) || told.changed().await.is_err() {
                    return;
                }
            }
        });
    }

    /// Fetches nothing for the time being, or does again.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
        self.told.send_modify(|update| update.state = rested(update.state, paused));
    }

    /// One look, also when a version is in place already: a later one takes its place. True when there is nothing to look
    /// for in this run.
    async fn look(&self, app: &AppHandle) -> bool {
        if *self.paused.borrow() {
            return false;
        }
        let shell = app.state::<Shell>();
        let progress = |version: &Version, Progress { step, done, total }: Progress| {
            if step == Step::Downloading {
                self.heard(|| Update {
                    state: UpdateState::Fetching,
                    version: Some(version.to_string()),
                    done,
                    total,
                });
            }
        };
        let now = UnixSeconds::from_clock();
        match shell.stage_ahead(now, PACE, self.paused.subscribe(), &progress).await {
            Ok(Some(Next { version, due })) => {
                tracing::info!(%version, due, "the next version is in place");
                let state = if due { UpdateState::Outdated } else { UpdateState::Ready };
                let next = Update { state, version: Some(version.to_string()), ..Update::NONE };
                self.told.send_if_modified(|update| std::mem::replace(update, next.clone()) != next);
                false
            }
            Ok(None) => {
                self.heard(|| Update::NONE);
                false
            }
            Err(refusal) => {
                // The next check at the gate says the same, to somebody who waits for it.
                tracing::warn!(details = refusal.details(), "the next version is not put in place yet");
                self.told.send_if_modified(|update| {
                    let ended = !is_in_place(update.state);
                    if ended {
                        update.state = rested(UpdateState::None, *self.paused.borrow());
                    }
                    ended
                });
                matches!(refusal.code(), Code::NoSlots | Code::Translocated)
            }
        }
    }

    /// What is in place stands until a later one is, whatever is heard of that meanwhile.
    fn heard(&self, how: impl FnOnce() -> Update) {
        self.told.send_if_modified(|update| {
            let heard = !is_in_place(update.state);
            if heard {
                *update = how();
                update.state = rested(update.state, *self.paused.borrow());
            }
            heard
        });
    }
}

impl Task {
    fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running();
        if let Some(before) = running.replace(spawn(work)) {
            before.abort();
        }
    }

    fn end(&self) {
        if let Some(before) = self.running().take() {
            before.abort();
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        // It is only ever replaced as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_in_place(state: UpdateState) -> bool {
    matches!(state, UpdateState::Ready | UpdateState::Outdated)
}

/// A version that is in place stays so, whoever rests.
fn rested(state: UpdateState, paused: bool) -> UpdateState {
    match (state, paused) {
        _ if is_in_place(state) => state,
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

    #[test]
    fn a_version_that_is_in_place_stands_while_a_later_one_is_fetched() {
        let ahead = Ahead::new();
        let at = |state, version: &str| Update { state, version: Some(version.to_owned()), ..Update::NONE };
        ahead.heard(|| at(UpdateState::Fetching, "2.0.0"));
        assert_eq!(*ahead.told.borrow(), at(UpdateState::Fetching, "2.0.0"));
        for ready in [at(UpdateState::Ready, "2.0.0"), at(UpdateState::Outdated, "2.0.0")] {
            ahead.told.send_replace(ready.clone());
            ahead.heard(|| at(UpdateState::Fetching, "3.0.0"));
            ahead.heard(|| Update::NONE);
            assert_eq!(*ahead.told.borrow(), ready);
        }
    }

    #[test]
    fn whoever_asks_last_is_told_and_whoever_asked_before_is_forgotten() {
        let ahead = Ahead::new();
        let asks = || {
            let (tell, told) = std::sync::mpsc::channel();
            ahead.tell(move |update| tell.send(update).is_ok());
            assert_eq!(told.recv().unwrap(), Update::NONE);
            told
        };
        let (before, last) = (asks(), asks());
        before.recv().expect_err("nobody tells it any more");
        ahead.pause(true);
        assert_eq!(last.recv().unwrap().state, UpdateState::Paused);
    }
}
