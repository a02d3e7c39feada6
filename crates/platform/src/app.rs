//! What requests share.

use std::sync::Arc;

use aws_lc_rs::rand::SecureRandom;
use polder_wire::UnixSeconds;

use crate::config::Config;
use crate::events::Events;
use crate::login::hashing::{Cost, Hashing};
use crate::login::proof::Proofs;
use crate::mail::{Desk, DeskError};
use crate::releases::Releases;
use crate::store::blobs::Blobs;
use crate::store::keys::{KeyStore, MasterKey};
use crate::store::{Store, folder};

/// Tells the time. Tests move it; [`UnixSeconds::from_clock`] is the real one.
pub type Clock = Arc<dyn Fn() -> UnixSeconds + Send + Sync>;

/// Where randomness comes from.
pub type Random = &'static (dyn SecureRandom + Send + Sync);

/// All that requests share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Scheme, host and port by which clients know this platform; each proof's `htu` starts with it.
    pub origin: String,
    /// Accounts, sessions, projects.
    pub store: Store,
    /// The keys that seal them.
    pub keys: KeyStore,
    /// Layers, sealed.
    pub blobs: Blobs,
    /// Password hashing, off the request workers.
    pub hashing: Hashing,
    /// Nonces and proofs of possession.
    pub proofs: Proofs,
    /// Open clients that are told what happens.
    pub events: Arc<Events>,
    /// Where letters leave from.
    pub mail: Desk,
    /// Release files and the signed policy; absent where only the command line adds something.
    pub releases: Option<Releases>,
    /// How many wrong tries from one address are free.
    pub wrong_per_address: i64,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an [`App`] needs beside its configuration.
pub struct Surroundings {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// How much work a password hash is.
    pub cost: Cost,
}

/// Why the platform cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("data: {0}")]
    Folder(#[from] folder::FolderError),
    /// Neither master key nor leave to make one.
    #[error(
        "keys.master: {path} is missing, but the data folder is in use; without this key nothing in it can be read"
    )]
    MasterKeyMissing {
        /// Where it should be.
        path: String,
    },
    /// The key store or the master key.
    #[error("keys: {0}")]
    Keys(#[from] crate::store::keys::KeyError),
    /// The database.
    #[error("database.url: {0}")]
    Store(#[from] crate::store::StoreError),
    /// The blobs' folder.
    #[error("data: {0}")]
    Blobs(#[from] crate::store::blobs::BlobError),
    /// The release files.
    #[error("releases: {0}")]
    Releases(#[from] crate::releases::ReleaseError),
    /// The way that letters leave.
    #[error("mail: {0}")]
    Mail(#[from] DeskError),
    /// Proofs.
    #[error("proofs: {0}")]
    Proofs(#[from] crate::login::proof::NoKey),
}

impl App {
    /// Opens everything that the command line needs: database, keys, blobs. Makes the data folder and the
    /// master key when there is no data yet.
    ///
    /// # Errors
    /// Names the key of the configuration that does not work.
    pub async fn open(config: &Config, around: Surroundings) -> Result<Self, StartError> {
        Self::assemble(config, around, None).await
    }

    /// As [`App::open`], with the release files that serving needs.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_to_serve(config: &Config, around: Surroundings) -> Result<Self, StartError> {
        let releases = Releases::open(&config.releases.folder, &config.releases.root).await?;
        Self::assemble(config, around, Some(releases)).await
    }

    async fn assemble(
        config: &Config,
        around: Surroundings,
        releases: Option<Releases>,
    ) -> Result<Self, StartError> {
        let master = master_key(config, around.random)?;
        folder::make_private(&config.data.join("keys"))?;
        let keys = KeyStore::open(&config.keys.url, master).await?;
        let store = Store::open(&config.database_url).await?;
        let blobs = Blobs::folder(&config.data.join("blobs"))?;
        Ok(Self(Arc::new(Parts {
            origin: config.origin.clone(),
            store,
            keys,
            blobs,
            hashing: Hashing::start(around.cost),
            proofs: Proofs::new(around.random)?,
            events: Arc::default(),
            mail: Desk::open(config.mail.as_ref(), &config.origin)?,
            releases,
            wrong_per_address: i64::try_from(config.limits.wrong_per_address).unwrap_or(i64::MAX),
            clock: around.clock,
            random: around.random,
        })))
    }

    /// The time now.
    pub fn now(&self) -> UnixSeconds {
        (self.clock)()
    }
}

fn master_key(config: &Config, random: Random) -> Result<MasterKey, StartError> {
    let path = &config.keys.master;
    let data = folder::prepare(&config.data)?;
    // The key's own folder may be elsewhere, so "new" is asked of the data alone.
    if path.exists() {
        return Ok(MasterKey::read(path)?);
    }
    match data {
        folder::Found::Empty => Ok(MasterKey::create(path, random)?),
        folder::Found::InUse => Err(StartError::MasterKeyMissing { path: path.display().to_string() }),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::config::{Keys, Limits, Release, Tls, sqlite_url};
    use std::path::Path;

    /// An app on SQLite in a folder, without releases.
    pub(crate) async fn app(folder: &Path) -> App {
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            origin: "https://platform.test".into(),
            data: folder.join("data"),
            database_url: sqlite_url(&folder.join("data/polder.sqlite")),
            tls: Tls { certificate: folder.join("cert.pem"), key: folder.join("key.pem") },
            keys: Keys {
                master: folder.join("master.key"),
                url: sqlite_url(&folder.join("data/keys/k.sqlite")),
            },
            releases: Release { folder: folder.join("releases"), root: folder.join("root.json") },
            limits: Limits::default(),
            mail: None,
        };
        let around = Surroundings {
            clock: Arc::new(|| UnixSeconds(1_790_000_000)),
            random: Box::leak(Box::new(aws_lc_rs::rand::SystemRandom::new())),
            cost: Cost::CHEAP_FOR_TESTS,
        };
        App::open(&config, around).await.unwrap()
    }
}
