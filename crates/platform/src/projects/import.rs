use std::collections::HashSet;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use polder_wire::project::{Layer, Manifest, Theme, is_layer_id};
use polder_wire::{DomainId, ProjectId, UserId};
use serde::Deserialize;

use super::geojson::{self, GeoJsonError};
use super::{DESCRIPTION, MANIFEST, NAME, NOTE, sketch, version_row};
use crate::App;
use crate::rights::{OthersAccess, access_text};
use crate::store::blobs::BlobError;
use crate::store::keys::KeyError;
use crate::store::seal::SealError;
use crate::store::{NoRandomness, StoreError, random_id};

/// No layer of a project may be larger.
const LAYER_LIMIT: u64 = 256 * 1024 * 1024;

/// A project to make out of files.
#[derive(Debug)]
pub struct NewProject {
    /// Where.
    pub domain: DomainId,
    /// Whose.
    pub owner: UserId,
    /// What everybody else in the domain may do.
    pub others: OthersAccess,
    /// The JSON file that names the layers' files, relative to itself.
    pub file: PathBuf,
}

/// The file as it is written by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    name: String,
    description: String,
    attribution: String,
    layers: Vec<DescribedLayer>,
}

impl Description {
    fn parse(text: &[u8], file: &Path) -> Result<Self, ImportError> {
        let described: Self = serde_json::from_slice(text)
            .map_err(|source| ImportError::Description { path: file.to_owned(), source })?;
        if !(1..=200).contains(&described.name.trim().chars().count()) {
            return Err(ImportError::Name);
        }
        let mut ids = HashSet::new();
        for layer in &described.layers {
            if !is_layer_id(&layer.id) || !ids.insert(layer.id.as_str()) {
                return Err(ImportError::LayerId(layer.id.clone()));
            }
        }
        Ok(described)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedLayer {
    id: String,
    title: String,
    theme: Theme,
    file: PathBuf,
}

/// A project could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The describing file is not as it should be.
    #[error("{path}: {source}", path = path.display())]
    Description {
        /// Which.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A layer's file is not GeoJSON.
    #[error("{path}: {source}", path = path.display())]
    Layer {
        /// Which.
        path: PathBuf,
        /// Why.
        source: GeoJsonError,
    },
    /// A layer's file is too large.
    #[error("{path}: a layer has at most {LAYER_LIMIT} bytes", path = path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A layer's id does not fit or is there twice.
    #[error("layers: \"{0}\" is no id (1 to 64 of a-z, 0-9 and -), or is there twice")]
    LayerId(String),
    /// The name does not fit.
    #[error("name: a project's name is 1 to 200 characters")]
    Name,
    /// No layer has a coordinate.
    #[error("layers: no layer has a coordinate, so the project has no area")]
    NoArea,
    /// The owner is not of the domain.
    #[error("there is no such user in this domain")]
    NoOwner,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The domain's key.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The layers' store.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The manifest.
    #[error("the manifest: {0}")]
    Manifest(serde_json::Error),
    /// Randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Makes a project of one version out of files and answers its id.
///
/// # Errors
/// Names the file or field that does not fit; then there is no project.
pub async fn import(app: &App, new: NewProject) -> Result<ProjectId, ImportError> {
    let described = Description::parse(&read(&new.file).await?, &new.file)?;
    let name = described.name.trim();
    owner_is_here(app, &new).await?;

    let keys = app.keys.domain(new.domain).await?;
    let folder = new.file.parent().unwrap_or(Path::new(""));
    let mut layers = Vec::new();
    let mut addresses = Vec::new();
    let mut area = None;
    let mut rough = Vec::new();
    let mut total: u64 = 0;
    for layer in &described.layers {
        let path = folder.join(&layer.file);
        let bytes = read(&path).await?;
        let size = bytes.len() as u64;
        if size > LAYER_LIMIT {
            return Err(ImportError::TooLarge { path });
        }
        let wrong = |source| ImportError::Layer { path: path.clone(), source };
        let collection = geojson::read(&bytes).map_err(wrong)?;
        let measured = geojson::measure(&collection).map_err(wrong)?;
        rough.extend(sketch::gather(layer.theme, &collection));
        area = geojson::around(area, measured.area);
        total = total.saturating_add(size);
        // Blobs first: one without a version does no harm, a version without its blob is broken.
        addresses.push(app.blobs.put(new.domain, &keys, &bytes, app.random).await?);
        layers.push(Layer {
            id: layer.id.clone(),
            title: layer.title.clone(),
            theme: layer.theme,
            features: measured.features,
            bytes: size,
            sha256: hex::encode(digest(&SHA256, &bytes)),
        });
    }
    let area = area.ok_or(ImportError::NoArea)?;
    let sketch = serde_json::to_vec(&sketch::draw(&rough, area)).map_err(ImportError::Manifest)?;
    let sketch = app.blobs.put(new.domain, &keys, &sketch, app.random).await?;
    let manifest = Manifest { area, attribution: described.attribution.clone(), layers };
    let manifest = serde_json::to_vec(&manifest).map_err(ImportError::Manifest)?;

    let id = random_id(app.random, ProjectId::from_random)?;
    let project = id.to_string();
    let version = version_row(&project, 1);
    let others = match new.others {
        OthersAccess::None => "none",
        OthersAccess::Some(access) => access_text(access),
    };
    let now = app.now().0;
    let mut write = app.store.write().await?;
    sqlx::query(
        "INSERT INTO projects (domain_id, id, owner_id, others_access, name, description, latest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
    )
    .bind(new.domain.to_string())
    .bind(project.as_str())
    .bind(new.owner.to_string())
    .bind(others)
    .bind(NAME.seal(&keys, &project, name.as_bytes(), app.random)?)
    .bind(DESCRIPTION.seal(&keys, &project, described.description.trim().as_bytes(), app.random)?)
    .bind(now)
    .execute(write.on())
    .await?;
    sqlx::query(
        "INSERT INTO versions (domain_id, project_id, number, author_id, saved_at, note, manifest, bytes, sketch)
         VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.domain.to_string())
    .bind(project.as_str())
    .bind(new.owner.to_string())
    .bind(now)
    .bind(NOTE.seal(&keys, &version, b"", app.random)?)
    .bind(MANIFEST.seal(&keys, &version, &manifest, app.random)?)
    .bind(i64::try_from(total).unwrap_or(i64::MAX))
    .bind(sketch)
    .execute(write.on())
    .await?;
    for (place, address) in (0_i64..).zip(addresses) {
        sqlx::query(
            "INSERT INTO version_blobs (domain_id, project_id, number, place, address)
             VALUES ($1, $2, 1, $3, $4)",
        )
        .bind(new.domain.to_string())
        .bind(project.as_str())
        .bind(place)
        .bind(address)
        .execute(write.on())
        .await?;
    }
    write.commit().await?;
    Ok(id)
}

async fn owner_is_here(app: &App, new: &NewProject) -> Result<(), ImportError> {
    let found = sqlx::query("SELECT id FROM users WHERE domain_id = $1 AND id = $2")
        .bind(new.domain.to_string())
        .bind(new.owner.to_string())
        .fetch_optional(app.store.pool())
        .await?;
    found.map(|_| ()).ok_or(ImportError::NoOwner)
}

async fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    tokio::fs::read(path).await.map_err(|source| ImportError::File { path: path.to_owned(), source })
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    if let Ok(described) = Description::parse(bytes, Path::new("project.json")) {
        assert!(!described.name.trim().is_empty());
        assert!(described.layers.iter().all(|layer| is_layer_id(&layer.id)));
    }
}
