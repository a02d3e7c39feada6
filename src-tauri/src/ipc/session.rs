//! The commands about the session itself: devices, showing again who one is, locking.

use polder_client::session::Failure as ClientFailure;
use polder_wire::session::Device;
use polder_wire::{Code, Secret};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use ts_rs::TS;

use super::types::{Failure, Remembered, SignedIn};
use crate::live::{Happened, Live};
use crate::locking::{self, LockChoice, Locking};
use crate::shell::{Shell, Stage, out_of_turn};

/// The person's devices, and how this one stays signed in.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MyDevices {
    devices: Vec<Device>,
    remembered: Remembered,
    /// How long a device of this domain may stay signed in without being used, in seconds; 0 where none may.
    stay_seconds: u32,
}

/// What was chosen about locking, and what holds.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockSettings {
    chosen: LockChoice,
    /// With what the domain asks for.
    held: LockChoice,
    /// At the latest after so many minutes, where the domain asks for that; else 0.
    domain_minutes: u32,
    /// Whether the domain asks for a lock with the screen and before sleep.
    domain_on_leave: bool,
}

/// Tells this page what happens, from now on.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn session_watch(live: State<'_, Live>, channel: Channel<Happened>) {
    live.listen(channel);
}

/// The devices on which the person is signed in.
#[tauri::command]
pub(crate) async fn devices(shell: State<'_, Shell>) -> Result<MyDevices, Failure> {
    let (turn, session, _) = shell.session()?;
    let devices = session.devices().await.map_err(|failure| shell.learn(turn, failure))?.devices;
    let (remembered, stay_seconds) = (session.remembered().into(), session.policy().stay_seconds);
    Ok(MyDevices { devices, remembered, stay_seconds })
}

/// Signs one of them out.
#[tauri::command]
pub(crate) async fn end_device(shell: State<'_, Shell>, session: String) -> Result<(), Failure> {
    let which = session.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let (turn, session, _) = shell.session()?;
    Ok(session.end_device(which).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Signs all others out; says how many that were.
#[tauri::command]
pub(crate) async fn end_other_devices(shell: State<'_, Shell>) -> Result<u32, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.end_other_devices().await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Makes the sign-in fresh again.
#[tauri::command]
pub(crate) async fn prove(
    shell: State<'_, Shell>,
    password: Secret,
    code: Option<Secret>,
) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.prove(password, code).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Locks. The page that asked goes with all that it shows.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn lock(app: AppHandle) {
    locking::lock_now(&app);
}

/// Unlocks, if the platform says so.
#[tauri::command]
pub(crate) async fn unlock(
    shell: State<'_, Shell>,
    password: Secret,
    code: Option<Secret>,
) -> Result<SignedIn, Failure> {
    let (turn, Stage::Locked(door, session)) = shell.stage() else { return Err(out_of_turn().into()) };
    session.unlock(password, code).await.map_err(|failure| shell.learn(turn, failure))?;
    let signed_in = SignedIn::of(&session);
    if shell.advance(turn, Stage::SignedIn(door, session, std::sync::Arc::default())) {
        Ok(signed_in)
    } else {
        Err(out_of_turn().into())
    }
}

/// Somebody uses the window.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn stirred(locking: State<'_, Locking>) {
    locking.stir();
}

/// When this window locks.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn lock_settings(
    shell: State<'_, Shell>,
    locking: State<'_, Locking>,
) -> Result<LockSettings, Failure> {
    let (_, session, _) = shell.session()?;
    let (chosen, policy) = (locking.chosen(), session.policy());
    Ok(LockSettings {
        chosen,
        held: chosen.with(policy),
        domain_minutes: policy.lock_after_seconds.div_ceil(60),
        domain_on_leave: policy.lock_on_leave,
    })
}

/// Another choice.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn set_lock(
    shell: State<'_, Shell>,
    locking: State<'_, Locking>,
    choice: LockChoice,
) -> Result<LockSettings, Failure> {
    locking.choose(choice).map_err(|error| {
        tracing::warn!(%error, "when to lock cannot be kept");
        Failure::from(ClientFailure::of(Code::StoreUnwritable))
    })?;
    lock_settings(shell, locking)
}
