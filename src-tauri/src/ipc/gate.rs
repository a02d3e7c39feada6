//! The gate's commands: whether this is the newest verified release, and how it becomes that.

use std::fs::File;
use std::path::PathBuf;

use polder_client::gate::{Progress, Refusal};
use polder_client::update::{UpdateFault, open_chosen, package_command};
use polder_wire::{Code, UnixSeconds};
use semver::Version;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};

use super::types::{Admitted, GateProgress, Refused, Room, Verified};
use crate::head_start::{self, HeadStart};
use crate::shell::Shell;
use crate::window;

/// Asks whether this is the newest verified release; the window grows when it is. The first time, the answer may be
/// there already. When it is not, the newest is fetched, put in place and started: then this never answers.
#[tauri::command]
pub(crate) async fn gate_check(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    head_start: State<'_, HeadStart>,
    progress: Channel<GateProgress>,
) -> Result<Admitted, Refused> {
    // The page is new because the one before was let go with all that it showed; the gate stands open.
    if let Some(admitted) = shell.opened_before_the_lock() {
        return Ok(opened(admitted, &window, &shell));
    }
    let tell = telling(&progress, None);
    let (begun, verdict) = match head_start.check() {
        Some(check) => (check.at, check.verdict(&tell).await),
        None => (UnixSeconds::from_clock(), None),
    };
    let (begun, checked) = if let Some(verdict) = verdict {
        (begun, verdict)
    } else {
        head_start.forget();
        let now = UnixSeconds::from_clock();
        let checked = shell.check(now, &tell).await;
        head_start::say_verdict(window.app_handle(), checked.is_ok());
        (now, checked)
    };
    let refusal = match checked {
        Ok(admitted) => return Ok(opened(admitted, &window, &shell)),
        Err(refusal) => refusal,
    };
    let refusal = match refusal.into_update() {
        Ok(update) => {
            let version = update.version().clone();
            tracing::info!(%version, "a newer version is put in place");
            let applied = Box::pin(update.apply(&telling(&progress, Some(&version)))).await;
            match applied {
                Ok(_) => start_again(window.app_handle(), &progress, &version).await,
                Err(fault) => Refusal::Update { newest: Some(version), fault },
            }
        }
        Err(refusal) => refusal,
    };
    tracing::warn!(details = refusal.details(), "the gate stays shut");
    Err(kept_shut(&refusal, begun, &shell))
}

/// Lets the person choose an update file and puts it in place after the same checks. False when none was chosen; else
/// this never answers, because the newest version starts.
#[tauri::command]
pub(crate) async fn import_update(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    progress: Channel<GateProgress>,
) -> Result<bool, Refused> {
    let Some(path) = choose_file(&window).await else { return Ok(false) };
    let now = UnixSeconds::from_clock();
    let refuse = |refusal: &Refusal| kept_shut(refusal, now, &shell);
    let file = open(path).await.map_err(|fault| refuse(&Refusal::Update { newest: None, fault }))?;
    let version = Box::pin(shell.import(file, now, &telling(&progress, None))).await;
    let version = version.map_err(|refusal| refuse(&refusal))?;
    start_again(window.app_handle(), &progress, &version).await
}

/// What somebody chose, off the threads that serve the window: it may lie on a disk that sleeps.
async fn open(path: PathBuf) -> Result<File, UpdateFault> {
    let opened = tauri::async_runtime::spawn_blocking(move || open_chosen(&path));
    let opened = opened.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    opened.map_err(UpdateFault::ImportUnreadable)
}

/// The launcher starts what is in place by now.
async fn start_again<T>(app: &AppHandle, progress: &Channel<GateProgress>, version: &Version) -> T {
    tracing::info!(%version, "is in place and starts");
    say(progress, GateProgress::starting(version));
    window::end_to_start_again(app);
    // The program ends any moment; the page goes on showing what it shows.
    std::future::pending().await
}

/// In this process: a portal's dialog knows nobody who may not be looked into.
async fn choose_file(window: &WebviewWindow) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    let asked = window.run_on_main_thread(move || {
        let choosing = rfd::AsyncFileDialog::new().set_parent(&parent).pick_file();
        tauri::async_runtime::spawn(async move {
            // Whoever asked may be gone; then nobody wants the file.
            let _ = tell.send(choosing.await);
        });
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "no file can be chosen");
        return None;
    }
    Some(told.await.ok()??.path().to_owned())
}

fn opened(admitted: crate::shell::Admitted, window: &WebviewWindow, shell: &Shell) -> Admitted {
    tracing::info!(version = %admitted.version, "the gate is open");
    if let Err(error) = window::grow(window) {
        tracing::warn!(%error, "the window cannot grow");
    }
    Admitted {
        version: admitted.version.to_string(),
        checked_at: admitted.checked_at,
        host: shell.host().to_owned(),
        verified: Verified {
            program: admitted.program.iter().map(|byte| format!("{byte:02x}")).collect(),
            key: admitted.key,
            valid_until: admitted.expires,
        },
    }
}

fn telling<'a>(
    progress: &'a Channel<GateProgress>,
    version: Option<&'a Version>,
) -> impl Fn(Progress) + Send + Sync + use<'a> {
    move |told| say(progress, GateProgress::of(told, version))
}

fn say(progress: &Channel<GateProgress>, told: GateProgress) {
    // The page may be gone; the check goes on for whoever comes next.
    if let Err(error) = progress.send(told) {
        tracing::debug!(%error, "nobody watches the gate");
    }
}

fn kept_shut(refusal: &Refusal, at: UnixSeconds, shell: &Shell) -> Refused {
    let (version, host) = (shell.version(), shell.host());
    Refused {
        code: refusal.code(),
        reference: refusal.code().reference().to_owned(),
        at,
        version: version.to_string(),
        newest: refusal.newest().map(ToString::to_string),
        clock_off_by: refusal.clock_off_by(),
        host: host.to_owned(),
        issuer: refusal.issuer().map(str::to_owned),
        room: refusal.room().and_then(|(needed, free)| Some(Room { needed, free: free? })),
        details: format!(
            "{}Polder {version} ({}), {host}\n{}",
            command_first(refusal.code()),
            polder_wire::update::this_system(),
            refusal.details()
        ),
    }
}

/// What IT does, where that is one command: before all else, because the box is small.
fn command_first(code: Code) -> String {
    if code != Code::FolderCannotHoldPrograms {
        return String::new();
    }
    // Systems that say nothing of themselves have no package of Polder either.
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    package_command(&system).map(|command| format!("{command}\n")).unwrap_or_default()
}
