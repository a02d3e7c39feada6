//! What the platform tells while somebody is signed in, and what becomes of it here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use polder_client::session::{Backoff, Heard, Session};
use polder_wire::session::Maintenance;
use polder_wire::{Code, SessionId};
use serde::Serialize;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _};
use ts_rs::TS;

use crate::ahead::Ahead;
use crate::ipc::Failure;
use crate::locking;
use crate::shell::Shell;

/// What the page is told by itself.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Happened {
    /// The session is over, or this version's time is.
    Over { failure: Failure },
    /// What the person may see or do may have changed: lists are read anew.
    Changed,
    /// The platform will be away.
    Maintenance { maintenance: Maintenance },
}

/// Listens for whoever is signed in.
#[derive(Default)]
pub(crate) struct Live {
    /// The page that listens; one that was loaded anew takes the place of the one before.
    page: Mutex<Option<Channel<Happened>>>,
    watching: Mutex<Option<Watching>>,
}

struct Watching {
    session: SessionId,
    task: JoinHandle<()>,
}

impl Live {
    /// From now on this page is told.
    pub(crate) fn listen(&self, page: Channel<Happened>) {
        *lock(&self.page) = Some(page);
    }

    /// Who is signed in, by the shell's word: nobody is listened for but them.
    pub(crate) fn follow(&self, app: &AppHandle, session: Option<&Session>) {
        let mut watching = lock(&self.watching);
        let wanted = session.map(|session| session.me().session);
        if watching.as_ref().map(|watching| watching.session) == wanted {
            return;
        }
        if let Some(before) = watching.take() {
            before.task.abort();
        }
        *watching = session.map(|session| {
            let (app, session) = (app.clone(), session.clone());
            Watching {
                session: session.me().session,
                task: spawn(async move { watch(&app, &session).await }),
            }
        });
    }

    fn tell(&self, happened: Happened) {
        if let Some(page) = &*lock(&self.page)
            && let Err(error) = page.send(happened)
        {
            tracing::debug!(%error, "no page listens");
        }
    }
}

async fn watch(app: &AppHandle, session: &Session) {
    let hear = |heard| match heard {
        // What was missed is found out by looking.
        Heard::Again => {
            app.state::<Live>().tell(Happened::Changed);
            app.state::<Ahead>().look_now();
        }
        Heard::RightsChanged => app.state::<Live>().tell(Happened::Changed),
        Heard::UpdateReady => app.state::<Ahead>().look_now(),
        Heard::Maintenance(maintenance) => app.state::<Live>().tell(Happened::Maintenance { maintenance }),
        // It is so already, at the platform.
        Heard::Locked => locking::lock_page(app),
    };
    let failure = session.watch(Backoff::USUAL, &hear).await;
    tracing::info!(code = %failure.code, "nothing more is heard of the platform");
    if matches!(failure.code, Code::SessionOver | Code::ProofWrong) {
        app.state::<Shell>().end_of(session);
    }
    app.state::<Live>().tell(Happened::Over { failure: failure.into() });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each is only ever replaced as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
