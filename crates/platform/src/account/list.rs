//! Who is in a domain, for its managers.

use polder_wire::people::{
    Colleague, ListPeople as First, ListPeopleAfter as After, PEOPLE_ON_A_PAGE, PeoplePage,
};
use polder_wire::{DomainId, Nothing, UnixSeconds, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{EMAIL, open_name, stored_role};
use crate::App;
use crate::http::Refused;
use crate::login::guessing;
use crate::rights::{Authorized, ListPeople};
use crate::store::parsed;
use crate::store::seal::DomainKeys;

/// `GET /api/v1/people`.
///
/// # Errors
/// When the database fails.
pub async fn first(
    leave: Authorized<ListPeople>,
    app: App,
    _: First,
    _: Nothing,
) -> Result<PeoplePage, Refused> {
    page(&app, leave.person().domain, None).await
}

/// `GET /api/v1/people/after/{person}`. Somebody who is gone by now, or never was, still stands between two others.
///
/// # Errors
/// When the database fails.
pub async fn after(
    leave: Authorized<ListPeople>,
    app: App,
    at: After,
    _: Nothing,
) -> Result<PeoplePage, Refused> {
    page(&app, leave.person().domain, Some(at.person)).await
}

async fn page(app: &App, domain: DomainId, after: Option<UserId>) -> Result<PeoplePage, Refused> {
    let now = app.now();
    let keys = app.keys.domain(domain).await?;
    let total: i64 = sqlx::query("SELECT COUNT(*) AS total FROM users WHERE domain_id = $1")
        .bind(domain.to_string())
        .fetch_one(app.store.pool())
        .await?
        .try_get("total")?;
    // Names are sealed, so the database cannot sort by them: by id they have an order that a page can begin in.
    let rows = sqlx::query(
        "SELECT u.id, u.name, u.email, u.role, u.logins_off_at, g.free_at, g.in_a_row, s.user_id AS second_step,
             CASE WHEN u.password_hash = '' THEN 1 ELSE 0 END AS invited,
             (SELECT MAX(c.expires_at) FROM password_codes c
              WHERE c.domain_id = u.domain_id AND c.user_id = u.id AND c.expires_at > $1) AS code_until,
             (SELECT MAX(e.last_used_at) FROM sessions e
              WHERE e.domain_id = u.domain_id AND e.user_id = u.id) AS session_used,
             (SELECT MAX(k.used_at) FROM known_devices k
              WHERE k.domain_id = u.domain_id AND k.user_id = u.id) AS device_used
         FROM users u
         LEFT JOIN second_steps s ON s.domain_id = u.domain_id AND s.user_id = u.id
         LEFT JOIN guesses g ON g.subject = 'account:' || u.email_hash
         WHERE u.domain_id = $2 AND u.id > $3 ORDER BY u.id LIMIT $4",
    )
    .bind(now.0)
    .bind(domain.to_string())
    .bind(after.map(|person| person.to_string()).unwrap_or_default())
    // One more than a page holds tells whether there is another.
    .bind(i64::try_from(PEOPLE_ON_A_PAGE + 1).unwrap_or(i64::MAX))
    .fetch_all(app.store.pool())
    .await?;
    let more = rows.len() > PEOPLE_ON_A_PAGE;
    let people = rows
        .iter()
        .take(PEOPLE_ON_A_PAGE)
        .map(|row| colleague(&keys, row, now))
        .collect::<Result<Vec<_>, Refused>>()?;
    let next = people.last().filter(|_| more).map(|last| last.user);
    Ok(PeoplePage { people, total: u32::try_from(total).unwrap_or(u32::MAX), next })
}

fn colleague(keys: &DomainKeys, row: &AnyRow, now: UnixSeconds) -> Result<Colleague, Refused> {
    let user: UserId = parsed(row, "id")?;
    let number = |column: &str| row.try_get::<Option<i64>, _>(column);
    let seen = number("session_used")?.max(number("device_used")?);
    let wrong_tries = number("free_at")?.zip(number("in_a_row")?);
    Ok(Colleague {
        user,
        name: open_name(keys, user, &row.try_get::<Vec<u8>, _>("name")?)?,
        email: EMAIL.open_text(keys, &user.to_string(), &row.try_get::<Vec<u8>, _>("email")?)?,
        role: stored_role(&row.try_get::<String, _>("role")?),
        invited: row.try_get::<i64, _>("invited")? != 0,
        code_until: number("code_until")?.map(UnixSeconds),
        off: number("logins_off_at")?.is_some(),
        second_step: row.try_get::<Option<String>, _>("second_step")?.is_some(),
        closed: wrong_tries.and_then(|(free_at, in_a_row)| guessing::closed(free_at, in_a_row, now)),
        // Sessions from before this was counted have a zero.
        last_seen: seen.filter(|at| *at > 0).map(UnixSeconds),
    })
}
