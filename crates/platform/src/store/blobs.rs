//! Layers: sealed files, named by a keyed hash of their content.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::rand::SecureRandom;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use polder_wire::DomainId;

use super::seal::{DomainKeys, Place, SealError};

/// A blob cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The folder cannot be made.
    #[error("{path}: {source}", path = path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The store failed.
    #[error("the blobs' store: {0}")]
    Store(#[from] object_store::Error),
    /// It does not open.
    #[error("a blob: {0}")]
    Seal(#[from] SealError),
}

/// Where blobs lie.
#[derive(Debug, Clone)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Blobs in a folder, which is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(path: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(path)
            .map_err(|source| BlobError::Folder { path: path.to_owned(), source })?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true))))
    }

    /// Keeps bytes and answers their address. The same bytes of one domain are kept once.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn put(
        &self,
        domain: DomainId,
        keys: &DomainKeys,
        bytes: &[u8],
        random: &(dyn SecureRandom + Sync),
    ) -> Result<String, BlobError> {
        let address = keys.address(bytes);
        let key = key(domain, &address);
        match self.0.head(&key).await {
            Ok(_) => return Ok(address),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let sealed = keys.seal(&place(&address), bytes, random)?;
        self.0.put(&key, PutPayload::from(sealed)).await?;
        Ok(address)
    }

    /// The bytes at an address.
    ///
    /// # Errors
    /// When there are none or they do not open.
    pub async fn get(&self, domain: DomainId, keys: &DomainKeys, address: &str) -> Result<Bytes, BlobError> {
        let sealed = self.0.get(&key(domain, address)).await?.bytes().await?;
        let mut plain = keys.open(&place(address), &sealed)?;
        Ok(Bytes::from(std::mem::take(&mut *plain)))
    }
}

fn key(domain: DomainId, address: &str) -> Key {
    let shelf = address.get(..2).unwrap_or("00");
    Key::from_iter([&*domain.to_string(), shelf, address])
}

fn place(address: &str) -> Place<'_> {
    Place { table: "blobs", column: "bytes", row: address }
}
