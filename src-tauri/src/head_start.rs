//! The gate's check and the look for an earlier sign-in begin with the program, not with its page: a web view takes
//! half a second to start, and what both have to do with the platform is done by then.

use std::sync::{Mutex, MutexGuard, PoisonError};

use polder_client::gate::{Progress, Refusal, Step};
use polder_wire::UnixSeconds;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use crate::ahead::Ahead;
use crate::ipc::{self, Failure, Resumed};
use crate::shell::{Admitted, Shell};
use crate::window;

/// A check that nobody has asked for yet. Taken once; whoever asks again has it checked anew.
pub(crate) struct Check {
    /// The clock when it began.
    pub(crate) at: UnixSeconds,
    progress: watch::Receiver<Progress>,
    verdict: JoinHandle<Result<Admitted, Refusal>>,
}

/// What was begun before the page could ask for it.
#[derive(Default)]
pub(crate) struct HeadStart {
    check: Mutex<Option<Check>>,
    resume: Mutex<Resume>,
}

/// The look for an earlier sign-in.
#[derive(Default)]
enum Resume {
    /// The check has not led to it.
    #[default]
    NotYet,
    /// It is under way, or done.
    Looking(JoinHandle<Result<Resumed, Failure>>),
    /// Somebody has its answer, or another check took the place of the first, which may still run: what that one leads
    /// to is nobody's.
    Over,
}

impl HeadStart {
    /// Begins. The shell and this are managed by then.
    pub(crate) fn begin(app: &AppHandle) {
        let at = UnixSeconds::from_clock();
        let (tell, progress) = watch::channel(Progress { step: Step::Reaching, done: 0, total: 0 });
        let checking = app.clone();
        let verdict = spawn(async move {
            let shell = checking.state::<Shell>();
            let tell = |told| {
                tell.send_replace(told);
            };
            let checked = shell.check(at, &tell).await;
            say_verdict(&checking, checked.is_ok());
            let admitted = checked?;
            window::grow_soon(&checking);
            let resuming = checking.clone();
            checking.state::<Self>().look(async move { ipc::resume(&resuming.state::<Shell>()).await });
            Ok(admitted)
        });
        *lock(&app.state::<Self>().check) = Some(Check { at, progress, verdict });
    }

    /// The check that runs since the start, for the first who asks.
    pub(crate) fn check(&self) -> Option<Check> {
        lock(&self.check).take()
    }

    /// Whether an earlier sign-in still holds, where somebody is looking already.
    pub(crate) async fn resumed(&self) -> Option<Result<Resumed, Failure>> {
        let before = std::mem::replace(&mut *lock(&self.resume), Resume::Over);
        let Resume::Looking(looking) = before else { return None };
        // One that fell over is asked for once more, by whoever asked now.
        looking.await.ok()
    }

    /// Begins to look, unless nobody wants to know any more.
    fn look(&self, resume: impl Future<Output = Result<Resumed, Failure>> + Send + 'static) {
        let mut standing = lock(&self.resume);
        if let Resume::NotYet = *standing {
            *standing = Resume::Looking(spawn(resume));
        }
    }

    /// Another check begins: what the first led to counts no more.
    pub(crate) fn forget(&self) {
        lock(&self.check).take();
        *lock(&self.resume) = Resume::Over;
    }
}

impl Check {
    /// Waits for the verdict and passes on how far it is. None where the check fell over.
    pub(crate) async fn verdict(
        mut self,
        tell: &(dyn Fn(Progress) + Send + Sync),
    ) -> Option<Result<Admitted, Refusal>> {
        loop {
            tell(*self.progress.borrow_and_update());
            tokio::select! {
                biased;
                verdict = &mut self.verdict => return verdict.ok(),
                Ok(()) = self.progress.changed() => {}
            }
        }
    }
}

/// The gate came to a verdict, so this version starts; one that was admitted looks for the next one from now on.
pub(crate) fn say_verdict(app: &AppHandle, admitted: bool) {
    let saying = app.clone();
    // It writes a file, and perhaps waits for a lock.
    tauri::async_runtime::spawn_blocking(move || {
        let shell = saying.state::<Shell>();
        let Some(slot) = shell.slot() else { return };
        slot.verdict();
        if admitted {
            slot.checked();
        }
    });
    if admitted {
        app.state::<Ahead>().begin(app);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever replaced as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_out() -> Result<Resumed, Failure> {
        Ok(Resumed::SignedOut { why: None })
    }

    #[tokio::test]
    async fn who_looks_already_is_asked_once() {
        let head_start = HeadStart::default();
        head_start.look(async { signed_out() });
        assert!(matches!(head_start.resumed().await, Some(Ok(Resumed::SignedOut { why: None }))));
        assert!(head_start.resumed().await.is_none());
    }

    #[tokio::test]
    async fn a_first_check_that_ends_after_another_began_answers_nobody() {
        let head_start = HeadStart::default();
        head_start.forget();
        head_start.look(async { signed_out() });
        assert!(head_start.resumed().await.is_none());
    }
}
