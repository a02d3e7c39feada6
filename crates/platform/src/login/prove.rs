//! Somebody who is signed in shows once more who they are: for what takes a fresh sign-in (B15), and to unlock (B36).

use polder_wire::session::{self as wire, FRESH_SECONDS, PROOF_TRIES, ProofBody, Proven};
use polder_wire::{Code, Nothing, Secret, UnixSeconds};
use sqlx::{AnyConnection, Row};

use super::second_step::Active;
use super::{guessing, second_step, session, totp};
use crate::App;
use crate::domains;
use crate::events::{self, Event};
use crate::http::Refused;
use crate::password::policy::normalised;
use crate::rights::{Authorized, LockSession, Person, ProveAgain, UnlockSession};
use crate::store::Write;

/// Longer than any code of a second step, and than any that stands in for one.
const CODE_LIMIT: usize = 64;

/// `POST /api/v1/session/prove`.
///
/// # Errors
/// [`Code::PasswordWrong`], [`Code::CodeNeeded`], [`Code::CodeWrong`]; [`Code::SessionOver`] after too many tries.
pub(crate) async fn prove(
    who: Authorized<ProveAgain>,
    app: App,
    _: wire::Prove,
    body: ProofBody,
) -> Result<Proven, Refused> {
    show(&app, &who.person(), body, true).await
}

/// `POST /api/v1/session/unlock`.
///
/// # Errors
/// As [`prove`].
pub(crate) async fn unlock(
    who: Authorized<UnlockSession>,
    app: App,
    _: wire::Unlock,
    body: ProofBody,
) -> Result<Proven, Refused> {
    let person = who.person();
    let code = domains::policy(&app, person.domain).await?.unlock_code;
    show(&app, &person, body, code).await
}

/// `POST /api/v1/session/lock`. Locking what is locked is no mistake.
///
/// # Errors
/// When the database fails.
pub(crate) async fn lock(
    who: Authorized<LockSession>,
    app: App,
    _: wire::Lock,
    _: Nothing,
) -> Result<Nothing, Refused> {
    let person = who.person();
    let mut write = app.store.write().await?;
    let locked = sqlx::query(
        "UPDATE sessions SET locked_at = $1, fresh_until = 0
         WHERE id = $2 AND locked_at IS NULL AND ended_at IS NULL",
    )
    .bind(app.now().0)
    .bind(person.session.to_string())
    .execute(write.on())
    .await?;
    if locked.rows_affected() == 1 {
        events::tell(&app, write.on(), Event::locked(&person)).await?;
    }
    write.commit().await?;
    Ok(Nothing {})
}

/// Checks password and code, pays for the try before it looks, and unlocks what was locked. Where all that a sign-in
/// takes was shown, the session is fresh by it.
async fn show(app: &App, person: &Person, body: ProofBody, code_asked: bool) -> Result<Proven, Refused> {
    let ProofBody { password, code } = body;
    if !(1..=128).contains(&password.expose().chars().count()) {
        return Err(Code::Malformed.into());
    }
    let code = CodeHalf::brought(app, person, code, code_asked).await?;
    // Nobody needs what is stored.
    right_password(app, person, &password, Code::PasswordWrong).await.map(drop)?;
    let mut write = app.store.write().await?;
    if !code.use_up(&mut write, person, app.now()).await? {
        drop(write);
        return Err(wrong(app, person, Code::CodeWrong).await?);
    }
    let fresh_seconds = code.shown(&mut write, person, app.now()).await?;
    write.commit().await?;
    Ok(Proven { fresh_seconds })
}

/// The half of a proof that comes beside the password: the code of whoever has a second step.
pub(crate) struct CodeHalf {
    second: Option<Active>,
    code: Option<Secret>,
}

impl CodeHalf {
    /// What was brought, before anything is paid for.
    ///
    /// # Errors
    /// [`Code::CodeNeeded`] where one is asked for; [`Code::Malformed`] for what no code can be.
    pub(crate) async fn brought(
        app: &App,
        person: &Person,
        code: Option<Secret>,
        asked: bool,
    ) -> Result<Self, Refused> {
        if code.as_ref().is_some_and(|code| code.expose().len() > CODE_LIMIT) {
            return Err(Code::Malformed.into());
        }
        let keys = app.keys.domain(person.domain).await?;
        let second = second_step::find(app, &keys, person.domain, person.user).await?;
        if asked && second.is_some() && code.is_none() {
            return Err(Code::CodeNeeded.into());
        }
        Ok(Self { second, code })
    }

    /// Uses the code up; false when it is wrong. True where there is none to be used.
    pub(crate) async fn use_up(
        &self,
        write: &mut Write,
        person: &Person,
        now: UnixSeconds,
    ) -> Result<bool, Refused> {
        let (Some(second), Some(code)) = (&self.second, &self.code) else { return Ok(true) };
        match totp::matching_step(&second.key, code.expose(), now, Some(second.last_step)) {
            Some(step) => Ok(second_step::use_step(write.on(), person.domain, person.user, step).await?),
            None => Ok(false),
        }
    }

    /// All that was brought is right. With the code, where there is a second step, that is all that a sign-in takes: the
    /// session is fresh by it, for so many seconds. Without, wrong codes stay counted: who has only the password could
    /// else forget them by it, and guess on.
    ///
    /// # Errors
    /// [`Code::SessionOver`] when it ended meanwhile.
    pub(crate) async fn shown(
        &self,
        write: &mut Write,
        person: &Person,
        now: UnixSeconds,
    ) -> Result<u32, Refused> {
        let whole = self.second.is_none() || self.code.is_some();
        let fresh_seconds = if whole { FRESH_SECONDS } else { 0 };
        if whole {
            guessing::forget_codes(write.on(), person.session).await?;
        }
        let codes = guessing::wrong_codes(write.on(), person.session).await?;
        let shown = sqlx::query(
            "UPDATE sessions SET proof_tries = $1, locked_at = NULL, fresh_until = $2
             WHERE id = $3 AND ended_at IS NULL",
        )
        .bind(codes)
        .bind(now.plus(i64::from(fresh_seconds)).0)
        .bind(person.session.to_string())
        .execute(write.on())
        .await?;
        // By another device.
        if shown.rows_affected() == 1 { Ok(fresh_seconds) } else { Err(Code::SessionOver.into()) }
    }
}

/// Pays for a try at the password and looks at it. What is stored is answered; the try stays paid for.
///
/// # Errors
/// `otherwise` when it is another one, and [`Code::SessionOver`] at the last try.
pub(crate) async fn right_password(
    app: &App,
    person: &Person,
    typed: &Secret,
    otherwise: Code,
) -> Result<String, Refused> {
    pay(app, person).await?;
    let row = sqlx::query("SELECT password_hash FROM users WHERE domain_id = $1 AND id = $2")
        .bind(person.domain.to_string())
        .bind(person.user.to_string())
        .fetch_optional(app.store.pool())
        .await?;
    let stored = row.map(|row| row.try_get::<String, _>("password_hash")).transpose()?;
    match (app.hashing.verify(normalised(typed), stored.clone()).await, stored) {
        (Ok(verified), Some(stored)) if verified.right => Ok(stored),
        (Ok(_), _) => Err(wrong(app, person, otherwise).await?),
        (Err(error), _) => {
            // Nobody looked at it.
            give_back(app, person).await?;
            Err(error.into())
        }
    }
}

/// Each try is paid before anything is looked at, so that guesses made at once are counted one by one.
async fn pay(app: &App, person: &Person) -> Result<(), Refused> {
    let mut write = app.store.write().await?;
    let paid = sqlx::query(
        "UPDATE sessions SET proof_tries = proof_tries + 1
         WHERE id = $1 AND proof_tries < $2 AND ended_at IS NULL",
    )
    .bind(person.session.to_string())
    .bind(i64::from(PROOF_TRIES))
    .execute(write.on())
    .await?;
    write.commit().await?;
    if paid.rows_affected() == 1 { Ok(()) } else { Err(Code::SessionOver.into()) }
}

/// The try was right, or nobody could look at it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn give_back(app: &App, person: &Person) -> Result<(), Refused> {
    let mut write = app.store.write().await?;
    give_back_in(write.on(), person).await?;
    Ok(write.commit().await?)
}

/// The same in the caller's transaction.
///
/// # Errors
/// When the database fails.
pub(crate) async fn give_back_in(on: &mut AnyConnection, person: &Person) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET proof_tries = proof_tries - 1 WHERE id = $1 AND proof_tries > 0")
        .bind(person.session.to_string())
        .execute(on)
        .await?;
    Ok(())
}

/// What to answer a wrong try. The last one ends the session: whoever found the computer does not go on guessing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn wrong(app: &App, person: &Person, code: Code) -> Result<Refused, Refused> {
    let mut write = app.store.write().await?;
    let codes = match code {
        Code::CodeWrong => guessing::one_more_wrong_code(write.on(), person.session, app.now()).await?,
        _ => 0,
    };
    let row = sqlx::query("SELECT proof_tries FROM sessions WHERE id = $1")
        .bind(person.session.to_string())
        .fetch_optional(write.on())
        .await?;
    let tries = row.map(|row| row.try_get::<i64, _>("proof_tries")).transpose()?;
    if tries.is_some_and(|tries| tries.max(codes) < i64::from(PROOF_TRIES)) {
        write.commit().await?;
        return Ok(code.into());
    }
    session::end_of(app, write.on(), person.domain, person.user, person.session).await?;
    write.commit().await?;
    tracing::warn!(session = %person.session, "too many wrong passwords or codes; the session is over");
    Ok(Code::SessionOver.into())
}
