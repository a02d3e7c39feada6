use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_client::session::{
    Door, Failure as ClientFailure, Next as ClientNext, Resumed as ClientResumed, Session,
};
use polder_wire::{Code, Secret};
use qrcode::QrCode;
use qrcode::render::svg;
use tauri::State;

use super::types::{Enrolment, Failure, Next, Resumed, SignedIn};
use crate::shell::{Shell, Stage, out_of_turn};

/// Whether an earlier sign-in still holds.
#[tauri::command]
pub(crate) async fn session_resume(shell: State<'_, Shell>) -> Result<Resumed, Failure> {
    if let Ok((session, _)) = shell.session() {
        return Ok(Resumed::signed_in(&session));
    }
    let door = shell.door()?;
    Ok(match door.resume().await {
        ClientResumed::SignedIn(session) => {
            let answer = Resumed::signed_in(&session);
            shell.signed_in(door, session);
            answer
        }
        ClientResumed::SignedOut { why } => Resumed::SignedOut { why },
    })
}

/// The first step.
#[tauri::command]
pub(crate) async fn sign_in_password(
    shell: State<'_, Shell>,
    email: String,
    password: Secret,
    stay: bool,
) -> Result<Next, Failure> {
    let door = shell.door()?;
    let next = door.password(&email, password, stay).await.map_err(|failure| shell.learn(failure))?;
    Ok(match next {
        ClientNext::Code(step) => {
            let domain_name = step.domain_name().to_owned();
            shell.enter(Stage::Code(door, Arc::new(step)));
            Next::Code { domain_name }
        }
        ClientNext::Enrol(step) => {
            let domain_name = step.domain_name().to_owned();
            shell.enter(Stage::Enrol(door, Arc::new(step)));
            Next::Enrol { domain_name }
        }
        ClientNext::Done(session) => {
            let SignedIn { me, remembered } = begin(&shell, door, session);
            Next::Done { me, remembered }
        }
    })
}

/// The code of an existing second step.
#[tauri::command]
pub(crate) async fn sign_in_code(shell: State<'_, Shell>, code: Secret) -> Result<SignedIn, Failure> {
    let Stage::Code(door, step) = shell.stage() else { return Err(out_of_turn().into()) };
    let session = step.code(code).await.map_err(|failure| step_failed(&shell, &door, failure))?;
    Ok(begin(&shell, door, session))
}

/// What goes into the authenticator of somebody who has no second step yet.
#[tauri::command]
pub(crate) async fn sign_in_enrolment(shell: State<'_, Shell>) -> Result<Enrolment, Failure> {
    let Stage::Enrol(door, step) = shell.stage() else { return Err(out_of_turn().into()) };
    let enrolment = step.key().await.map_err(|failure| step_failed(&shell, &door, failure))?;
    let key = enrolment.key.expose().as_bytes();
    let groups: Vec<_> = key.chunks(4).map(String::from_utf8_lossy).collect();
    Ok(Enrolment { qr: qr(&enrolment.uri)?, key: groups.join(" ") })
}

/// The first code of a new second step.
#[tauri::command]
pub(crate) async fn sign_in_confirm(shell: State<'_, Shell>, code: Secret) -> Result<SignedIn, Failure> {
    let Stage::Enrol(door, step) = shell.stage() else { return Err(out_of_turn().into()) };
    let session = step.confirm(code).await.map_err(|failure| step_failed(&shell, &door, failure))?;
    Ok(begin(&shell, door, session))
}

/// Forgets a sign-in that is under way.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn sign_in_cancel(shell: State<'_, Shell>) {
    if let Stage::Code(door, _) | Stage::Enrol(door, _) = shell.stage() {
        shell.enter(Stage::Admitted(door));
    }
}

/// Ends the session in the keychain, in memory and at the platform. The person is signed out here even when
/// this fails; the failure says what may have been left.
#[tauri::command]
pub(crate) async fn sign_out(shell: State<'_, Shell>) -> Result<(), Failure> {
    let (session, _) = shell.session()?;
    let door = shell.door()?;
    shell.enter(Stage::Admitted(door));
    Ok(session.sign_out().await?)
}

fn begin(shell: &Shell, door: Door, session: Session) -> SignedIn {
    let signed_in = SignedIn::of(&session);
    shell.signed_in(door, session);
    signed_in
}

/// A step that failed can be tried again, unless the sign-in as a whole is over.
fn step_failed(shell: &Shell, door: &Door, failure: ClientFailure) -> ClientFailure {
    if failure.code == Code::SignInOver {
        shell.enter(Stage::Admitted(door.clone()));
    }
    shell.learn(failure)
}

/// A picture for an authenticator's camera, black on white in every theme.
fn qr(text: &Secret) -> Result<String, Failure> {
    let drawn = QrCode::new(text.expose()).map_err(|error| {
        tracing::error!(%error, "no QR can be drawn");
        Failure::from(ClientFailure { code: Code::Unexpected, retry_after: None })
    })?;
    let svg = drawn.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}
