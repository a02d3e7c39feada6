//! Sessions: one signed-in device each, with a short access token and a rotating refresh token (B12, B13).
//!
//! A refresh token is exchanged for a successor. Until the successor, or the access token given with it, was
//! used, the predecessor may be exchanged once more: a device that lost power before its keychain was
//! written still has only that one. The unused successor dies with that. Any other second use means that two
//! hold the same token, and ends the session.

use std::net::IpAddr;

use http::request::Parts;
use polder_wire::session::FRESH_SECONDS;
use polder_wire::{Code, DomainId, Secret, SessionId, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};

use super::devices::{self, Named};
use super::proof::Thumbprint;
use super::{switch, token};
use crate::App;
use crate::account::stored_role;
use crate::domains;
use crate::events::{self, Event};
use crate::http::{Refused, device};
use crate::mail::{self, Letter, Recipient};
use crate::rights::Person;
use crate::store::{Write, parsed, random_id};

/// How long an access token lasts.
pub(super) const ACCESS_SECONDS: u32 = 10 * 60;
/// How long a device that does not stay signed in may go on: a long working day, from its sign-in.
const DAY_SECONDS: i64 = 12 * 60 * 60;
/// How long a spent refresh token is remembered. One that is older than any term is refused as unknown.
const REMEMBER_SECONDS: i64 = 31 * 24 * 60 * 60;
/// How often a session that is used all the time says so in the database.
const SEEN_SECONDS: i64 = 5 * 60;

/// For whom a session starts.
pub(super) struct Start {
    pub(super) domain: DomainId,
    pub(super) user: UserId,
    pub(super) device: Thumbprint,
    pub(super) stay: bool,
    /// What the device calls itself.
    pub(super) named: Named,
    /// Where it is.
    pub(super) address: Option<IpAddr>,
}

/// New tokens of a session.
pub(super) struct Issued {
    pub(super) session: SessionId,
    pub(super) access: Secret,
    pub(super) refresh: Secret,
    pub(super) stay: bool,
    pub(super) stay_seconds: u32,
    pub(super) locked: bool,
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
    let allowed = domains::policy_in(write.on(), start.domain).await?.stay_seconds;
    let stay = start.stay && allowed > 0;
    let term = if stay { i64::from(allowed) } else { DAY_SECONDS };
    let keys = app.keys.domain(start.domain).await?;
    let (name, system) = start.named.seal_for_session(app, &keys, &session.to_string())?;
    let address = devices::seal_address(app, start.domain, session, start.address).await?;
    sqlx::query(
        "INSERT INTO sessions (id, domain_id, user_id, device, stay, created_at, expires_at,
             current_refresh, used, access, access_expires_at, device_name, device_system, last_address,
             last_used_at, fresh_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13, $6, $14)",
    )
    .bind(session.to_string())
    .bind(start.domain.to_string())
    .bind(start.user.to_string())
    .bind(start.device.to_string())
    .bind(i64::from(stay))
    .bind(now.0)
    .bind(now.plus(term).0)
    .bind(token::hash(&refresh))
    .bind(token::hash(&access))
    .bind(now.plus(i64::from(ACCESS_SECONDS)).0)
    .bind(name)
    .bind(system)
    .bind(address)
    .bind(now.plus(i64::from(FRESH_SECONDS)).0)
    .execute(&mut *write.on())
    .await?;
    remember(write.on(), session, &refresh, now).await?;
    Ok(Issued { session, access, refresh, stay, stay_seconds: seconds(term), locked: false })
}

/// Exchanges a refresh token.
pub(super) async fn renew(
    app: &App,
    presented: &Secret,
    device: Thumbprint,
    address: Option<IpAddr>,
) -> Result<Renewed, Refused> {
    let now = app.now();
    let presented = token::hash(presented);
    let known = find(app, &presented).await?.ok_or(Refused::from(Code::SessionOver))?;
    // A token in the hands of another device was stolen, even if its key was not.
    if known.device != device.to_string() {
        return Err(reused(app, app.store.write().await?, &known).await);
    }
    if switch::is_off(app, known.domain, known.user).await? {
        let mut write = app.store.write().await?;
        end_of(app, write.on(), known.domain, known.user, known.session).await?;
        write.commit().await?;
        return Err(Code::SessionOver.into());
    }
    let (access, refresh) = (token::new(app.random)?, token::new(app.random)?);
    let expires_at = if known.stay { now.plus(known.term) } else { known.expires_at };
    let address = devices::seal_address(app, known.domain, known.session, address).await?;

    let mut write = app.store.write().await?;
    // Both ways to exchange in one statement, so that nothing can come between looking and doing: the newest
    // token, or its predecessor while the newest is unused. Either way what was presented is the predecessor
    // of what is given out now.
    let exchanged = sqlx::query(
        "UPDATE sessions SET previous_refresh = $1, current_refresh = $2, used = 0, access = $3,
             access_expires_at = $4, expires_at = $5, last_used_at = $7,
             last_address = COALESCE($8, last_address)
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
    .bind(address)
    .execute(write.on())
    .await?;
    if exchanged.rows_affected() != 1 {
        return Err(reused(app, write, &known).await);
    }
    remember(write.on(), known.session, &refresh, now).await?;
    sqlx::query("DELETE FROM refresh_tokens WHERE session_id = $1 AND issued_at < $2")
        .bind(known.session.to_string())
        .bind(now.plus(-REMEMBER_SECONDS).0)
        .execute(write.on())
        .await?;
    write.commit().await?;

    let stay_seconds = seconds(expires_at.0.saturating_sub(now.0));
    let Known { session, stay, locked, .. } = known;
    let issued = Issued { session, access, refresh, stay, stay_seconds, locked };
    Ok(Renewed { domain: known.domain, user: known.user, issued })
}

/// Ends the session that a refresh token is of; whichever of its tokens it is, and however often.
pub(super) async fn end(app: &App, presented: &Secret, device: Thumbprint) -> Result<(), Refused> {
    let known = find(app, &token::hash(presented)).await?.ok_or(Refused::from(Code::SessionOver))?;
    let mut write = app.store.write().await?;
    end_of(app, write.on(), known.domain, known.user, known.session).await?;
    write.commit().await?;
    if known.device == device.to_string() { Ok(()) } else { Err(Code::SessionOver.into()) }
}

/// Devices of a domain stay signed in for so long from now on, and no more; at 0 not beyond a day. Their clients hear of
/// it at their next refresh.
pub(crate) async fn shorten(
    app: &App,
    on: &mut AnyConnection,
    domain: DomainId,
    stay_seconds: u32,
) -> Result<(), sqlx::Error> {
    let (term, stay) = if stay_seconds > 0 { (i64::from(stay_seconds), 1_i64) } else { (DAY_SECONDS, 0) };
    sqlx::query(
        "UPDATE sessions SET stay = $1, expires_at = CASE WHEN expires_at > $2 THEN $2 ELSE expires_at END
         WHERE domain_id = $3 AND stay = 1 AND ended_at IS NULL",
    )
    .bind(stay)
    .bind(app.now().plus(term).0)
    .bind(domain.to_string())
    .execute(on)
    .await?;
    Ok(())
}

/// Ends all sessions of a person, perhaps but for one, inside a transaction that the caller commits; says how many.
pub(crate) async fn end_all(
    app: &App,
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
    but: Option<SessionId>,
) -> Result<u32, Refused> {
    let rows = sqlx::query(
        "SELECT id FROM sessions WHERE domain_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > $3",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .bind(app.now().0)
    .fetch_all(&mut *on)
    .await?;
    let mut ended = 0;
    for row in rows {
        let session: SessionId = parsed(&row, "id")?;
        if Some(session) != but {
            ended += end_of(app, on, domain, user, session).await?;
        }
    }
    Ok(ended)
}

/// Ends one session of this person and tells its client, inside a transaction that the caller commits; says whether there
/// was one to end.
pub(super) async fn end_of(
    app: &App,
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
    session: SessionId,
) -> Result<u32, Refused> {
    let ended = sqlx::query(
        "UPDATE sessions SET ended_at = $1
         WHERE id = $2 AND domain_id = $3 AND user_id = $4 AND ended_at IS NULL",
    )
    .bind(app.now().0)
    .bind(session.to_string())
    .bind(domain.to_string())
    .bind(user.to_string())
    .execute(&mut *on)
    .await?;
    if ended.rows_affected() == 1 {
        events::tell(app, on, Event::session_over(domain, user, session)).await?;
        return Ok(1);
    }
    Ok(0)
}

/// Who a request with an access token is of, as the database says at this moment.
///
/// # Errors
/// [`Code::SessionLocked`] for a session that is locked.
pub(crate) async fn person(app: &App, parts: &Parts) -> Result<Person, Refused> {
    match found(app, parts).await? {
        (person, false) => Ok(person),
        (_, true) => Err(Code::SessionLocked.into()),
    }
}

/// The same for the little that a locked session is good for.
pub(crate) async fn person_even_if_locked(app: &App, parts: &Parts) -> Result<Person, Refused> {
    Ok(found(app, parts).await?.0)
}

/// Who, and whether their session is locked.
async fn found(app: &App, parts: &Parts) -> Result<(Person, bool), Refused> {
    let (device, token) = device::proven_with_access(app, parts)?;
    let access = token::hash(&token);
    let row = sqlx::query(
        "SELECT s.id, s.domain_id, s.user_id, s.device, s.used, s.expires_at, s.ended_at,
             s.access_expires_at, s.last_used_at, s.fresh_until, s.locked_at, u.role,
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
    let person = Person {
        user: parsed(&row, "user_id")?,
        domain: parsed(&row, "domain_id")?,
        role: stored_role(&row.try_get::<String, _>("role")?),
        session: parsed(&row, "id")?,
        fresh: row.try_get::<i64, _>("fresh_until")? > now,
    };
    let unused = row.try_get::<i64, _>("used")? == 0;
    let unseen = now.saturating_sub(row.try_get("last_used_at")?) >= SEEN_SECONDS;
    if (unused || unseen) && !seen(app, &person, &access, device::address(parts)).await? {
        return Err(Code::AccessExpired.into());
    }
    Ok((person, row.try_get::<Option<i64>, _>("locked_at")?.is_some()))
}

/// Marks the newest tokens as used, so that their predecessor dies, and notes when and where; false when they died first.
async fn seen(app: &App, person: &Person, access: &str, address: Option<IpAddr>) -> Result<bool, Refused> {
    let address = devices::seal_address(app, person.domain, person.session, address).await?;
    let mut write = app.store.write().await?;
    let used = sqlx::query(
        "UPDATE sessions SET used = 1, last_used_at = $1, last_address = COALESCE($2, last_address)
         WHERE id = $3 AND access = $4 AND ended_at IS NULL",
    )
    .bind(app.now().0)
    .bind(address)
    .bind(person.session.to_string())
    .bind(access)
    .execute(write.on())
    .await?;
    write.commit().await?;
    Ok(used.rows_affected() == 1)
}

/// Two hold the same token, or one holds what is long spent: the session ends, and the person hears why.
async fn reused(app: &App, mut write: Write, known: &Known) -> Refused {
    let ending = async {
        let ended = end_of(app, write.on(), known.domain, known.user, known.session).await?;
        // One that was over anyway can be held by anybody.
        if ended > 0 && known.expires_at > app.now() {
            let device = devices::name_of(app, write.on(), known.domain, known.session).await?;
            let recipient = Recipient { domain: known.domain, user: known.user };
            mail::post(app, &mut write, recipient, Letter::SessionEndedByReuse { device }).await?;
            tracing::warn!(session = %known.session, "a refresh token was used twice or elsewhere; the session is over");
        }
        write.commit().await?;
        Ok::<_, Refused>(())
    };
    match ending.await {
        Ok(()) => Code::SessionOver.into(),
        Err(refused) => refused,
    }
}

struct Known {
    session: SessionId,
    domain: DomainId,
    user: UserId,
    device: String,
    stay: bool,
    term: i64,
    expires_at: UnixSeconds,
    locked: bool,
}

async fn find(app: &App, refresh: &str) -> Result<Option<Known>, Refused> {
    let row = sqlx::query(
        "SELECT s.id, s.domain_id, s.user_id, s.device, s.stay, s.expires_at, s.locked_at, d.stay_seconds
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
        locked: row.try_get::<Option<i64>, _>("locked_at")?.is_some(),
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

fn seconds(term: i64) -> u32 {
    u32::try_from(term.max(0)).unwrap_or(u32::MAX)
}
