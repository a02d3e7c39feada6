//! A second step that somebody lost, recovery codes and all.
//!
//! Whoever takes it away must not get in by that, nor must whoever has only the password. So the password goes with it,
//! and a letter brings a code with which the person begins anew, as at first: a new password, and a second step where the
//! domain asks for one. It is no weaker than to keep the password and to ask for a code from a letter besides: who reads
//! the person's letters can set the password anyway. And it needs no other way in than the one that everybody knows.

use polder_wire::manage::TakeSecondStep as TakeEndpoint;
use polder_wire::{Code, DomainId, Nothing, UserId};

use crate::App;
use crate::http::Refused;
use crate::login::{recovery, second_step, session};
use crate::mail::Recipient;
use crate::password::code;
use crate::rights::{Authorized, TakeSecondStep};
use crate::store::parsed;

/// Who takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A manager of this domain: not from another manager (B17).
    ManagerOf(DomainId),
    /// An operator, from anybody.
    Operator,
}

/// `POST /api/v1/people/{person}/second-step/remove`.
///
/// # Errors
/// [`Code::NotFound`] where the domain has nobody like that; [`Code::NotAllowed`] for a manager's;
/// [`Code::SecondStepAbsent`].
pub async fn take(
    leave: Authorized<TakeSecondStep>,
    app: App,
    _: TakeEndpoint,
    _: Nothing,
) -> Result<Nothing, Refused> {
    take_away(&app, leave.subject(), By::ManagerOf(leave.actor().domain)).await?;
    tracing::warn!(by = %leave.actor().user, user = %leave.subject(), "a manager took a second step away");
    Ok(Nothing {})
}

/// Takes somebody's second step away, and with it recovery codes, password, sessions and sign-ins under way; the letter
/// with the code is posted in the same transaction.
///
/// # Errors
/// As [`take`]; then nothing changed.
pub async fn take_away(app: &App, user: UserId, by: By) -> Result<(), Refused> {
    let (within, spares_managers) = match by {
        By::ManagerOf(domain) => (domain.to_string(), 1_i64),
        By::Operator => (String::new(), 0),
    };
    let mut write = app.store.write().await?;
    let found = sqlx::query("SELECT domain_id FROM users WHERE id = $1 AND ($2 = '' OR domain_id = $2)")
        .bind(user.to_string())
        .bind(within)
        .fetch_optional(write.on())
        .await?
        .ok_or(Refused::from(Code::NotFound))?;
    let domain: DomainId = parsed(&found, "domain_id")?;
    let (row_domain, row_user) = (domain.to_string(), user.to_string());
    let to = Recipient { domain, user };
    // In the order in which sign-ins take these rows, so that neither waits for the other for ever. The password before
    // all that stands on it: a sign-in that is just beyond it holds the row until its ticket is there to be found.
    code::take_back(&mut write, to).await?;
    let gone = sqlx::query(
        "UPDATE users SET password_hash = '' WHERE domain_id = $1 AND id = $2 AND ($3 = 0 OR role <> 'manager')",
    )
    .bind(row_domain.as_str())
    .bind(row_user.as_str())
    .bind(spares_managers)
    .execute(write.on())
    .await?;
    if gone.rows_affected() != 1 {
        return Err(Code::NotAllowed.into());
    }
    sqlx::query("DELETE FROM second_step_changes WHERE domain_id = $1 AND user_id = $2")
        .bind(row_domain.as_str())
        .bind(row_user.as_str())
        .execute(write.on())
        .await?;
    if !second_step::delete(write.on(), domain, user).await? {
        return Err(Code::SecondStepAbsent.into());
    }
    recovery::delete(write.on(), &row_domain, &row_user).await?;
    sqlx::query("DELETE FROM tickets WHERE domain_id = $1 AND user_id = $2")
        .bind(row_domain.as_str())
        .bind(row_user.as_str())
        .execute(write.on())
        .await?;
    session::end_all(app, write.on(), domain, user, None).await?;
    code::begin_anew(app, &mut write, to).await?;
    Ok(write.commit().await?)
}
