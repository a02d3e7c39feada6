//! The SQL of projects. The domain stands in every condition.

use polder_wire::{DomainId, ProjectId};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::App;
use crate::http::Refused;
use crate::rights::{OthersAccess, Person, ProjectFacts, access_from, role_text};
use crate::store::parsed;

/// What the rules look at in a project; none when this domain has no such project.
pub(crate) async fn facts(
    app: &App,
    person: &Person,
    project: ProjectId,
) -> Result<Option<ProjectFacts>, Refused> {
    let row = sqlx::query(
        "SELECT p.domain_id, p.owner_id, p.owner_access, p.others_access, g.access AS granted
         FROM projects p
         LEFT JOIN project_grants g
             ON g.domain_id = p.domain_id AND g.project_id = p.id AND g.user_id = $2
         WHERE p.domain_id = $1 AND p.id = $3",
    )
    .bind(person.domain.to_string())
    .bind(person.user.to_string())
    .bind(project.to_string())
    .fetch_optional(app.store.pool())
    .await?;
    row.map(|row| facts_of(&row)).transpose()
}

/// Reads the facts of a row that has these columns.
pub(super) fn facts_of(row: &AnyRow) -> Result<ProjectFacts, Refused> {
    let access = |text: String| access_from(&text);
    let granted: Option<String> = row.try_get("granted")?;
    let others: String = row.try_get("others_access")?;
    Ok(ProjectFacts {
        domain: parsed(row, "domain_id")?,
        owner: parsed(row, "owner_id")?,
        // The columns take nothing else; if they did, the least is the safe side.
        owner_access: access(row.try_get("owner_access")?).unwrap_or(polder_wire::rights::Access::Read),
        others_access: access(others).map_or(OthersAccess::None, OthersAccess::Some),
        granted: granted.and_then(access),
    })
}

/// Every project that the person may open, with its latest version. The condition says in SQL what
/// [`crate::rights::project_access`] says in Rust; a property test holds them against each other.
pub(super) async fn visible(app: &App, person: &Person) -> Result<Vec<AnyRow>, Refused> {
    Ok(sqlx::query(
        "SELECT p.domain_id, p.id, p.owner_id, p.owner_access, p.others_access, p.name, p.description,
             g.access AS granted, v.number, v.author_id, v.saved_at, v.note, v.bytes,
             o.name AS owner_name, a.name AS author_name
         FROM projects p
         JOIN versions v ON v.domain_id = p.domain_id AND v.project_id = p.id AND v.number = p.latest
         JOIN users o ON o.domain_id = p.domain_id AND o.id = p.owner_id
         JOIN users a ON a.domain_id = v.domain_id AND a.id = v.author_id
         LEFT JOIN project_grants g
             ON g.domain_id = p.domain_id AND g.project_id = p.id AND g.user_id = $2
         WHERE p.domain_id = $1
             AND (p.owner_id = $2 OR p.others_access <> 'none' OR g.access IS NOT NULL OR $3 = 'manager')",
    )
    .bind(person.domain.to_string())
    .bind(person.user.to_string())
    .bind(role_text(person.role))
    .fetch_all(app.store.pool())
    .await?)
}

/// One project with its latest version and manifest.
pub(super) async fn latest(
    app: &App,
    person: &Person,
    project: ProjectId,
) -> Result<Option<AnyRow>, Refused> {
    Ok(sqlx::query(
        "SELECT p.domain_id, p.id, p.owner_id, p.owner_access, p.others_access, p.name, p.description,
             g.access AS granted, v.number, v.author_id, v.saved_at, v.note, v.bytes, v.manifest,
             o.name AS owner_name, a.name AS author_name
         FROM projects p
         JOIN versions v ON v.domain_id = p.domain_id AND v.project_id = p.id AND v.number = p.latest
         JOIN users o ON o.domain_id = p.domain_id AND o.id = p.owner_id
         JOIN users a ON a.domain_id = v.domain_id AND a.id = v.author_id
         LEFT JOIN project_grants g
             ON g.domain_id = p.domain_id AND g.project_id = p.id AND g.user_id = $2
         WHERE p.domain_id = $1 AND p.id = $3",
    )
    .bind(person.domain.to_string())
    .bind(person.user.to_string())
    .bind(project.to_string())
    .fetch_optional(app.store.pool())
    .await?)
}

/// Where the sketch of the latest version lies; none where that was saved before there were sketches.
pub(super) async fn sketch(
    app: &App,
    domain: DomainId,
    project: ProjectId,
) -> Result<Option<String>, Refused> {
    let row = sqlx::query(
        "SELECT v.sketch FROM projects p
         JOIN versions v ON v.domain_id = p.domain_id AND v.project_id = p.id AND v.number = p.latest
         WHERE p.domain_id = $1 AND p.id = $2",
    )
    .bind(domain.to_string())
    .bind(project.to_string())
    .fetch_one(app.store.pool())
    .await?;
    Ok(row.try_get("sketch")?)
}

/// The sealed manifest of one version.
pub(super) async fn manifest(
    app: &App,
    domain: DomainId,
    project: &str,
    number: i64,
) -> Result<Option<AnyRow>, Refused> {
    Ok(sqlx::query("SELECT manifest FROM versions WHERE domain_id = $1 AND project_id = $2 AND number = $3")
        .bind(domain.to_string())
        .bind(project)
        .bind(number)
        .fetch_optional(app.store.pool())
        .await?)
}

/// Where the layer at a place of the manifest lies.
pub(super) async fn blob(
    app: &App,
    domain: DomainId,
    project: &str,
    number: i64,
    place: usize,
) -> Result<String, Refused> {
    let place = i64::try_from(place).map_err(|error| Refused::internal(&error))?;
    let row = sqlx::query(
        "SELECT address FROM version_blobs
         WHERE domain_id = $1 AND project_id = $2 AND number = $3 AND place = $4",
    )
    .bind(domain.to_string())
    .bind(project)
    .bind(number)
    .bind(place)
    .fetch_one(app.store.pool())
    .await?;
    Ok(row.try_get("address")?)
}
