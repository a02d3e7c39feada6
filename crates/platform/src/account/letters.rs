//! The code for a first password, once more.

use polder_wire::manage::SendLetter as SendEndpoint;
use polder_wire::{Code, Nothing};
use sqlx::Row;

use crate::App;
use crate::domains;
use crate::http::Refused;
use crate::mail::Recipient;
use crate::password::code;
use crate::rights::{Authorized, SendLetter};

/// `POST /api/v1/people/{person}/letter`.
///
/// # Errors
/// [`Code::NotFound`] where the domain has nobody like that; [`Code::PasswordThere`].
pub async fn send(
    leave: Authorized<SendLetter>,
    app: App,
    _: SendEndpoint,
    _: Nothing,
) -> Result<Nothing, Refused> {
    let (domain, user) = (leave.actor().domain, leave.subject());
    let (row_domain, row_user) = (domain.to_string(), user.to_string());
    let keys = app.keys.domain(domain).await?;
    let mut write = app.store.write().await?;
    // It changes nothing and holds the row: nobody sets a password while this goes on.
    let waits = sqlx::query(
        "UPDATE users SET password_hash = '' WHERE domain_id = $1 AND id = $2 AND password_hash = ''",
    )
    .bind(row_domain.as_str())
    .bind(row_user.as_str())
    .execute(write.on())
    .await?;
    let found = sqlx::query(
        "SELECT d.name, CASE WHEN EXISTS (SELECT 1 FROM known_devices k WHERE k.domain_id = $1 AND k.user_id = $2)
             OR EXISTS (SELECT 1 FROM sessions s WHERE s.domain_id = $1 AND s.user_id = $2)
             THEN 1 ELSE 0 END AS was_here
         FROM users u JOIN domains d ON d.id = u.domain_id WHERE u.domain_id = $1 AND u.id = $2",
    )
    .bind(row_domain)
    .bind(row_user)
    .fetch_optional(write.on())
    .await?
    .ok_or(Refused::from(Code::NotFound))?;
    if waits.rows_affected() != 1 {
        return Err(Code::PasswordThere.into());
    }
    let to = Recipient { domain, user };
    code::take_back(&mut write, to).await?;
    if found.try_get::<i64, _>("was_here")? != 0 {
        code::begin_anew(&app, &mut write, to).await?;
    } else {
        let name = domains::open_name(&keys, domain, &found.try_get::<Vec<u8>, _>("name")?)?;
        code::invite(&app, &mut write, to, &name).await?;
    }
    write.commit().await?;
    tracing::info!(by = %leave.actor().user, %user, "a manager sent a code for a first password anew");
    Ok(Nothing {})
}
