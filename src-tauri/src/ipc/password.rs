use std::sync::Arc;

use polder_client::session::{self, Failure as ClientFailure};
use polder_wire::password::PasswordRules;
use polder_wire::{Code, Language, Secret};
use tauri::State;

use super::sign_in::proceed;
use super::types::{Failure, Next, Strength};
use crate::shell::{Shell, Stage, out_of_turn};

/// Asks for a letter with a code. The answer tells nobody whether there is such an account.
#[tauri::command]
pub(crate) async fn password_forgotten(shell: State<'_, Shell>, email: String) -> Result<(), Failure> {
    let (turn, door) = shell.door()?;
    Ok(door.forgotten(&email).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Looks at a code from a letter; with one that counts, a password can be set.
#[tauri::command]
pub(crate) async fn password_code(shell: State<'_, Shell>, code: Secret) -> Result<PasswordRules, Failure> {
    let (turn, door) = shell.door()?;
    let step = door.with_code(code).await.map_err(|failure| shell.learn(turn, failure))?;
    let rules = step.rules().clone();
    if shell.advance(turn, Stage::NewPassword(door, Arc::new(step))) {
        Ok(rules)
    } else {
        Err(out_of_turn().into())
    }
}

/// What a password is worth, while it is typed. Nothing of it leaves this computer.
#[tauri::command]
pub(crate) async fn password_strength(password: Secret, rules: PasswordRules) -> Result<Strength, Failure> {
    // A long one takes some milliseconds, which the window is not to wait for.
    let judged = tokio::task::spawn_blocking(move || session::strength(&password, &rules)).await;
    judged.map(Strength::from).map_err(|error| {
        tracing::error!(%error, "a password could not be judged");
        ClientFailure::of(Code::Unexpected).into()
    })
}

/// Sets the password and goes on with the sign-in.
#[tauri::command]
pub(crate) async fn password_set(
    shell: State<'_, Shell>,
    password: Secret,
    stay: bool,
    language: Language,
) -> Result<Next, Failure> {
    let (turn, door, step) = shell.new_password()?;
    let next = step.set(password, stay, language).await.map_err(|failure| shell.learn(turn, failure))?;
    proceed(&shell, turn, door, next).await
}

/// What the next password of whoever is signed in must be.
#[tauri::command]
pub(crate) async fn password_rules(shell: State<'_, Shell>) -> Result<PasswordRules, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.password_rules().await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Another password for the one that is known, with a code of the second step where one was asked for.
#[tauri::command]
pub(crate) async fn password_change(
    shell: State<'_, Shell>,
    old: Secret,
    new: Secret,
    code: Option<Secret>,
) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.change_password(old, new, code).await.map_err(|failure| shell.learn(turn, failure))?)
}
