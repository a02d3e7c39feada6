//! The gate's check and the look for an earlier sign-in begin with the program, not with its page: a web view takes
//! half a second to start, and what both have to do with the platform is done by then.

use std::sync::{Mutex, MutexGuard, PoisonError};

use polder_client::gate::{Progress, Refusal, Step};
use polder_wire::UnixSeconds;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use crate::ipc::{self, Failure, Resumed};
use crate::shell::{Admitted, Shell};

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
    resumed: Mutex<Option<JoinHandle<Result<Resumed, Failure>>>>,
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
            let admitted = shell.check(at, &tell).await?;
            let resuming = checking.clone();
            let resumed = spawn(async move { ipc::resume(&resuming.state::<Shell>()).await });
            *lock(&checking.state::<Self>().resumed) = Some(resumed);
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
        let looking = lock(&self.resumed).take();
        // One that fell over is asked for once more, by whoever asked now.
        looking?.await.ok()
    }

    /// Another check begins: what the first led to counts no more.
    pub(crate) fn forget(&self) {
        lock(&self.check).take();
        lock(&self.resumed).take();
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever replaced as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
