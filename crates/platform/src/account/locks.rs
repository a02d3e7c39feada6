//! What a manager does for somebody who is locked out, or must not come in.

use polder_wire::manage::{Switch, SwitchLogins as SwitchEndpoint, Unlock as UnlockEndpoint};
use polder_wire::{Code, DomainId, Nothing, UserId};
use sqlx::Row;

use crate::App;
use crate::http::Refused;
use crate::login::guessing;
use crate::login::switch::{self, Scope};
use crate::rights::{Authorized, SwitchLogins, UnlockPerson};
use crate::store::StoreError;

/// `POST /api/v1/people/{person}/unlock`.
///
/// # Errors
/// [`Code::NotFound`] where the domain has nobody like that.
pub async fn unlock(
    leave: Authorized<UnlockPerson>,
    app: App,
    _: UnlockEndpoint,
    _: Nothing,
) -> Result<Nothing, Refused> {
    if !forget_wrong_tries(&app, Some(leave.actor().domain), leave.subject()).await? {
        return Err(Code::NotFound.into());
    }
    tracing::info!(by = %leave.actor().user, user = %leave.subject(), "a manager unlocked an account");
    Ok(Nothing {})
}

/// `POST /api/v1/people/{person}/logins`.
///
/// # Errors
/// [`Code::NotFound`] where the domain has nobody like that.
pub async fn switch(
    leave: Authorized<SwitchLogins>,
    app: App,
    _: SwitchEndpoint,
    body: Switch,
) -> Result<Nothing, Refused> {
    let known = email_hash(&app, Some(leave.actor().domain), leave.subject()).await?.is_some();
    if !known || !switch::set(&app, Scope::Person(leave.subject()), body.on).await? {
        return Err(Code::NotFound.into());
    }
    tracing::info!(by = %leave.actor().user, user = %leave.subject(), on = body.on, "a manager switched signing in");
    Ok(Nothing {})
}

/// Lifts the lock from somebody's account; false when there is nobody like that in the domain, or anywhere.
///
/// # Errors
/// When the database fails.
pub async fn forget_wrong_tries(
    app: &App,
    domain: Option<DomainId>,
    user: UserId,
) -> Result<bool, StoreError> {
    let Some(email_hash) = email_hash(app, domain, user).await? else { return Ok(false) };
    let mut write = app.store.write().await?;
    guessing::lift(write.on(), &email_hash).await?;
    write.commit().await?;
    Ok(true)
}

async fn email_hash(
    app: &App,
    domain: Option<DomainId>,
    user: UserId,
) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query("SELECT email_hash FROM users WHERE id = $1 AND ($2 = '' OR domain_id = $2)")
        .bind(user.to_string())
        .bind(domain.map(|domain| domain.to_string()).unwrap_or_default())
        .fetch_optional(app.store.pool())
        .await?;
    row.map(|row| row.try_get("email_hash")).transpose()
}
