//! Sessions: one signed-in device each, with a short access token and a rotating refresh token (B12, B13).
//!
//! A refresh token is exchanged for a successor. Until the successor, or the access token given with it, was
//! used, the predecessor may be exchanged once more: a device that lost power before its keychain was
//! written still has only that one. The unused successor dies with that. Any other second use means that two
//! hold the same token, and ends the session.

use http::request::Parts;
use polder_wire::{Code, DomainId, Secret, SessionId, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};

use super::proof::Thumbprint;
use super::{switch, token};
use crate::App;
use crate::account::stored_role;
use crate::http::{Refused, device};
use crate::rights::Person;
use crate::store::{StoreError, Write, parsed, random_id};

/// How long an access token lasts.
pub(super) const ACCESS_SECONDS: u32 = 10 * 60;
/// How long a device that does not stay signed in may go on: a long working day, from its sign-in.
const DAY_SECONDS: i64 = 12 * 60 * 60;
/// How long a spent refresh token is remembered. One that is older than any term is refused as unknown.
const REMEMBER_SECONDS: i64 = 31 * 24 * 60 * 60;

/// For whom a session starts.
pub(super) struct Start {
    pub(super) domain: DomainId,
    pub(super) user: UserId,
    pub(super) device: Thumbprint,
    pub(super) stay: bool,
}

/// New tokens of a session.
pub(super) struct Issued {
    pub(super) session: SessionId,
    pub(super) access: Secret,
    pub(super) refresh: Secret,
    pub(super) stay: bool,
    pub(super) stay_seconds: u32,
}

/// A session that goes on.
pub(super) struct Renewed {
    pub(super) domain: DomainId,
    pub(super) user: UserId,
    pub(super) issued: Issued,
}

/// Starts a session inside a transaction that the caller commits.
pub(super) async fn start(app: &App, write: &mut Write, start: &Start) -> Result<Issued, Refused> {
    let session = random_id(app.random, SessionId::from_random)?;
    let (access, refresh) = (token::new(app.random)?, token::new(app.random)?);
    let now = app.now();
    let term: i64 = if start.stay {
        sqlx::query("SELECT stay_seconds FROM domains WHERE id = $1")
            .bind(start.domain.to_string())
            .fetch_one(&mut *write.on())
            .await?
            .try_get("stay_seconds")?
    } else {
        DAY_SECONDS
    };
    sqlx::query(
        "INSERT INTO sessions (id, domain_id, user_id, device, stay, created_at, expires_at,
             current_refresh, used, access, access_expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)",
    )
    .bind(session.to_string())
    .bind(start.domain.to_string())
    .bind(start.user.to_string())
    .bind(start.device.to_string())
    .bind(i64::from(start.stay))
    .bind(now.0)
    .bind(now.plus(term).0)
    .bind(token::hash(&refresh))
    .bind(token::hash(&access))
    .bind(now.plus(i64::from(ACCESS_SECONDS)).0)
    .execute(&mut *write.on())
    .await?;
    remember(write.on(), session, &refresh, now).await?;
    Ok(Issued { session, access, refresh, stay: start.stay, stay_seconds: seconds(term) })
}

/// Exchanges a refresh token.
pub(super) async fn renew(app: &App, presented: &Secret, device: Thumbprint) -> Result<Renewed, Refused> {
    let now = app.now();
    let presented = token::hash(presented);
    let known = find(app, &presented).await?.ok_or(Refused::from(Code::SessionOver))?;
    // A token in the hands of another device was stolen, even if its key was not.
    if known.device != device.to_string() {
        finish(app, known.session, now).await?;
        return Err(Code::SessionOver.into());
    }
    if switch::is_off(app, known.domain, known.user).await? {
        finish(app, known.session, now).await?;
        return Err(Code::SessionOver.into());
    }
    let (access, refresh) = (token::new(app.random)?, token::new(app.random)?);
    let expires_at = if known.stay { now.plus(known.term) } else { known.expires_at };

    let mut write = app.store.write().await?;
    // Both ways to exchange in one statement, so that nothing can come between looking and doing: the newest
    // token, or its predecessor while the newest is unused. Either way what was presented is the predecessor
    // of what is given out now.
    let exchanged = sqlx::query(
        "UPDATE sessions SET previous_refresh = $1, current_refresh = $2, used = 0, access = $3,
             access_expires_at = $4, expires_at = $5
         WHERE id = $6 AND ended_at IS NULL AND expires_at > $7
             AND (current_refresh = $1 OR (previous_refresh = $1 AND used = 0))",
    )
    .bind(presented)
    .bind(token::hash(&refresh))
    .bind(token::hash(&access))
    .bind(now.plus(i64::from(ACCESS_SECONDS)).0)
    .bind(expires_at.0)
    .bind(known.session.to_string())
    .bind(now.0)
    .execute(write.on())
    .await?;
    if exchanged.rows_affected() != 1 {
        finish_in(write.on(), known.session, now).await?;
        write.commit().await?;
        tracing::warn!(session = %known.session, "a refresh token was used twice or too late; the session is over");
        return Err(Code::SessionOver.into());
    }
    remember(write.on(), known.session, &refresh, now).await?;
    sqlx::query("DELETE FROM refresh_tokens WHERE session_id = $1 AND issued_at < $2")
        .bind(known.session.to_string())
        .bind(now.plus(-REMEMBER_SECONDS).0)
        .execute(write.on())
        .await?;
    write.commit().await?;

    let stay_seconds = seconds(expires_at.0.saturating_sub(now.0));
    let issued = Issued { session: known.session, access, refresh, stay: known.stay, stay_seconds };
    Ok(Renewed { domain: known.domain, user: known.user, issued })
}

/// Ends the session that a refresh token is of; whichever of its tokens it is, and however often.
pub(super) async fn end(app: &App, presented: &Secret, device: Thumbprint) -> Result<(), Refused> {
    let known = find(app, &token::hash(presented)).await?.ok_or(Refused::from(Code::SessionOver))?;
    finish(app, known.session, app.now()).await?;
    if known.device == device.to_string() { Ok(()) } else { Err(Code::SessionOver.into()) }
}

/// Who a request with an access token is of, as the database says at this moment.
pub(crate) async fn person(app: &App, parts: &Parts) -> Result<Person, Refused> {
    let (device, token) = device::proven_with_access(app, parts)?;
    let access = token::hash(&token);
    let row = sqlx::query(
        "SELECT s.id, s.domain_id, s.user_id, s.device, s.used, s.expires_at, s.ended_at,
             s.access_expires_at, u.role,
             CASE WHEN u.logins_off_at IS NOT NULL OR d.logins_off_at IS NOT NULL
                 OR EXISTS (SELECT 1 FROM platform_switches WHERE name = 'logins-off') THEN 1 ELSE 0 END AS off_now
         FROM sessions s JOIN users u ON u.domain_id = s.domain_id AND u.id = s.user_id
         JOIN domains d ON d.id = s.domain_id
         WHERE s.access = $1",
    )
    .bind(access.as_str())
    .fetch_optional(app.store.pool())
    .await?
    // Not known, or replaced by a newer one: the refresh token says which.
    .ok_or(Refused::from(Code::AccessExpired))?;
    if row.try_get::<String, _>("device")? != device.to_string() {
        return Err(Code::ProofWrong.into());
    }
    let now = app.now().0;
    // A sign-in that was under way when signing in was switched off may have begun a session since (R57).
    if row.try_get::<Option<i64>, _>("ended_at")?.is_some()
        || row.try_get::<i64, _>("expires_at")? <= now
        || row.try_get::<i64, _>("off_now")? != 0
    {
        return Err(Code::SessionOver.into());
    }
    if row.try_get::<i64, _>("access_expires_at")? <= now {
        return Err(Code::AccessExpired.into());
    }
    let session: SessionId = parsed(&row, "id")?;
    if row.try_get::<i64, _>("used")? == 0 && !first_use(app, session, &access).await? {
        return Err(Code::AccessExpired.into());
    }
    Ok(Person {
        user: parsed(&row, "user_id")?,
        domain: parsed(&row, "domain_id")?,
        role: stored_role(&row.try_get::<String, _>("role")?),
        session,
    })
}

/// Marks the newest tokens as used, so that their predecessor dies; false when they died first.
async fn first_use(app: &App, session: SessionId, access: &str) -> Result<bool, Refused> {
    let mut write = app.store.write().await?;
    let used = sqlx::query("UPDATE sessions SET used = 1 WHERE id = $1 AND access = $2 AND ended_at IS NULL")
        .bind(session.to_string())
        .bind(access)
        .execute(write.on())
        .await?;
    write.commit().await?;
    Ok(used.rows_affected() == 1)
}

struct Known {
    session: SessionId,
    domain: DomainId,
    user: UserId,
    device: String,
    stay: bool,
    term: i64,
    expires_at: UnixSeconds,
}

async fn find(app: &App, refresh: &str) -> Result<Option<Known>, Refused> {
    let row = sqlx::query(
        "SELECT s.id, s.domain_id, s.user_id, s.device, s.stay, s.expires_at, d.stay_seconds
         FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN domains d ON d.id = s.domain_id
         WHERE t.hash = $1",
    )
    .bind(refresh)
    .fetch_optional(app.store.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Known {
        session: parsed(&row, "id")?,
        domain: parsed(&row, "domain_id")?,
        user: parsed(&row, "user_id")?,
        device: row.try_get("device")?,
        stay: row.try_get::<i64, _>("stay")? != 0,
        term: row.try_get("stay_seconds")?,
        expires_at: UnixSeconds(row.try_get("expires_at")?),
    }))
}

async fn remember(
    on: &mut AnyConnection,
    session: SessionId,
    refresh: &Secret,
    now: UnixSeconds,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO refresh_tokens (hash, session_id, issued_at) VALUES ($1, $2, $3)")
        .bind(token::hash(refresh))
        .bind(session.to_string())
        .bind(now.0)
        .execute(on)
        .await?;
    Ok(())
}

async fn finish(app: &App, session: SessionId, now: UnixSeconds) -> Result<(), StoreError> {
    let mut write = app.store.write().await?;
    finish_in(write.on(), session, now).await?;
    write.commit().await
}

async fn finish_in(on: &mut AnyConnection, session: SessionId, now: UnixSeconds) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
        .bind(now.0)
        .bind(session.to_string())
        .execute(on)
        .await?;
    Ok(())
}

fn seconds(term: i64) -> u32 {
    u32::try_from(term.max(0)).unwrap_or(u32::MAX)
}
