//! The commands of a domain's manager about people. The platform judges who may.

use polder_client::session::Failure as ClientFailure;
use polder_wire::people::{AddPersonBody, Colleague};
use polder_wire::rights::Role;
use polder_wire::{Code, Language, UserId};
use tauri::State;

use super::types::Failure;
use crate::shell::Shell;

/// Everybody in the domain.
#[tauri::command]
pub(crate) async fn people(shell: State<'_, Shell>) -> Result<Vec<Colleague>, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.people().await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Makes an account, whose owner gets a letter; says whose.
#[tauri::command]
pub(crate) async fn person_add(
    shell: State<'_, Shell>,
    name: String,
    email: String,
    role: Role,
    language: Language,
) -> Result<UserId, Failure> {
    let (turn, session, _) = shell.session()?;
    let person = AddPersonBody { name, email, role, language };
    Ok(session.add_person(person).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Sends somebody who has no password yet a code for one, once more.
#[tauri::command]
pub(crate) async fn person_letter(shell: State<'_, Shell>, person: String) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.send_letter(parse(&person)?).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Lets devices that somebody's account does not know sign in again.
#[tauri::command]
pub(crate) async fn person_unlock(shell: State<'_, Shell>, person: String) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.unlock_person(parse(&person)?).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Switches somebody's signing in on or off.
#[tauri::command]
pub(crate) async fn person_logins(shell: State<'_, Shell>, person: String, on: bool) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.switch_logins(parse(&person)?, on).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// Takes away a second step that somebody lost.
#[tauri::command]
pub(crate) async fn person_second_step(shell: State<'_, Shell>, person: String) -> Result<(), Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.take_second_step(parse(&person)?).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// A text that is no id names nobody.
fn parse(person: &str) -> Result<UserId, Failure> {
    person.parse().map_err(|_| ClientFailure::of(Code::NotFound).into())
}
