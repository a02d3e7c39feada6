//! Signing in, switched off at once: for everybody, for a domain, for one person (R57).
//!
//! The switch is looked at with every request and every exchange of tokens, so that a sign-in that was under way when it
//! was thrown comes to nothing, on whichever node.

use polder_wire::{Code, DomainId, UserId};
use sqlx::{AnyConnection, Row};

use crate::App;
use crate::http::Refused;
use crate::store::parsed;

use super::session;

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody in every domain.
    Platform,
    /// Everybody in one domain.
    Domain(DomainId),
    /// One person.
    Person(UserId),
}

/// Switches signing in off or on; off ends all sessions at once and tells their clients. False when there is no such
/// domain or person.
///
/// # Errors
/// When the database fails; then nothing changed.
pub async fn set(app: &App, scope: Scope, on: bool) -> Result<bool, Refused> {
    let now = app.now().0;
    let off_at = (!on).then_some(now);
    let mut write = app.store.write().await?;
    let changed = match scope {
        Scope::Platform => platform(write.on(), on, now).await?,
        Scope::Domain(domain) => {
            let done = sqlx::query("UPDATE domains SET logins_off_at = $1 WHERE id = $2")
                .bind(off_at)
                .bind(domain.to_string())
                .execute(write.on())
                .await?;
            done.rows_affected() == 1
        }
        Scope::Person(user) => {
            let done = sqlx::query("UPDATE users SET logins_off_at = $1 WHERE id = $2")
                .bind(off_at)
                .bind(user.to_string())
                .execute(write.on())
                .await?;
            done.rows_affected() == 1
        }
    };
    if changed && !on {
        end_sessions(app, write.on(), scope).await?;
    }
    write.commit().await?;
    if changed {
        tracing::warn!(?scope, on, "signing in was switched");
    }
    Ok(changed)
}

async fn end_sessions(app: &App, on: &mut AnyConnection, scope: Scope) -> Result<(), Refused> {
    let (domain, user) = match scope {
        Scope::Platform => (String::new(), String::new()),
        Scope::Domain(domain) => (domain.to_string(), String::new()),
        Scope::Person(user) => (String::new(), user.to_string()),
    };
    let people = sqlx::query(
        "SELECT DISTINCT domain_id, user_id FROM sessions
         WHERE ended_at IS NULL AND ($1 = '' OR domain_id = $1) AND ($2 = '' OR user_id = $2)",
    )
    .bind(domain)
    .bind(user)
    .fetch_all(&mut *on)
    .await?;
    for row in people {
        session::end_all(app, on, parsed(&row, "domain_id")?, parsed(&row, "user_id")?, None).await?;
    }
    Ok(())
}

async fn platform(connection: &mut AnyConnection, on: bool, now: i64) -> Result<bool, sqlx::Error> {
    if on {
        sqlx::query("DELETE FROM platform_switches WHERE name = 'logins-off'").execute(connection).await?;
    } else {
        sqlx::query(
            "INSERT INTO platform_switches (name, set_at) VALUES ('logins-off', $1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(now)
        .execute(connection)
        .await?;
    }
    Ok(true)
}

/// Refuses where signing in is off for everybody. It is asked before anything about a name is.
pub(super) async fn refuse_if_off_for_all(app: &App) -> Result<(), Refused> {
    let off = sqlx::query("SELECT set_at FROM platform_switches WHERE name = 'logins-off'")
        .fetch_optional(app.store.pool())
        .await?;
    if off.is_some() { Err(Code::LoginsOff.into()) } else { Ok(()) }
}

/// Whether signing in is off for somebody, by any of the three switches. What it answers is told only to who brought the
/// right password.
pub(crate) async fn is_off(app: &App, domain: DomainId, user: UserId) -> Result<bool, sqlx::Error> {
    let row = sqlx::query(
        "SELECT CASE WHEN u.logins_off_at IS NOT NULL OR d.logins_off_at IS NOT NULL
             OR EXISTS (SELECT 1 FROM platform_switches WHERE name = 'logins-off') THEN 1 ELSE 0 END AS off_now
         FROM users u JOIN domains d ON d.id = u.domain_id WHERE u.domain_id = $1 AND u.id = $2",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .fetch_optional(app.store.pool())
    .await?;
    row.map_or(Ok(true), |row| Ok(row.try_get::<i64, _>("off_now")? != 0))
}
