use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_client::session::{
    Door, Failure as ClientFailure, Next as ClientNext, Resumed as ClientResumed, Session,
};
use polder_wire::second_step::RecoveryCodes;
use polder_wire::{Code, Secret};
use qrcode::QrCode;
use qrcode::render::svg;
use tauri::State;

use super::types::{Enrolled, Enrolment, Failure, Next, Recovered, Resumed, SignedIn};
use crate::head_start::HeadStart;
use crate::shell::{Shell, Stage, Turn, out_of_turn};

/// Whether an earlier sign-in still holds.
#[tauri::command]
pub(crate) async fn session_resume(
    shell: State<'_, Shell>,
    head_start: State<'_, HeadStart>,
) -> Result<Resumed, Failure> {
    match head_start.resumed().await {
        Some(resumed) => resumed,
        None => resume(&shell).await,
    }
}

/// The same, for whoever asks.
pub(crate) async fn resume(shell: &Shell) -> Result<Resumed, Failure> {
    if let (_, Stage::SignedIn(_, session, _) | Stage::Locked(_, session)) = shell.stage() {
        return Ok(Resumed::signed_in(&session));
    }
    let (turn, door) = shell.door()?;
    Ok(match door.resume().await {
        ClientResumed::SignedIn(session) => {
            let resumed = Resumed::signed_in(&session);
            begin(shell, turn, door, session).await?;
            resumed
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
    let (turn, door) = shell.door()?;
    let next = door.password(&email, password, stay).await.map_err(|failure| shell.learn(turn, failure))?;
    proceed(&shell, turn, door, next).await
}

/// On to what comes after a right password, or after one that was set with a code.
pub(super) async fn proceed(
    shell: &Shell,
    turn: Turn,
    door: Door,
    next: ClientNext,
) -> Result<Next, Failure> {
    let (stage, answer) = match next {
        ClientNext::Code(step) => {
            let domain_name = step.domain_name().to_owned();
            (Stage::Code(door, Arc::new(step)), Next::Code { domain_name })
        }
        ClientNext::Enrol(step) => {
            let domain_name = step.domain_name().to_owned();
            (Stage::Enrol(door, Arc::new(step)), Next::Enrol { domain_name })
        }
        ClientNext::Done(session) => {
            let SignedIn { me, remembered } = begin(shell, turn, door, session).await?;
            return Ok(Next::Done { me, remembered });
        }
    };
    if shell.advance(turn, stage) { Ok(answer) } else { Err(out_of_turn().into()) }
}

/// The code of an existing second step.
#[tauri::command]
pub(crate) async fn sign_in_code(shell: State<'_, Shell>, code: Secret) -> Result<SignedIn, Failure> {
    let (turn, door, step) = shell.code()?;
    let session = step.code(code).await.map_err(|failure| shell.learn(turn, failure))?;
    begin(&shell, turn, door, session).await
}

/// What goes into the authenticator of somebody who has no second step yet.
#[tauri::command]
pub(crate) async fn sign_in_enrolment(shell: State<'_, Shell>) -> Result<Enrolment, Failure> {
    let (turn, _, step) = shell.enrol()?;
    let enrolment = step.key().await.map_err(|failure| shell.learn(turn, failure))?;
    shown(&enrolment)
}

/// The first code of a new second step.
#[tauri::command]
pub(crate) async fn sign_in_confirm(shell: State<'_, Shell>, code: Secret) -> Result<Enrolled, Failure> {
    let (turn, door, step) = shell.enrol()?;
    let (session, recovery) = step.confirm(code).await.map_err(|failure| shell.learn(turn, failure))?;
    let SignedIn { me, remembered } = begin(&shell, turn, door, session).await?;
    Ok(Enrolled { me, remembered, recovery: exposed(&recovery) })
}

/// A recovery code instead of the authenticator's.
#[tauri::command]
pub(crate) async fn sign_in_recover(shell: State<'_, Shell>, code: Secret) -> Result<Recovered, Failure> {
    let (turn, door, step) = shell.code()?;
    let (session, left) = step.recover(code).await.map_err(|failure| shell.learn(turn, failure))?;
    let SignedIn { me, remembered } = begin(&shell, turn, door, session).await?;
    Ok(Recovered { me, remembered, left })
}

/// Forgets a sign-in that is under way.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "how Tauri hands it over")]
pub(crate) fn sign_in_cancel(shell: State<'_, Shell>) {
    if let (turn, Stage::NewPassword(door, _) | Stage::Code(door, _) | Stage::Enrol(door, _)) = shell.stage()
    {
        // Where it just ended by itself, there is nothing left to forget.
        shell.advance(turn, Stage::Admitted(door));
    }
}

/// Ends the session in the keychain, in memory and at the platform. The person is signed out here even when
/// this fails; the failure says what may have been left.
#[tauri::command]
pub(crate) async fn sign_out(shell: State<'_, Shell>) -> Result<(), Failure> {
    let (turn, Stage::SignedIn(door, session, _) | Stage::Locked(door, session)) = shell.stage() else {
        return Err(out_of_turn().into());
    };
    let ended = session.sign_out().await;
    shell.advance(turn, Stage::Admitted(door));
    Ok(ended?)
}

/// A session begins, unless the person went elsewhere while it was made: then it ends at once.
async fn begin(shell: &Shell, turn: Turn, door: Door, session: Session) -> Result<SignedIn, Failure> {
    let signed_in = SignedIn::of(&session);
    let stage = if session.is_locked() {
        Stage::Locked(door, session.clone())
    } else {
        Stage::SignedIn(door, session.clone(), Arc::default())
    };
    if shell.advance(turn, stage) {
        return Ok(signed_in);
    }
    if let Err(failure) = session.sign_out().await {
        tracing::warn!(code = %failure.code, "a session that nobody waited for could not be ended");
    }
    Err(out_of_turn().into())
}

/// What a person scans or types.
pub(super) fn shown(enrolment: &polder_wire::sign_in::Enrolment) -> Result<Enrolment, Failure> {
    Ok(Enrolment { qr: qr(&enrolment.uri)?, key: in_groups(&enrolment.key) })
}

/// Recovery codes, for the page that shows them once.
pub(super) fn exposed(recovery: &RecoveryCodes) -> Vec<String> {
    recovery.codes.iter().map(|code| code.expose().to_owned()).collect()
}

/// For people who type it.
fn in_groups(key: &Secret) -> String {
    let groups: Vec<_> = key.expose().as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

/// A picture for an authenticator's camera, black on white in every theme.
fn qr(text: &Secret) -> Result<String, Failure> {
    let drawn = QrCode::new(text.expose()).map_err(|error| {
        tracing::error!(%error, "no QR can be drawn");
        Failure::from(ClientFailure::of(Code::Unexpected))
    })?;
    let svg = drawn.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_to_type_stands_in_groups_of_four() {
        assert_eq!(in_groups(&Secret::new("ABCDEFGHIJ".to_owned())), "ABCD EFGH IJ");
    }

    #[test]
    fn the_qr_is_a_picture_that_needs_nothing_from_outside() {
        let picture = qr(&Secret::new("otpauth://totp/Polder:a?secret=ABCD".to_owned())).unwrap();
        let svg = picture.strip_prefix("data:image/svg+xml;base64,").unwrap();
        let svg = String::from_utf8(STANDARD.decode(svg).unwrap()).unwrap();
        assert!(svg.contains("<svg ") && !svg.contains("href") && !svg.contains("<script"));
    }
}
