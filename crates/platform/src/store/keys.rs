//! The keys that seal data, wrapped by the master key, in a database of their own.
//!
//! Destroying a domain's wrapped key makes everything of that domain unreadable, old backups included.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SecureRandom;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_wire::DomainId;
use sqlx::Row;
use zeroize::Zeroizing;

use super::seal::{DomainKeys, Place, SealError, SealKey, belongs, derive};
use super::{Store, StoreError};

/// A key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The master key's file.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The master key's file holds something else.
    #[error("{path}: holds no master key", path = path.display())]
    NotMaster {
        /// Which.
        path: PathBuf,
    },
    /// The database of keys.
    #[error("the key store: {0}")]
    Store(#[from] StoreError),
    /// A domain without a key: it was destroyed, or the wrong key store is open.
    #[error("the domain's key is not there")]
    NotFound,
    /// The key does not open: another master key wrapped it.
    #[error("a wrapped key: {0}")]
    Seal(#[from] SealError),
}

impl From<sqlx::Error> for KeyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The key that wraps all others; a file that only its owner reads.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Makes a new one in a new file.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create(path: &Path, random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(&mut *key).map_err(|_| SealError::NoRandomness)?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = Zeroizing::new(STANDARD.encode(*key) + "\n");
        let write = || {
            let mut file = options.open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        Ok(Self(key))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new);
        let key = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        key.map(|key| Self(Zeroizing::new(key))).ok_or(KeyError::NotMaster { path: path.to_owned() })
    }
}

/// Keys for what belongs to no domain.
pub struct PlatformKeys {
    seal: SealKey,
    emails: hmac::Key,
    addresses: hmac::Key,
}

impl PlatformKeys {
    /// How the database finds an e-mail without knowing it. The text must be normalised.
    pub fn email_hash(&self, normalised: &str) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.emails, normalised.as_bytes()).as_ref());
        hash
    }

    /// How the database finds a network address without knowing it.
    pub fn address_hash(&self, text: &str) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.addresses, text.as_bytes()).as_ref());
        hash
    }

    /// As [`DomainKeys::seal`].
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(
        &self,
        place: &Place<'_>,
        plain: &[u8],
        random: &dyn SecureRandom,
    ) -> Result<Vec<u8>, SealError> {
        self.seal.seal(&belongs("", place), plain, random)
    }

    /// As [`DomainKeys::open`].
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.seal.open(&belongs("", place), sealed)
    }
}

/// All keys.
pub struct KeyStore {
    store: Store,
    wrap: SealKey,
    platform: PlatformKeys,
    known: RwLock<HashMap<DomainId, Arc<DomainKeys>>>,
}

const STEPS: &[super::migrations::Step] =
    &[(1, "first", "CREATE TABLE domain_keys (domain_id TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL);")];

impl KeyStore {
    /// Opens the database of keys.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(url: &str, master: MasterKey) -> Result<Self, KeyError> {
        let platform = PlatformKeys {
            seal: SealKey::new(&derive(&master.0, b"platform seal")),
            emails: hmac::Key::new(hmac::HMAC_SHA256, &*derive(&master.0, b"e-mails")),
            addresses: hmac::Key::new(hmac::HMAC_SHA256, &*derive(&master.0, b"network addresses")),
        };
        let wrap = SealKey::new(&derive(&master.0, b"wrap"));
        let store = Store::open_with(url, STEPS).await?;
        Ok(Self { store, wrap, platform, known: RwLock::default() })
    }

    /// Makes a new domain's key.
    ///
    /// # Errors
    /// When it has one already or the database fails.
    pub async fn create(
        &self,
        domain: DomainId,
        random: &(dyn SecureRandom + Sync),
    ) -> Result<Arc<DomainKeys>, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill(&mut *secret).map_err(|_| SealError::NoRandomness)?;
        let row = domain.to_string();
        let wrapped = self.wrap.seal(&wrapping(&row), &*secret, random)?;
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO domain_keys (domain_id, wrapped) VALUES ($1, $2)")
            .bind(row)
            .bind(wrapped)
            .execute(write.on())
            .await?;
        write.commit().await?;
        Ok(self.keep(domain, &secret))
    }

    /// A domain's keys.
    ///
    /// # Errors
    /// [`KeyError::NotFound`] when they were destroyed.
    pub async fn domain(&self, domain: DomainId) -> Result<Arc<DomainKeys>, KeyError> {
        if let Some(keys) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&domain) {
            return Ok(Arc::clone(keys));
        }
        let id = domain.to_string();
        let row = sqlx::query("SELECT wrapped FROM domain_keys WHERE domain_id = $1")
            .bind(id.as_str())
            .fetch_optional(self.store.pool())
            .await?
            .ok_or(KeyError::NotFound)?;
        let opened = self.wrap.open(&wrapping(&id), &row.try_get::<Vec<u8>, _>("wrapped")?)?;
        let secret: &[u8; 32] = opened.as_slice().try_into().map_err(|_| SealError::DoesNotOpen)?;
        Ok(self.keep(domain, secret))
    }

    /// Destroys a domain's keys, and with them everything that they sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn destroy(&self, domain: DomainId) -> Result<(), KeyError> {
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM domain_keys WHERE domain_id = $1")
            .bind(domain.to_string())
            .execute(write.on())
            .await?;
        write.commit().await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&domain);
        Ok(())
    }

    /// Keys for what belongs to no domain.
    pub fn platform(&self) -> &PlatformKeys {
        &self.platform
    }

    fn keep(&self, domain: DomainId, secret: &[u8; 32]) -> Arc<DomainKeys> {
        let keys = Arc::new(DomainKeys::new(domain, secret));
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(domain, Arc::clone(&keys));
        keys
    }
}

fn wrapping(domain: &str) -> Vec<u8> {
    belongs(domain, &Place { table: "domain_keys", column: "wrapped", row: domain })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;

    #[test]
    fn a_master_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = MasterKey::create(&path, &SystemRandom::new()).unwrap();
        assert_eq!(*MasterKey::read(&path).unwrap().0, *made.0);
        assert!(matches!(MasterKey::create(&path, &SystemRandom::new()), Err(KeyError::File { .. })));
        fs::write(&path, "nonsense").unwrap();
        assert!(matches!(MasterKey::read(&path), Err(KeyError::NotMaster { .. })));
    }

    #[tokio::test]
    async fn a_destroyed_key_is_gone_and_another_master_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = crate::config::sqlite_url(&folder.path().join("keys.sqlite"));
        let random = SystemRandom::new();
        let master = |n: u8| MasterKey(Zeroizing::new([n; 32]));
        let (one, two) = (DomainId::from_random([1; 16]), DomainId::from_random([2; 16]));
        let store = KeyStore::open(&url, master(1)).await.unwrap();
        store.create(one, &random).await.unwrap();
        store.create(two, &random).await.unwrap();
        assert!(store.create(one, &random).await.is_err());
        store.destroy(one).await.unwrap();
        assert!(matches!(store.domain(one).await, Err(KeyError::NotFound)));
        store.domain(two).await.unwrap();
        let other = KeyStore::open(&url, master(2)).await.unwrap();
        assert!(matches!(other.domain(two).await, Err(KeyError::Seal(_))));
    }
}
