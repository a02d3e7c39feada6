use polder_wire::{DomainId, Secret, UserId};
use sqlx::{AnyConnection, Row};
use zeroize::Zeroizing;

use super::devices::Named;
use super::proof::Thumbprint;
use super::token;
use crate::App;
use crate::http::Refused;
use crate::store::seal::DomainKeys;
use crate::store::{Column, OpenError, parsed};

/// How long a sign-in may take after the password.
const SECONDS: i64 = 5 * 60;
/// How many codes may be tried.
const TRIES: i64 = 5;

const PENDING: Column = Column::new("tickets", "pending");

/// What the sign-in waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The code of the person's second step.
    Code,
    /// The enrolment of one.
    Enrol,
}

impl Step {
    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Enrol => "enrol",
        }
    }
}

/// A ticket that is good: known, in time, of this device.
pub(super) struct Held {
    hash: String,
    pub(super) domain: DomainId,
    pub(super) user: UserId,
    pub(super) step: Step,
    pub(super) stay: bool,
    /// The hash of what the device called itself.
    pub(super) known_as: Option<String>,
    pub(super) email_hash: String,
    pub(super) named: Named,
    pending: Option<Vec<u8>>,
    stray: Option<Stray>,
}

/// What a wrong code would have been right for: its step, and the step at which it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stray {
    pub(super) step: i64,
    pub(super) at: i64,
}

/// For whom a ticket is.
pub(super) struct New {
    pub(super) domain: DomainId,
    pub(super) user: UserId,
    pub(super) device: Thumbprint,
    pub(super) step: Step,
    pub(super) stay: bool,
    pub(super) named: Named,
    pub(super) known_as: Option<String>,
}

/// Gives out a ticket for what comes after the password, in the caller's transaction.
pub(super) async fn issue(
    app: &App,
    on: &mut AnyConnection,
    keys: &DomainKeys,
    new: New,
) -> Result<Secret, Refused> {
    let ticket = token::new(app.random)?;
    let (name, system) = new.named.seal_for_ticket(app, keys, &token::hash(&ticket))?;
    sqlx::query(
        "INSERT INTO tickets (hash, domain_id, user_id, device, step, stay, tries_left, expires_at,
             device_name, device_system, known_as)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(token::hash(&ticket))
    .bind(new.domain.to_string())
    .bind(new.user.to_string())
    .bind(new.device.to_string())
    .bind(new.step.as_str())
    .bind(i64::from(new.stay))
    .bind(TRIES)
    .bind(app.now().plus(SECONDS).0)
    .bind(name)
    .bind(system)
    .bind(new.known_as)
    .execute(on)
    .await?;
    Ok(ticket)
}

/// Finds a ticket. One of another device is none.
pub(super) async fn find(app: &App, ticket: &Secret, device: Thumbprint) -> Result<Option<Held>, Refused> {
    let hash = token::hash(ticket);
    let row = sqlx::query(
        "SELECT t.domain_id, t.user_id, t.step, t.stay, t.pending, t.known_as, t.stray_step, t.stray_at,
             t.device_name, t.device_system, u.email_hash
         FROM tickets t JOIN users u ON u.domain_id = t.domain_id AND u.id = t.user_id
         WHERE t.hash = $1 AND t.device = $2 AND t.expires_at > $3 AND t.tries_left > 0",
    )
    .bind(hash.as_str())
    .bind(device.to_string())
    .bind(app.now().0)
    .fetch_optional(app.store.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let step =
        if row.try_get::<String, _>("step")? == Step::Enrol.as_str() { Step::Enrol } else { Step::Code };
    let domain = parsed(&row, "domain_id")?;
    let keys = app.keys.domain(domain).await?;
    let sealed = (row.try_get("device_name")?, row.try_get("device_system")?);
    Ok(Some(Held {
        named: Named::of_ticket(&keys, &hash, sealed)?,
        hash,
        domain,
        user: parsed(&row, "user_id")?,
        step,
        stay: row.try_get::<i64, _>("stay")? != 0,
        known_as: row.try_get("known_as")?,
        email_hash: row.try_get("email_hash")?,
        pending: row.try_get("pending")?,
        stray: match (row.try_get("stray_step")?, row.try_get("stray_at")?) {
            (Some(step), Some(at)) => Some(Stray { step, at }),
            _ => None,
        },
    }))
}

/// Pays for one try; false when none is left or the time is over.
pub(super) async fn charge(app: &App, held: &Held) -> Result<bool, Refused> {
    let mut write = app.store.write().await?;
    let paid = sqlx::query(
        "UPDATE tickets SET tries_left = tries_left - 1
         WHERE hash = $1 AND tries_left > 0 AND expires_at > $2",
    )
    .bind(held.hash.as_str())
    .bind(app.now().0)
    .execute(write.on())
    .await?;
    write.commit().await?;
    Ok(paid.rows_affected() == 1)
}

/// Keeps what a wrong code would have been right for; and answers how many steps the authenticator is ahead, when this
/// code and the one before belong together: two of one key, as far from their times. Who guesses does not hit that, so it
/// tells nothing to whoever does. It is written in any case: how long it takes tells nothing either.
pub(super) async fn keep_stray(app: &App, held: &Held, stray: Option<Stray>) -> Result<Option<i64>, Refused> {
    let mut write = app.store.write().await?;
    sqlx::query("UPDATE tickets SET stray_step = $1, stray_at = $2 WHERE hash = $3")
        .bind(stray.map(|stray| stray.step))
        .bind(stray.map(|stray| stray.at))
        .bind(held.hash.as_str())
        .execute(write.on())
        .await?;
    write.commit().await?;
    let (Some(before), Some(now)) = (held.stray, stray) else { return Ok(None) };
    let apart = (now.step - now.at) - (before.step - before.at);
    Ok((now.step != before.step && (-1..=1).contains(&apart)).then_some(now.step - now.at))
}

/// Keeps a key that waits for its first code; false when the ticket is gone.
pub(super) async fn keep_pending(
    app: &App,
    held: &Held,
    keys: &DomainKeys,
    key: &[u8],
) -> Result<bool, Refused> {
    let sealed = PENDING.seal(keys, &held.hash, key, app.random)?;
    let mut write = app.store.write().await?;
    let kept = sqlx::query("UPDATE tickets SET pending = $1 WHERE hash = $2")
        .bind(sealed)
        .bind(held.hash.as_str())
        .execute(write.on())
        .await?;
    write.commit().await?;
    Ok(kept.rows_affected() == 1)
}

/// The key that waits for its first code.
pub(super) fn pending(held: &Held, keys: &DomainKeys) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
    held.pending.as_ref().map(|sealed| PENDING.open(keys, &held.hash, sealed)).transpose()
}

/// Ends the ticket; false when somebody else did.
pub(super) async fn use_up(on: &mut AnyConnection, held: &Held) -> Result<bool, sqlx::Error> {
    let gone =
        sqlx::query("DELETE FROM tickets WHERE hash = $1").bind(held.hash.as_str()).execute(on).await?;
    Ok(gone.rows_affected() == 1)
}
