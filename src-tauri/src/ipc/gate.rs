use polder_client::gate::{Progress, Refusal};
use polder_wire::UnixSeconds;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

use super::types::{Admitted, GateProgress, Refused, Verified};
use crate::head_start::HeadStart;
use crate::shell::Shell;
use crate::window;

/// Asks whether this is the newest verified release; the window grows when it is. The first time, the answer may be
/// there already.
#[tauri::command]
pub(crate) async fn gate_check(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    head_start: State<'_, HeadStart>,
    progress: Channel<GateProgress>,
) -> Result<Admitted, Refused> {
    let tell = move |told: Progress| {
        // The page may be gone; the check goes on for whoever comes next.
        if let Err(error) = progress.send(told.into()) {
            tracing::debug!(%error, "nobody watches the gate");
        }
    };
    let (begun, verdict) = match head_start.check() {
        Some(check) => (check.at, check.verdict(&tell).await),
        None => (UnixSeconds::from_clock(), None),
    };
    let (begun, checked) = if let Some(verdict) = verdict {
        (begun, verdict)
    } else {
        head_start.forget();
        let now = UnixSeconds::from_clock();
        (now, shell.check(now, &tell).await)
    };
    match checked {
        Ok(admitted) => {
            tracing::info!(version = %admitted.version, "the gate is open");
            if let Err(error) = window::grow(&window) {
                tracing::warn!(%error, "the window cannot grow");
            }
            Ok(Admitted {
                version: admitted.version.to_string(),
                checked_at: admitted.checked_at,
                host: shell.host().to_owned(),
                verified: Verified {
                    program: admitted.program.iter().map(|byte| format!("{byte:02x}")).collect(),
                    key: admitted.key,
                    valid_until: admitted.expires,
                },
            })
        }
        Err(refusal) => {
            tracing::warn!(details = refusal.details(), "the gate stays shut");
            Err(refused(&refusal, begun, shell.host()))
        }
    }
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
