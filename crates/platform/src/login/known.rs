//! Devices that completed a sign-in to an account. What strangers guess does not keep them waiting (B7).
//!
//! A device calls itself something random to each account, always the same. That is no credential: whoever has it gets
//! a count of wrong tries of their own, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use polder_wire::{Code, DomainId, Secret, UnixSeconds, UserId};
use sqlx::AnyConnection;

use super::token;
use crate::App;
use crate::http::Refused;

/// An account knows so many; the one that was away longest gives way.
const MOST: i64 = 20;

/// What the database keeps of what a device calls itself.
pub(super) fn hash(known_as: Option<&Secret>) -> Result<Option<String>, Refused> {
    let Some(known_as) = known_as else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(known_as.expose()).unwrap_or_default();
    if bytes.len() == 32 { Ok(Some(token::hash(known_as))) } else { Err(Code::Malformed.into()) }
}

/// Whether an account knows a device. A name that nobody has knows none.
pub(super) async fn is_known(app: &App, email_hash: &str, hash: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query(
        "SELECT k.hash FROM known_devices k JOIN users u ON u.domain_id = k.domain_id AND u.id = k.user_id
         WHERE k.hash = $1 AND u.email_hash = $2",
    )
    .bind(hash)
    .bind(email_hash)
    .fetch_optional(app.store.pool())
    .await?;
    Ok(row.is_some())
}

/// Remembers a device that just completed a sign-in.
pub(super) async fn remember(
    on: &mut AnyConnection,
    domain: DomainId,
    user: UserId,
    hash: &str,
    now: UnixSeconds,
) -> Result<(), sqlx::Error> {
    let (domain, user) = (domain.to_string(), user.to_string());
    sqlx::query(
        "INSERT INTO known_devices (domain_id, user_id, hash, used_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (domain_id, user_id, hash) DO UPDATE SET used_at = $4",
    )
    .bind(domain.as_str())
    .bind(user.as_str())
    .bind(hash)
    .bind(now.0)
    .execute(&mut *on)
    .await?;
    sqlx::query(
        "DELETE FROM known_devices WHERE domain_id = $1 AND user_id = $2 AND hash NOT IN (
             SELECT hash FROM known_devices WHERE domain_id = $1 AND user_id = $2
             ORDER BY used_at DESC, hash LIMIT $3)",
    )
    .bind(domain)
    .bind(user)
    .bind(MOST)
    .execute(on)
    .await?;
    Ok(())
}

/// Knows a device no more, at whatever account.
pub(super) async fn forget(on: &mut AnyConnection, hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM known_devices WHERE hash = $1").bind(hash).execute(on).await?;
    Ok(())
}
