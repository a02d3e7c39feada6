//! A person's second step: a sealed TOTP key, and the newest time step that was used.

use polder_wire::{DomainId, UnixSeconds, UserId};
use sqlx::{AnyConnection, Row};
use zeroize::Zeroizing;

use crate::http::Refused;
use crate::store::seal::{DomainKeys, SealError};
use crate::store::{Column, StoreError};
use crate::{App, Random};

const SECRET: Column = Column::new("second_steps", "secret");

/// Before any step of TOTP time: no code was used yet.
pub(crate) const NEVER: i64 = -1;

/// A second step that is in force.
pub(crate) struct Active {
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) last_step: i64,
}

/// A second step to put in force.
pub(crate) struct Set {
    pub(crate) domain: DomainId,
    pub(crate) user: UserId,
    /// The step whose code proved it, or [`NEVER`].
    pub(crate) last_step: i64,
    pub(crate) at: UnixSeconds,
}

/// A second step could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetError {
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

impl From<SetError> for Refused {
    fn from(error: SetError) -> Self {
        Self::internal(&error)
    }
}

impl From<SetError> for crate::account::AddError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Seal(error) => Self::Seal(error),
            SetError::Sql(error) => Self::Store(StoreError::Sql(error)),
        }
    }
}

pub(super) async fn find(
    app: &App,
    keys: &DomainKeys,
    domain: DomainId,
    user: UserId,
) -> Result<Option<Active>, Refused> {
    let row = sqlx::query("SELECT secret, last_step FROM second_steps WHERE domain_id = $1 AND user_id = $2")
        .bind(domain.to_string())
        .bind(user.to_string())
        .fetch_optional(app.store.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let sealed: Vec<u8> = row.try_get("secret")?;
    let key = SECRET.open(keys, &user.to_string(), &sealed)?;
    Ok(Some(Active { key, last_step: row.try_get("last_step")? }))
}

/// Puts a second step in force; false when the person has one.
pub(crate) async fn insert(
    on: &mut AnyConnection,
    keys: &DomainKeys,
    set: &Set,
    key: &[u8],
    random: Random,
) -> Result<bool, SetError> {
    let row = set.user.to_string();
    let sealed = SECRET.seal(keys, &row, key, random)?;
    let added = sqlx::query(
        "INSERT INTO second_steps (domain_id, user_id, secret, last_step, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (domain_id, user_id) DO NOTHING",
    )
    .bind(set.domain.to_string())
    .bind(row)
    .bind(sealed)
    .bind(set.last_step)
    .bind(set.at.0)
    .execute(on)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Puts a second step in force in place of any before.
pub(crate) async fn replace(
    on: &mut AnyConnection,
    keys: &DomainKeys,
    set: &Set,
    key: &[u8],
    random: Random,
) -> Result<(), SetError> {
    delete(&mut *on, set.domain, set.user).await?;
    // In this transaction nobody else puts one there: the row that is deleted, or its key, is held until it ends.
    insert(on, keys, set, key, random).await?;
    Ok(())
}

/// Removes somebody's second step; false when there was none.
pub(crate) async fn delete(
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query("DELETE FROM second_steps WHERE domain_id = $1 AND user_id = $2")
        .bind(domain.to_string())
        .bind(user.to_string())
        .execute(on)
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Uses a step once: of two requests with the same code, at most one comes back with true.
pub(super) async fn use_step(
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
    step: i64,
) -> Result<bool, sqlx::Error> {
    let used = sqlx::query(
        "UPDATE second_steps SET last_step = $1 WHERE domain_id = $2 AND user_id = $3 AND last_step < $1",
    )
    .bind(step)
    .bind(domain.to_string())
    .bind(user.to_string())
    .execute(on)
    .await?;
    Ok(used.rows_affected() == 1)
}
