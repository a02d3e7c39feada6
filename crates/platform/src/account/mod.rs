//! People's accounts.

mod add;
pub mod letters;
pub mod list;
pub mod locks;
pub mod lost;
pub mod second_step;
mod words;

use polder_wire::rights::Role;
use polder_wire::sign_in::{Me, WhoAmI as WhoAmIEndpoint};
use polder_wire::{Code, DomainId, Nothing, SessionId, UserId};
use sqlx::Row;

pub(crate) use add::Ready;
pub use add::{AddError, NewPerson, add, add_person};
pub use words::{Email, PersonName};

use crate::App;
use crate::domains;
use crate::http::Refused;
use crate::rights::{Authorized, Person, WhoAmI, role_from};
use crate::store::seal::DomainKeys;
use crate::store::{Column, OpenError};

pub(crate) const EMAIL: Column = Column::new("users", "email");
pub(crate) const NAME: Column = Column::new("users", "name");

/// `GET /api/v1/me`.
///
/// # Errors
/// When the account is gone.
pub async fn me(who: Authorized<WhoAmI>, app: App, _: WhoAmIEndpoint, _: Nothing) -> Result<Me, Refused> {
    let Person { user, domain, session, .. } = who.person();
    describe(&app, domain, user, session).await
}

/// Who somebody is, in words.
pub(crate) async fn describe(
    app: &App,
    domain: DomainId,
    user: UserId,
    session: SessionId,
) -> Result<Me, Refused> {
    let row = sqlx::query(
        "SELECT u.name, u.email, u.role, d.name AS domain_name, s.user_id AS second_step
         FROM users u JOIN domains d ON d.id = u.domain_id
         LEFT JOIN second_steps s ON s.domain_id = u.domain_id AND s.user_id = u.id
         WHERE u.domain_id = $1 AND u.id = $2",
    )
    .bind(domain.to_string())
    .bind(user.to_string())
    .fetch_optional(app.store.pool())
    .await?
    .ok_or(Refused::from(Code::SessionOver))?;
    let keys = app.keys.domain(domain).await?;
    let id = user.to_string();
    Ok(Me {
        user,
        session,
        name: NAME.open_text(&keys, &id, &row.try_get::<Vec<u8>, _>("name")?)?,
        email: EMAIL.open_text(&keys, &id, &row.try_get::<Vec<u8>, _>("email")?)?,
        domain,
        domain_name: domains::open_name(&keys, domain, &row.try_get::<Vec<u8>, _>("domain_name")?)?,
        role: stored_role(&row.try_get::<String, _>("role")?),
        second_step: row.try_get::<Option<String>, _>("second_step")?.is_some(),
    })
}

/// A role as the database holds it. The column takes nothing else; if it did, the least is the safe side.
pub(crate) fn stored_role(text: &str) -> Role {
    role_from(text).unwrap_or(Role::Viewer)
}

/// What role somebody has in a domain; none where it has nobody like that.
pub(crate) async fn role_of(app: &App, domain: DomainId, user: UserId) -> Result<Option<Role>, sqlx::Error> {
    let row = sqlx::query("SELECT role FROM users WHERE domain_id = $1 AND id = $2")
        .bind(domain.to_string())
        .bind(user.to_string())
        .fetch_optional(app.store.pool())
        .await?;
    // One that does not read must not make somebody stand lower than they do.
    row.map(|row| Ok(role_from(&row.try_get::<String, _>("role")?).unwrap_or(Role::Manager))).transpose()
}

/// Opens a person's name.
pub(crate) fn open_name(keys: &DomainKeys, user: UserId, sealed: &[u8]) -> Result<String, OpenError> {
    NAME.open_text(keys, &user.to_string(), sealed)
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    if let Ok(email) = Email::new(text) {
        let text = email.as_str();
        assert!(
            text.contains('@') && !text.contains(|c: char| c.is_whitespace() || c.is_control()),
            "{text:?}"
        );
        assert_eq!(Email::new(text).ok().as_ref().map(Email::as_str), Some(text), "it reads back");
    }
    if let Ok(name) = PersonName::new(text) {
        assert_eq!(PersonName::new(name.as_str()).ok().as_ref(), Some(&name), "it reads back");
    }
}
