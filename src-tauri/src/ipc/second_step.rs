use polder_client::session::Failure as ClientFailure;
use polder_wire::Secret;
use polder_wire::second_step::Standing;
use tauri::State;

use super::sign_in::{exposed, shown};
use super::types::{Enrolment, Failure};
use crate::shell::{Shell, Turn};

/// How one's own second step stands.
#[tauri::command]
pub(crate) async fn second_step(shell: State<'_, Shell>) -> Result<Standing, Failure> {
    let (turn, session, _) = shell.session()?;
    learnt(&shell, turn, session.second_step().await)
}

/// What goes into another authenticator; the one in force stays until its first code came.
#[tauri::command]
pub(crate) async fn second_step_prepare(shell: State<'_, Shell>) -> Result<Enrolment, Failure> {
    let (turn, session, _) = shell.session()?;
    shown(&learnt(&shell, turn, session.prepare_second_step().await)?)
}

/// The first code of another authenticator, which takes the place of the one before; its recovery codes are shown once.
#[tauri::command]
pub(crate) async fn second_step_replace(
    shell: State<'_, Shell>,
    code: Secret,
) -> Result<Vec<String>, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(exposed(&learnt(&shell, turn, session.replace_second_step(code).await)?))
}

/// Does without a second step.
#[tauri::command]
pub(crate) async fn second_step_remove(shell: State<'_, Shell>) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    learnt(&shell, turn, session.remove_second_step().await)
}

/// Ten new recovery codes, shown once.
#[tauri::command]
pub(crate) async fn recovery_codes_renew(shell: State<'_, Shell>) -> Result<Vec<String>, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(exposed(&learnt(&shell, turn, session.renew_recovery_codes().await)?))
}

fn learnt<T>(shell: &Shell, turn: Turn, result: Result<T, ClientFailure>) -> Result<T, Failure> {
    result.map_err(|failure| shell.learn(turn, failure).into())
}
