use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use polder_slots::Slots;
use polder_wire::UnixSeconds;
use semver::Version;
use sigstore_tuf::TrustedMetadataSet;

use super::brought::Brought;
use super::download::Patience;
use super::import::{self, BroughtFiles};
use super::metadata::{self, Lookup, Statement, Wanted};
use super::release::Release;
use super::repository::{Files, PlatformFiles};
use super::steps::{Announced, Plan, Update, off_thread};
use super::{MetadataFault, Shelf, Source, UpdateFault};
use crate::deployment::Deployment;

/// What was signed, verified a moment ago, and where more of it can be looked up.
pub(crate) struct Word {
    pub(crate) statement: Statement,
    source: Source,
    lookup: Looked,
}

enum Looked {
    Platform(Lookup<PlatformFiles>),
    File(Lookup<BroughtFiles>),
}

/// Where releases are put on this computer, and what runs there.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) slots: Slots,
    /// The folder of the slot that runs, if it is one.
    pub(crate) base: Option<PathBuf>,
    pub(crate) patience: Patience,
}

impl Word {
    /// Fetches and verifies all that the gate asks for. Afterwards the shelf holds what was verified, and the caller
    /// keeps it, whether this failed or not: a newer root counts even when the rest does not.
    ///
    /// # Errors
    /// See [`MetadataFault`].
    pub(crate) async fn hear(
        source: Source,
        deployment: &Deployment,
        shelf: &Arc<Shelf>,
        wanted: Wanted<'_>,
        now: UnixSeconds,
    ) -> Result<Self, MetadataFault> {
        let (statement, lookup) = match &source {
            Source::Platform(transport) => {
                let files = PlatformFiles::new(Arc::clone(transport));
                let (said, lookup) = metadata::refresh(files, deployment, shelf, wanted, now).await?;
                (said, Looked::Platform(lookup))
            }
            Source::File(file) => {
                let files = BroughtFiles::new(file.clone());
                let (said, lookup) = metadata::refresh(files, deployment, shelf, wanted, now).await?;
                (said, Looked::File(lookup))
            }
        };
        Ok(Self { statement, source, lookup })
    }

    /// The bytes of a small file, if it is signed.
    ///
    /// # Errors
    /// See [`MetadataFault`].
    pub(crate) async fn small(self, target: &str) -> Result<Option<Vec<u8>>, MetadataFault> {
        match self.lookup {
            Looked::Platform(mut lookup) => lookup.small(target).await,
            Looked::File(mut lookup) => lookup.small(target).await,
        }
    }

    /// The way to a release that signed policy names.
    ///
    /// # Errors
    /// When what is signed about it is not enough, or cannot be fetched.
    pub(crate) async fn announce(
        self,
        deployment: &Deployment,
        home: Home,
        version: &Version,
        running: (&Version, &str),
    ) -> Result<Update<Announced>, UpdateFault> {
        let Self { statement, source, lookup } = self;
        let key = deployment.minisign_key().clone();
        let (running, system) = running;
        let release = match lookup {
            Looked::Platform(lookup) => look_up(lookup, &key, version, system, running).await?,
            Looked::File(lookup) => look_up(lookup, &key, version, system, running).await?,
        };
        let withdrawn = |sha256: &[u8; 32]| statement.policy.revoked.contains(&hex::encode(sha256));
        if withdrawn(&release.program.sha256) || withdrawn(&release.unpacked.file.sha256) {
            let what = "release that was not withdrawn".to_owned();
            return Err(UpdateFault::NotOffered { version: version.clone(), what });
        }
        let Home { slots, base, patience } = home;
        Ok(Update::new(Plan { release, source, slots, key, running: running.clone(), base, patience }))
    }
}

async fn look_up<F: Files>(
    mut lookup: Lookup<F>,
    key: &minisign_verify::PublicKey,
    version: &Version,
    system: &str,
    running: &Version,
) -> Result<Release, UpdateFault> {
    Release::look_up(&mut lookup, key, version, system, running).await
}

/// Opens an update file that was brought by hand.
///
/// # Errors
/// [`UpdateFault::ImportDamaged`].
pub(crate) async fn open_import(file: File) -> Result<Import, UpdateFault> {
    let opened = off_thread(move || Brought::open(file)).await?;
    opened.map(Import).map_err(|fault| UpdateFault::ImportDamaged(fault.to_string()))
}

/// An update file that was brought by hand, open. Nothing of it is believed yet.
pub(crate) struct Import(Brought);

impl Import {
    pub(crate) fn source(&self) -> Source {
        Source::File(self.0.clone())
    }

    /// What is wrong with the file, in the words of somebody who brought it.
    pub(crate) fn explain(&self, fault: MetadataFault, deployment: &Deployment) -> UpdateFault {
        let root = deployment.root();
        let version = TrustedMetadataSet::from_root(root).map_or(0, |trusted| trusted.root().version);
        if import::shares_root(&self.0, version, root) == Some(false) {
            return UpdateFault::ImportForeign(fault);
        }
        match fault {
            MetadataFault::Expired { .. } | MetadataFault::RolledBack { .. } => UpdateFault::ImportOld(fault),
            other => UpdateFault::ImportDamaged(crate::chain::chain(&other)),
        }
    }
}
