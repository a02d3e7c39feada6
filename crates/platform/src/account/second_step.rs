//! One's own second step, while signed in: another one in its place, none at all, new recovery codes.

use polder_wire::second_step::{
    FirstCode, Look, Prepare, RecoveryCodes, Remove, RenewRecovery, Replace, Standing,
};
use polder_wire::sign_in::Enrolment;
use polder_wire::{Clock, Code, DomainId, Nothing, UnixSeconds, UserId};
use sqlx::Row;

use super::EMAIL;
use crate::App;
use crate::domains::SecondStep;
use crate::http::Refused;
use crate::login::{ISSUER, notices, recovery, second_step, totp};
use crate::rights::{Authorized, ChangeSecondStep, LookAtSecondStep, Person};
use crate::store::Column;

/// A key that waits for its first code.
const PENDING: Column = Column::new("second_step_changes", "secret");
/// How long it waits, in seconds.
const SECONDS: i64 = 15 * 60;
/// How many codes may be tried with it.
const TRIES: i64 = 10;

/// `GET /api/v1/me/second-step`.
///
/// # Errors
/// When the account is gone.
pub async fn look(
    who: Authorized<LookAtSecondStep>,
    app: App,
    _: Look,
    _: Nothing,
) -> Result<Standing, Refused> {
    let Person { domain, user, .. } = who.person();
    let (since, required) = standing(&app, domain, user).await?;
    Ok(Standing { since, required, recovery_left: recovery::left(&app, domain, user).await? })
}

/// `POST /api/v1/me/second-step/enrolment`. Asking again replaces the key that waits.
///
/// # Errors
/// When the account is gone.
pub async fn prepare(
    who: Authorized<ChangeSecondStep>,
    app: App,
    _: Prepare,
    _: Nothing,
) -> Result<Enrolment, Refused> {
    let Person { domain, user, .. } = who.person();
    let row = sqlx::query("SELECT email FROM users WHERE domain_id = $1 AND id = $2")
        .bind(domain.to_string())
        .bind(user.to_string())
        .fetch_optional(app.store.pool())
        .await?
        .ok_or(Refused::from(Code::SessionOver))?;
    let keys = app.keys.domain(domain).await?;
    let email = EMAIL.open_text(&keys, &user.to_string(), &row.try_get::<Vec<u8>, _>("email")?)?;
    let key = totp::new_key(app.random)?;
    let sealed = PENDING.seal(&keys, &user.to_string(), &key, app.random)?;
    let mut write = app.store.write().await?;
    sqlx::query(
        "INSERT INTO second_step_changes (domain_id, user_id, secret, tries_left, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (domain_id, user_id) DO UPDATE SET secret = $3, tries_left = $4, expires_at = $5",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .bind(sealed)
    .bind(TRIES)
    .bind(app.now().plus(SECONDS).0)
    .execute(write.on())
    .await?;
    write.commit().await?;
    Ok(Enrolment { key: totp::base32(&key), uri: totp::uri(&key, ISSUER, &email) })
}

/// `POST /api/v1/me/second-step/confirm`: the first code is spent by it, as any code.
///
/// # Errors
/// [`Code::CodeWrong`]; [`Code::EnrolmentNotOpen`] where no key waits, or it waited too long.
pub async fn replace(
    who: Authorized<ChangeSecondStep>,
    app: App,
    _: Replace,
    body: FirstCode,
) -> Result<RecoveryCodes, Refused> {
    let Person { domain, user, .. } = who.person();
    let (row_domain, row_user, now) = (domain.to_string(), user.to_string(), app.now());
    let mut write = app.store.write().await?;
    // Paid before it is looked at, as everywhere.
    let pending = sqlx::query(
        "UPDATE second_step_changes SET tries_left = tries_left - 1
         WHERE domain_id = $1 AND user_id = $2 AND expires_at > $3 AND tries_left > 0 RETURNING secret",
    )
    .bind(row_domain.as_str())
    .bind(row_user.as_str())
    .bind(now.0)
    .fetch_optional(write.on())
    .await?
    .ok_or(Refused::from(Code::EnrolmentNotOpen))?;
    let keys = app.keys.domain(domain).await?;
    let key = PENDING.open(&keys, &row_user, &pending.try_get::<Vec<u8>, _>("secret")?)?;
    let Some(step) = totp::matching_step(&key, body.code.expose(), now, None) else {
        write.commit().await?;
        return Err(
            Refused::from(Code::CodeWrong).with_clock(Clock { platform: now, authenticator_ahead: None })
        );
    };
    let set = second_step::Set { domain, user, last_step: step, at: now };
    second_step::replace(write.on(), &keys, &set, &key, app.random).await?;
    let recovery = recovery::make(write.on(), &keys, domain, user, now, app.random).await?;
    sqlx::query("DELETE FROM second_step_changes WHERE domain_id = $1 AND user_id = $2")
        .bind(row_domain)
        .bind(row_user)
        .execute(write.on())
        .await?;
    notices::second_step_changed(&app, &mut write, (domain, user)).await?;
    write.commit().await?;
    tracing::info!(%user, "a second step was put in force");
    Ok(recovery)
}

/// `POST /api/v1/me/second-step/remove`.
///
/// # Errors
/// [`Code::SecondStepRequired`] where the domain asks for one (B17); [`Code::SecondStepAbsent`].
pub async fn remove(
    who: Authorized<ChangeSecondStep>,
    app: App,
    _: Remove,
    _: Nothing,
) -> Result<Nothing, Refused> {
    let Person { domain, user, .. } = who.person();
    let mut write = app.store.write().await?;
    // One statement looks at the domain and removes: a domain that begins to ask for it meanwhile is not passed by.
    let gone = sqlx::query(
        "DELETE FROM second_steps WHERE domain_id = $1 AND user_id = $2
         AND EXISTS (SELECT 1 FROM domains WHERE id = $1 AND second_step = 'optional')",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .execute(write.on())
    .await?;
    if gone.rows_affected() == 0 {
        drop(write);
        let (since, required) = standing(&app, domain, user).await?;
        let code =
            if since.is_some() && required { Code::SecondStepRequired } else { Code::SecondStepAbsent };
        return Err(code.into());
    }
    recovery::delete(write.on(), &domain.to_string(), &user.to_string()).await?;
    notices::second_step_changed(&app, &mut write, (domain, user)).await?;
    write.commit().await?;
    tracing::info!(%user, "a second step was removed");
    Ok(Nothing {})
}

/// `POST /api/v1/me/recovery-codes`.
///
/// # Errors
/// [`Code::SecondStepAbsent`]: they stand in for an authenticator.
pub async fn renew_recovery(
    who: Authorized<ChangeSecondStep>,
    app: App,
    _: RenewRecovery,
    _: Nothing,
) -> Result<RecoveryCodes, Refused> {
    let Person { domain, user, .. } = who.person();
    if standing(&app, domain, user).await?.0.is_none() {
        return Err(Code::SecondStepAbsent.into());
    }
    let keys = app.keys.domain(domain).await?;
    let mut write = app.store.write().await?;
    let codes = recovery::make(write.on(), &keys, domain, user, app.now(), app.random).await?;
    write.commit().await?;
    tracing::info!(%user, "recovery codes were made anew");
    Ok(codes)
}

/// Since when there is a second step, and whether the domain asks for one.
async fn standing(app: &App, domain: DomainId, user: UserId) -> Result<(Option<UnixSeconds>, bool), Refused> {
    let row = sqlx::query(
        "SELECT d.second_step, s.created_at AS since FROM users u JOIN domains d ON d.id = u.domain_id
         LEFT JOIN second_steps s ON s.domain_id = u.domain_id AND s.user_id = u.id
         WHERE u.domain_id = $1 AND u.id = $2",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .fetch_optional(app.store.pool())
    .await?
    .ok_or(Refused::from(Code::SessionOver))?;
    let required = SecondStep::from_stored(&row.try_get::<String, _>("second_step")?) == SecondStep::Required;
    Ok((row.try_get::<Option<i64>, _>("since")?.map(UnixSeconds), required))
}
