//! Map projects: an append-only line of versions, each a manifest that points at sealed layers.

mod geojson;
mod import;
mod rows;
mod sketch;

use polder_wire::project::{
    self, LayerBytes, Listed, Manifest, Opened, Person as Named, Sketch, Summary, Version,
};
use polder_wire::rights::Access;
use polder_wire::{Code, Nothing, ProjectId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

pub use import::{ImportError, NewProject, import};
pub(crate) use rows::facts;

use crate::App;
use crate::account;
use crate::http::{RawAnswer, Refused};
use crate::rights::{
    Authorized, ListProjects, OpenProject, Person, ProjectFacts, ReadLayer, ReadSketch, access_text,
    project_access,
};
use crate::store::seal::DomainKeys;
use crate::store::{Column, parsed};

/// What layers are served as (RFC 7946, section 12).
pub const GEO_JSON: &str = "application/geo+json";

const NAME: Column = Column::new("projects", "name");
const DESCRIPTION: Column = Column::new("projects", "description");
const NOTE: Column = Column::new("versions", "note");
const MANIFEST: Column = Column::new("versions", "manifest");

/// A version's row, for what is sealed in it.
fn version_row(project: &str, number: i64) -> String {
    format!("{project}/{number}")
}

/// `GET /api/v1/projects`: newest version first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    who: Authorized<ListProjects>,
    app: App,
    _: project::List,
    _: Nothing,
) -> Result<Listed, Refused> {
    let person = who.person();
    let keys = app.keys.domain(person.domain).await?;
    let mut projects = Vec::new();
    for row in rows::visible(&app, &person).await? {
        // SQL chose the rows; the rules have the last word, and say what may be done.
        if let Ok((access, _)) = project_access(&person, &rows::facts_of(&row)?) {
            projects.push(summary(&row, access, &keys)?);
        }
    }
    // Names are sealed, so this is sorted here; by id where two were saved in the same second.
    projects.sort_by(|a, b| b.latest.saved_at.cmp(&a.latest.saved_at).then(a.id.cmp(&b.id)));
    Ok(Listed { projects })
}

/// `GET /api/v1/projects/{project}`.
///
/// # Errors
/// [`Code::NotFound`] when there is none for this person.
pub async fn open(
    who: Authorized<OpenProject>,
    app: App,
    _: project::Open,
    _: Nothing,
) -> Result<Opened, Refused> {
    let person = who.reader();
    let row = rows::latest(&app, &person, who.project()).await?.ok_or(Refused::from(Code::NotFound))?;
    let facts: ProjectFacts = rows::facts_of(&row)?;
    // Asked again because what the person may do is part of the answer, and may have changed since.
    let (access, _) = project_access(&person, &facts).map_err(|why_not| Refused::from(why_not.code()))?;
    let keys = app.keys.domain(person.domain).await?;
    let project = summary(&row, access, &keys)?;
    let manifest = open_manifest(&keys, &who.project().to_string(), row.try_get("number")?, &row)?;
    tracing::debug!(project = %who.project(), access = access_text(access), "opened");
    Ok(Opened { project, manifest })
}

/// `GET /api/v1/projects/{project}/sketch`.
///
/// # Errors
/// [`Code::NotFound`] when there is no such project for this person.
pub async fn sketch(
    who: Authorized<ReadSketch>,
    app: App,
    _: project::ReadSketch,
    _: Nothing,
) -> Result<Sketch, Refused> {
    let domain = who.reader().domain;
    let Some(address) = rows::sketch(&app, domain, who.project()).await? else { return Ok(sketch::none()) };
    let keys = app.keys.domain(domain).await?;
    let bytes = app.blobs.get(domain, &keys, &address).await?;
    serde_json::from_slice(&bytes).map_err(|error| Refused::internal(&error))
}

/// `GET /api/v1/projects/{project}/versions/{version}/layers/{layer}`: the very bytes that came in.
///
/// # Errors
/// [`Code::NotFound`] when there is no such version or layer.
pub async fn layer(
    who: Authorized<ReadLayer>,
    app: App,
    at: LayerBytes,
    _: Nothing,
) -> Result<RawAnswer, Refused> {
    let domain = who.reader().domain;
    let project = who.project().to_string();
    let number = i64::from(at.version);
    let row = rows::manifest(&app, domain, &project, number).await?.ok_or(Refused::from(Code::NotFound))?;
    let keys = app.keys.domain(domain).await?;
    let manifest = open_manifest(&keys, &project, number, &row)?;
    let place = manifest.layers.iter().position(|layer| layer.id == at.layer);
    let place = place.ok_or(Refused::from(Code::NotFound))?;
    let address = rows::blob(&app, domain, &project, number, place).await?;
    let bytes = app.blobs.get(domain, &keys, &address).await?;
    Ok(RawAnswer { media_type: GEO_JSON, bytes })
}

/// The ids that the list's SQL alone chooses for a person, before the rules have the last word: so that a
/// test can hold one against the other.
///
/// # Errors
/// When the database fails.
pub async fn chosen_by_sql(app: &App, person: &Person) -> Result<Vec<ProjectId>, Refused> {
    let rows = rows::visible(app, person).await?;
    rows.iter().map(|row| Ok(parsed(row, "id")?)).collect()
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_geojson(bytes: &[u8]) {
    geojson::fuzz(bytes);
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_description(bytes: &[u8]) {
    import::fuzz(bytes);
}

fn summary(row: &AnyRow, access: Access, keys: &DomainKeys) -> Result<Summary, Refused> {
    let id: ProjectId = parsed(row, "id")?;
    let project = id.to_string();
    let number: i64 = row.try_get("number")?;
    let note = NOTE.open_text(keys, &version_row(&project, number), &row.try_get::<Vec<u8>, _>("note")?)?;
    Ok(Summary {
        id,
        name: NAME.open_text(keys, &project, &row.try_get::<Vec<u8>, _>("name")?)?,
        description: DESCRIPTION.open_text(keys, &project, &row.try_get::<Vec<u8>, _>("description")?)?,
        owner: named(row, "owner_id", "owner_name", keys)?,
        access,
        latest: Version {
            number: u32::try_from(number).map_err(|error| Refused::internal(&error))?,
            author: named(row, "author_id", "author_name", keys)?,
            saved_at: polder_wire::UnixSeconds(row.try_get("saved_at")?),
            note,
            bytes: u64::try_from(row.try_get::<i64, _>("bytes")?)
                .map_err(|error| Refused::internal(&error))?,
        },
    })
}

fn named(row: &AnyRow, id: &str, name: &str, keys: &DomainKeys) -> Result<Named, Refused> {
    let id: UserId = parsed(row, id)?;
    Ok(Named { id, name: account::open_name(keys, id, &row.try_get::<Vec<u8>, _>(name)?)? })
}

fn open_manifest(keys: &DomainKeys, project: &str, number: i64, row: &AnyRow) -> Result<Manifest, Refused> {
    let sealed: Vec<u8> = row.try_get("manifest")?;
    let plain = MANIFEST.open(keys, &version_row(project, number), &sealed)?;
    serde_json::from_slice(&plain).map_err(|error| Refused::internal(&error))
}
