use polder_client::gate::{Refusal, Step};
use polder_wire::UnixSeconds;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};

use super::types::{Admitted, GateStep, Refused};
use crate::shell::Shell;
use crate::window;

/// Asks whether this is the newest verified release; the window grows when it is.
#[tauri::command]
pub(crate) async fn gate_check(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    progress: Channel<GateStep>,
) -> Result<Admitted, Refused> {
    let now = UnixSeconds::from_clock();
    let tell = move |step: Step| {
        // The page may be gone; the check goes on for whoever comes next.
        if let Err(error) = progress.send(step.into()) {
            tracing::debug!(%error, "nobody watches the gate");
        }
    };
    let checked = shell.check(now, &tell).await;
    match checked {
        Ok((version, checked_at)) => {
            tracing::info!(%version, "the gate is open");
            if let Err(error) = window::grow(&window) {
                tracing::warn!(%error, "the window cannot grow");
            }
            Ok(Admitted { version: version.to_string(), checked_at, host: shell.host().to_owned() })
        }
        Err(refusal) => {
            tracing::warn!(details = refusal.details(), "the gate stays shut");
            Err(refused(&refusal, now, shell.host()))
        }
    }
}

/// Ends the program.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn quit(app: AppHandle) {
    app.exit(0);
}

fn refused(refusal: &Refusal, at: UnixSeconds, host: &str) -> Refused {
    let version = env!("CARGO_PKG_VERSION");
    Refused {
        code: refusal.code(),
        reference: refusal.code().reference().to_owned(),
        at,
        version: version.to_owned(),
        newest: refusal.newest().map(ToString::to_string),
        clock_off_by: refusal.clock_off_by(),
        host: host.to_owned(),
        issuer: refusal.issuer().map(str::to_owned),
        details: format!(
            "Polder {version} ({}), {host}\n{}",
            polder_wire::update::this_system(),
            refusal.details()
        ),
    }
}
