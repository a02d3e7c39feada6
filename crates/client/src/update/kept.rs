use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest;
use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, Policy};
use sigstore_tuf::{Error as TufError, Repository, TrustedMetadataSet};

use super::metadata::{
    above_floor, earliest_expiry, fault, parse_policy, recall_trusted, signed_file, timestamp,
};
use super::repository::Seen;
use super::{MetadataFault, Shelf, StoreFault, updater};
use crate::deployment::Deployment;

/// What the metadata that a deployment's client keeps on this computer still proves, without any network.
///
/// Every signature was verified again, from the built-in root on. Expiry does not count: what was signed
/// remains signed, and [`Kept::expires`] says until when it was to be believed.
#[derive(Debug)]
pub struct Kept {
    trusted: TrustedMetadataSet,
    shelf: Arc<Shelf>,
}

/// Why metadata from elsewhere is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ElsewhereFault {
    /// It does not hold.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// What this computer knows already cannot be read.
    #[error("what is kept already cannot be read")]
    Store(#[from] StoreFault),
}

impl Kept {
    /// Reads it from the data folder that [`crate::gate::Gate::new`] is given. `None` when nothing is kept
    /// there that holds.
    ///
    /// # Errors
    /// When there is something that cannot be read.
    pub fn open(deployment: &Deployment, data: &Path) -> Result<Option<Self>, StoreFault> {
        let shelf = Arc::new(Shelf::open(&data.join(deployment.name()))?);
        Ok(recall_trusted(deployment, &shelf).map(|trusted| Self { trusted, shelf }))
    }

    /// Verifies metadata from elsewhere just as the gate would, expiry, floor and what is kept already included,
    /// and keeps nothing of it. `small` are the targets to be read beside the policy, where they are named.
    ///
    /// # Errors
    /// See [`ElsewhereFault`].
    pub async fn elsewhere(
        deployment: &Deployment,
        data: &Path,
        files: impl Repository + 'static,
        small: &[String],
        now: UnixSeconds,
    ) -> Result<Self, ElsewhereFault> {
        let shelf = Arc::new(Shelf::open(&data.join(deployment.name()))?);
        let now = timestamp(now)?;
        let lost = |error| fault(error, Seen::default());
        let mut updater = updater(files, deployment.root(), Arc::clone(&shelf)).map_err(lost)?;
        updater.refresh(now).await.map_err(lost)?;
        above_floor(updater.trusted(), deployment.floor())?;
        parse_policy(&updater.get_target(POLICY_TARGET, now).await.map_err(lost)?)?;
        for name in small {
            match updater.get_target(name, now).await {
                Ok(_) | Err(TufError::TargetNotFound(_)) => {}
                Err(error) => return Err(lost(error).into()),
            }
        }
        Ok(Self { trusted: updater.trusted().clone(), shelf })
    }

    /// The signed policy.
    pub fn policy(&self) -> Option<Policy> {
        parse_policy(&self.target(POLICY_TARGET)?).ok()
    }

    /// Until when all of it was to be believed: the earliest expiry in the chain.
    pub fn expires(&self) -> Option<UnixSeconds> {
        earliest_expiry(&self.trusted)
    }

    /// A small target that is kept with the metadata, as `policy.json`; its bytes were held against their
    /// hash.
    pub fn target(&self, name: &str) -> Option<Vec<u8>> {
        let named = signed_file(self.trusted.targets_role("targets")?.target(name)?).ok()?;
        let bytes = self.shelf.file(&format!("targets/{name}"))?;
        let hash = digest::digest(&digest::SHA256, &bytes);
        (hash.as_ref() == named.sha256).then_some(bytes)
    }

    /// Names of all targets of exactly this length and SHA-256.
    pub fn named(&self, length: u64, sha256: &[u8; 32]) -> Vec<String> {
        let targets = self.trusted.targets_role("targets").into_iter().flat_map(|role| &role.targets);
        let is_it = |file| matches!(signed_file(file), Ok(named) if named.length == length && named.sha256 == *sha256);
        targets.filter(|(_, file)| is_it(*file)).map(|(name, _)| name.clone()).collect()
    }

    /// Whether a target of this name is signed at all.
    pub fn has(&self, name: &str) -> bool {
        self.trusted.targets_role("targets").is_some_and(|role| role.target(name).is_some())
    }
}
