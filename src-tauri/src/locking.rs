//! When the window locks: after a time without a person, when the screen does, and before the computer sleeps. The person
//! chooses, and the domain may ask for more.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use polder_wire::session::Policy;
use serde::{Deserialize, Serialize};
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager as _};
use ts_rs::TS;

use crate::away::{self, Away};
use crate::ipc::forget_secret;
use crate::shell::Shell;
use crate::window;

/// How often it is looked whether somebody is still there.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long the computer's sleep may be held up to tell the platform.
const BEFORE_SLEEP: Duration = Duration::from_secs(3);

/// What a person chose about locking, on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LockChoice {
    /// After so many minutes without a person; 0 for never.
    pub(crate) after_minutes: u32,
    /// When the screen is locked.
    pub(crate) with_screen: bool,
    /// Before the computer sleeps.
    pub(crate) before_sleep: bool,
}

/// What was chosen, and when somebody was last there.
pub(crate) struct Locking {
    path: PathBuf,
    chosen: Mutex<LockChoice>,
    stirred: Mutex<Instant>,
}

impl LockChoice {
    /// Until somebody chooses.
    const USUAL: Self = Self { after_minutes: 15, with_screen: true, before_sleep: true };
    /// Nobody can choose more: a day.
    const MOST: u32 = 24 * 60;

    /// What holds, given what the domain asks.
    pub(crate) fn with(self, policy: Policy) -> Self {
        let asked = policy.lock_after_seconds.div_ceil(60);
        let after_minutes = match (self.after_minutes, asked) {
            (chosen, 0) => chosen,
            (0, asked) => asked,
            (chosen, asked) => chosen.min(asked),
        };
        Self {
            after_minutes,
            with_screen: self.with_screen || policy.lock_on_leave,
            before_sleep: self.before_sleep || policy.lock_on_leave,
        }
    }

    fn after(self) -> Option<Duration> {
        #[cfg(feature = "e2e")]
        if let Some(seconds) = std::env::var("POLDER_E2E_LOCK_AFTER").ok().and_then(|text| text.parse().ok())
        {
            return Some(Duration::from_secs(seconds));
        }
        (self.after_minutes > 0).then(|| Duration::from_secs(u64::from(self.after_minutes) * 60))
    }
}

impl Locking {
    /// What was chosen in an earlier run. A file that is not there or does not read is no choice.
    pub(crate) fn in_folder(data: &Path) -> Self {
        let path = data.join("locking");
        let kept = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let chosen = kept.filter(LockChoice::can_be).unwrap_or(LockChoice::USUAL);
        Self { path, chosen: Mutex::new(chosen), stirred: Mutex::new(Instant::now()) }
    }

    /// What the person chose.
    pub(crate) fn chosen(&self) -> LockChoice {
        *lock(&self.chosen)
    }

    /// Keeps a choice, now and for the next start.
    ///
    /// # Errors
    /// When it cannot be kept. It holds until the program ends all the same.
    pub(crate) fn choose(&self, choice: LockChoice) -> io::Result<()> {
        if !choice.can_be() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        *lock(&self.chosen) = choice;
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Half a choice would be none, and the usual one is the safe one.
        std::fs::write(&self.path, serde_json::to_vec(&choice).map_err(io::Error::other)?)
    }

    /// Somebody is there.
    pub(crate) fn stir(&self) {
        *lock(&self.stirred) = Instant::now();
    }

    /// Begins to look whether somebody still is.
    pub(crate) fn begin(app: &AppHandle) {
        let app = app.clone();
        spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let locking = app.state::<Self>();
                let Ok((_, session, _)) = app.state::<Shell>().session() else {
                    // Whoever signs in is there.
                    locking.stir();
                    continue;
                };
                let alone = alone(&locking).await;
                if locking.chosen().with(session.policy()).after().is_some_and(|after| alone >= after) {
                    tracing::info!("nobody has been here for a while");
                    lock_now(&app);
                }
            }
        });
    }
}

/// For how long nobody touched the computer; where nothing here knows that, for how long nobody used the window.
async fn alone(locking: &Locking) -> Duration {
    let in_window = lock(&locking.stirred).elapsed();
    away::idle().await.map_or(in_window, |idle| idle.min(in_window))
}

impl LockChoice {
    fn can_be(&self) -> bool {
        self.after_minutes <= Self::MOST
    }
}

/// The person leaves, by the system's word. Before sleep this takes until the platform knows, or its time is over.
pub(crate) fn told(app: &AppHandle, away: Away) {
    let Ok((_, session, _)) = app.state::<Shell>().session() else { return };
    let choice = app.state::<Locking>().chosen().with(session.policy());
    match away {
        Away::Locked if choice.with_screen => lock_now(app),
        Away::Suspending if choice.before_sleep => {
            lock_page(app);
            // This may be a thread of the runtime's, which may wait and may not be waited on.
            let (tell, told) = std::sync::mpsc::channel();
            let app = app.clone();
            spawn(async move {
                let (told, ()) = tokio::join!(session.lock(), forget_secret(&app));
                // Whoever waits may have given up.
                let _ = tell.send(told);
            });
            match told.recv_timeout(BEFORE_SLEEP) {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => {
                    tracing::warn!(code = %failure.code, "locked here, and not at the platform");
                }
                Err(_) => tracing::warn!("locked here; the platform did not answer in time"),
            }
        }
        Away::Locked | Away::Suspending | Away::Unlocked | Away::Resumed => {}
    }
}

/// Locks: here at once, and at the platform as soon as it can be told.
pub(crate) fn lock_now(app: &AppHandle) {
    let Ok((_, session, _)) = app.state::<Shell>().session() else { return };
    lock_page(app);
    spawn(async move {
        if let Err(failure) = session.lock().await {
            // A restart does not unlock either: the keychain knows.
            tracing::warn!(code = %failure.code, "locked here, and not at the platform");
        }
    });
}

/// Here alone: nothing is to be had any more, and the page goes with all that it shows, and what was copied from it.
pub(crate) fn lock_page(app: &AppHandle) {
    if app.state::<Shell>().lock_session() {
        window::load_anew(app);
        let app = app.clone();
        spawn(async move { forget_secret(&app).await });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever replaced as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_may_ask_for_more_and_never_for_less() {
        let never = LockChoice { after_minutes: 0, with_screen: false, before_sleep: false };
        assert_eq!(never.with(Policy::default()), never);
        let strict = Policy { lock_after_seconds: 300, lock_on_leave: true, ..Policy::default() };
        assert_eq!(
            never.with(strict),
            LockChoice { after_minutes: 5, with_screen: true, before_sleep: true }
        );
        let soon = LockChoice { after_minutes: 1, ..LockChoice::USUAL };
        assert_eq!(soon.with(strict), soon);
        let odd = Policy { lock_after_seconds: 90, ..Policy::default() };
        assert_eq!(LockChoice::USUAL.with(odd).after_minutes, 2);
    }

    #[test]
    fn a_choice_is_there_at_the_next_start_and_nothing_else_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let locking = Locking::in_folder(&folder.path().join("new"));
        assert_eq!(locking.chosen(), LockChoice::USUAL);
        let choice = LockChoice { after_minutes: 5, with_screen: false, before_sleep: true };
        locking.choose(choice).unwrap();
        assert_eq!(Locking::in_folder(&folder.path().join("new")).chosen(), choice);
        assert!(locking.choose(LockChoice { after_minutes: 1441, ..choice }).is_err());
        for text in ["", "{}", "[]", r#"{"afterMinutes":9999,"withScreen":false,"beforeSleep":false}"#] {
            std::fs::write(&locking.path, text).unwrap();
            assert_eq!(Locking::in_folder(&folder.path().join("new")).chosen(), LockChoice::USUAL, "{text}");
        }
    }
}
