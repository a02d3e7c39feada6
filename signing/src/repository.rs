use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use polder_wire::UnixSeconds;
use polder_wire::update::{POLICY_TARGET, Policy};
use serde_json::Value;

use crate::keys::{Key, Keys};
use crate::release::{self, Release, described};
use crate::{SigningError, role};

/// Version numbers of the four roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Of `root.json`; earlier ones stay beside it.
    pub root: u64,
    /// Of `targets.json`.
    pub targets: u64,
    /// Of `snapshot.json`.
    pub snapshot: u64,
    /// Of `timestamp.json`.
    pub timestamp: u64,
}

impl Versions {
    /// All four the same.
    pub fn all(number: u64) -> Self {
        Self { root: number, targets: number, snapshot: number, timestamp: number }
    }
}

/// Until when each role's word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiries {
    /// A year or so.
    pub root: UnixSeconds,
    /// Months.
    pub targets: UnixSeconds,
    /// Two weeks.
    pub snapshot: UnixSeconds,
    /// A week: how long a client that is shown nothing newer may believe that there is nothing newer.
    pub timestamp: UnixSeconds,
}

impl Expiries {
    /// The usual terms from now on.
    pub fn from(now: UnixSeconds) -> Self {
        const DAY: i64 = 24 * 60 * 60;
        Self {
            root: now.plus(365 * DAY),
            targets: now.plus(90 * DAY),
            snapshot: now.plus(14 * DAY),
            timestamp: now.plus(7 * DAY),
        }
    }
}

/// What a repository says.
#[derive(Debug, Clone)]
pub struct Content {
    /// About releases as a whole.
    pub policy: Policy,
    /// The programs.
    pub releases: Vec<Release>,
}

/// Who signs which role, be they enough or not: attack tests leave some out, or bring keys of others.
#[derive(Debug, Clone)]
pub struct Signers<'a> {
    /// Sign `root.json`; two of three are enough.
    pub root: Vec<&'a Key>,
    /// Sign `targets.json`; both must.
    pub targets: Vec<&'a Key>,
    /// Signs `snapshot.json`.
    pub snapshot: &'a Key,
    /// Signs `timestamp.json`.
    pub timestamp: &'a Key,
}

impl<'a> Signers<'a> {
    /// As many as each role asks for.
    pub fn enough(keys: &'a Keys) -> Self {
        Self {
            root: keys.root.iter().take(2).collect(),
            targets: keys.targets.iter().collect(),
            snapshot: &keys.snapshot,
            timestamp: &keys.timestamp,
        }
    }
}

/// A signed repository, not written yet.
#[derive(Debug, Clone)]
pub struct Repository {
    /// By path below `metadata/`; `timestamp.json` makes the rest count and is kept apart.
    metadata: BTreeMap<String, Vec<u8>>,
    timestamp: Vec<u8>,
    /// By path below `targets/`.
    targets: BTreeMap<String, Vec<u8>>,
    root: Vec<u8>,
}

impl Repository {
    /// Signs with as many keys of each role as it asks for.
    ///
    /// # Errors
    /// When metadata cannot be written as JSON, or a time is out of all bounds.
    pub fn sign(
        keys: &Keys,
        content: &Content,
        versions: Versions,
        expiries: Expiries,
    ) -> Result<Self, SigningError> {
        Self::sign_by(&Signers::enough(keys), keys, content, versions, expiries)
    }

    /// Signs with these signers and no others, while `root.json` still names `keys`.
    ///
    /// # Errors
    /// As [`Repository::sign`].
    pub fn sign_by(
        signers: &Signers<'_>,
        keys: &Keys,
        content: &Content,
        versions: Versions,
        expiries: Expiries,
    ) -> Result<Self, SigningError> {
        let files = content.files()?;
        let named = files.iter().map(|(name, content)| Ok((name.clone(), described(content)?)));
        let named: BTreeMap<String, Value> = named.collect::<Result<_, SigningError>>()?;
        let root = role::sign(&role::root(keys, versions.root, expiries.root)?, &signers.root)?;
        let targets =
            role::sign(&role::targets(versions.targets, expiries.targets, &named)?, &signers.targets)?;
        let snapshot = role::snapshot(versions.snapshot, expiries.snapshot, (versions.targets, &targets))?;
        let snapshot = role::sign(&snapshot, &[signers.snapshot])?;
        let timestamp =
            role::timestamp(versions.timestamp, expiries.timestamp, (versions.snapshot, &snapshot))?;
        let timestamp = role::sign(&timestamp, &[signers.timestamp])?;
        let metadata = BTreeMap::from([
            (format!("{}.root.json", versions.root), root.clone()),
            (format!("{}.targets.json", versions.targets), targets),
            (format!("{}.snapshot.json", versions.snapshot), snapshot),
        ]);
        let targets = files
            .into_iter()
            .map(|(name, (bytes, _))| (consistent(&name, &role::sha256(&bytes)), bytes))
            .collect();
        Ok(Self { metadata, timestamp, targets, root })
    }

    /// The exact bytes of `root.json`, for clients to embed.
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The files below `targets/` that this repository leads to, as they are written: `<folder>/<sha256>.<name>`.
    pub fn target_files(&self) -> impl Iterator<Item = &str> {
        self.targets.keys().map(String::as_str)
    }

    /// Writes `metadata/` and `targets/` below the folder. A reader sees the old repository or the new one:
    /// everything that the new timestamp leads to is there, synced, before the timestamp is renamed into
    /// place, and nothing of the old one is removed.
    ///
    /// # Errors
    /// When something cannot be written; readers still see the old one then.
    pub fn write(&self, folder: &Path) -> Result<(), SigningError> {
        let metadata = folder.join("metadata");
        let targets = folder.join("targets");
        for (name, bytes) in &self.targets {
            write_whole(&targets.join(name), bytes)?;
        }
        for (name, bytes) in &self.metadata {
            write_whole(&metadata.join(name), bytes)?;
        }
        write_whole(&metadata.join("timestamp.json"), &self.timestamp)
    }
}

impl Content {
    fn files(&self) -> Result<BTreeMap<String, release::Content>, SigningError> {
        let policy = (serde_json::to_vec_pretty(&self.policy)?, None);
        let mut files = BTreeMap::from([(POLICY_TARGET.to_owned(), policy)]);
        files.extend(self.releases.iter().flat_map(Release::files));
        Ok(files)
    }
}

/// `<folder>/<sha256>.<name>` (TUF 1.0, consistent snapshots).
pub(crate) fn consistent(target: &str, hash: &str) -> String {
    match target.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{hash}.{name}"),
        None => format!("{hash}.{target}"),
    }
}

/// Writes a public file that is there as a whole or not at all, also after a power cut; makes its folder.
///
/// # Errors
/// When it cannot be written; what was there before is there still.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SigningError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(SigningError::file(folder))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(SigningError::file(folder))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(SigningError::file(path))?;
    #[cfg(unix)]
    {
        // Metadata and programs are public; the temporary file was its owner's alone.
        use std::os::unix::fs::PermissionsExt as _;
        let public = fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(public).map_err(SigningError::file(path))?;
    }
    file.persist(path).map_err(|error| SigningError::File { path: path.to_owned(), source: error.error })?;
    sync_names(folder)
}

/// A new name outlives a power cut only once its folder is synced.
#[cfg(unix)]
fn sync_names(folder: &Path) -> Result<(), SigningError> {
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(SigningError::file(folder))
}

/// Windows keeps names in its journal and has no call for it.
#[cfg(not(unix))]
fn sync_names(_: &Path) -> Result<(), SigningError> {
    Ok(())
}
