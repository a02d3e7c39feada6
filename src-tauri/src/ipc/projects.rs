use polder_client::session::Failure as ClientFailure;
use polder_wire::project::{Listed, Opened, Sketch};
use polder_wire::{Code, ProjectId};
use tauri::State;
use tauri::ipc::Response;

use super::types::Failure;
use crate::shell::Shell;

/// What the signed-in person may open.
#[tauri::command]
pub(crate) async fn projects(shell: State<'_, Shell>) -> Result<Listed, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.projects().await.map_err(|failure| shell.learn(turn, failure))?)
}

/// A project's latest version.
#[tauri::command]
pub(crate) async fn project_open(shell: State<'_, Shell>, project: String) -> Result<Opened, Failure> {
    let (turn, session, manifests) = shell.session()?;
    let opened = session.open(parse(&project)?).await.map_err(|failure| shell.learn(turn, failure))?;
    manifests.remember(&opened);
    Ok(opened)
}

/// A small drawing of a project's area.
#[tauri::command]
pub(crate) async fn project_sketch(shell: State<'_, Shell>, project: String) -> Result<Sketch, Failure> {
    let (turn, session, _) = shell.session()?;
    Ok(session.sketch(parse(&project)?).await.map_err(|failure| shell.learn(turn, failure))?)
}

/// A layer's bytes as they were saved, verified; only of a version that was opened in this session.
#[tauri::command]
pub(crate) async fn layer(
    shell: State<'_, Shell>,
    project: String,
    version: u32,
    layer: String,
) -> Result<Response, Failure> {
    let (turn, session, manifests) = shell.session()?;
    let project = parse(&project)?;
    let layer = manifests.layer(project, version, &layer)?;
    let bytes =
        session.layer(project, version, &layer).await.map_err(|failure| shell.learn(turn, failure))?;
    Ok(Response::new(Vec::from(bytes)))
}

/// A text that is no id names nothing.
fn parse(project: &str) -> Result<ProjectId, Failure> {
    project.parse().map_err(|_| ClientFailure::of(Code::NotFound).into())
}
