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
    pub(super) named: Named,
    pending: Option<Vec<u8>>,
}

/// Gives out a ticket for what comes after the password.
pub(super) async fn issue(
    app: &App,
    domain: DomainId,
    user: UserId,
    device: Thumbprint,
    step: Step,
    stay: bool,
    named: &Named,
) -> Result<Secret, Refused> {
    let ticket = token::new(app.random)?;
    let keys = app.keys.domain(domain).await?;
    let (name, system) = named.seal_for_ticket(app, &keys, &token::hash(&ticket))?;
    let mut write = app.store.write().await?;
    sqlx::query(
        "INSERT INTO tickets (hash, domain_id, user_id, device, step, stay, tries_left, expires_at,
             device_name, device_system)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(token::hash(&ticket))
    .bind(domain.to_string())
    .bind(user.to_string())
    .bind(device.to_string())
    .bind(step.as_str())
    .bind(i64::from(stay))
    .bind(TRIES)
    .bind(app.now().plus(SECONDS).0)
    .bind(name)
    .bind(system)
    .execute(write.on())
    .await?;
    write.commit().await?;
    Ok(ticket)
}

/// Finds a ticket. One of another device is none.
pub(super) async fn find(app: &App, ticket: &Secret, device: Thumbprint) -> Result<Option<Held>, Refused> {
    let hash = token::hash(ticket);
    let row = sqlx::query(
        "SELECT domain_id, user_id, step, stay, pending, device_name, device_system FROM tickets
         WHERE hash = $1 AND device = $2 AND expires_at > $3 AND tries_left > 0",
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
        pending: row.try_get("pending")?,
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
