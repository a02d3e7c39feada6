//! What a repository's folder says now.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use polder_wire::update::POLICY_TARGET;

use crate::metadata::{Chain, Envelope, Leading, Meta, MetadataFault, Named, Targets};
use crate::policy::{PINS_TARGET, Stand};
use crate::proposal::{ProposalFault, StandText, read_stand, text};
use crate::repository::consistent;
use crate::{SigningError, role};

/// A repository that cannot be read as one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingFault {
    /// A file or folder.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// One of its metadata files.
    #[error("{path}: {source}", path = path.display())]
    Metadata {
        /// Which.
        path: PathBuf,
        /// Why.
        source: MetadataFault,
    },
    /// Its policy or pins.
    #[error("published policy: {0}")]
    Policy(#[source] Box<ProposalFault>),
    /// A file is not the one that leads to it.
    #[error("{0} is not the file that the one before leads to")]
    Other(PathBuf),
    /// Another publication is under way.
    #[error("another program is publishing here")]
    Busy,
}

/// A repository's newest state. Files lead to each other by hash; whether enough of the right keys signed is
/// asked by who reads it, because a lost key may leave one that does not hold for a moment.
#[derive(Debug)]
pub struct Standing {
    /// Every root as a file, oldest first; none in an empty folder.
    pub roots: Vec<Vec<u8>>,
    /// What readers see; none before the first targets are published.
    pub published: Option<Published>,
}

/// The three lower roles.
#[derive(Debug)]
pub struct Published {
    /// The newest word.
    pub timestamp: (Envelope, Meta),
    /// What it leads to.
    pub snapshot: (Envelope, Meta),
    /// What that leads to.
    pub targets: (Envelope, Targets),
    /// The files of the last two, byte by byte.
    pub files: Files,
    /// Policy and pins.
    pub stand: Stand,
}

/// Files as they lie there.
#[derive(Debug)]
pub struct Files {
    /// `<n>.snapshot.json`.
    pub snapshot: Vec<u8>,
    /// `<n>.targets.json`.
    pub targets: Vec<u8>,
    /// `policy.json` and `pins.json`.
    pub stand: StandText,
}

impl Standing {
    /// Reads a folder; an empty or missing one is a repository where nothing was published yet.
    ///
    /// # Errors
    /// When a file is missing, is no metadata, or is not the one that leads to it.
    pub fn read(repository: &Path) -> Result<Self, StandingFault> {
        let mut roots = Vec::new();
        while let Some(root) = optional(&metadata(repository, &format!("{}.root.json", roots.len() + 1)))? {
            roots.push(root);
        }
        let path = metadata(repository, "timestamp.json");
        let published =
            optional(&path)?.map(|bytes| Published::read(repository, &path, &bytes)).transpose()?;
        Ok(Self { roots, published })
    }

    /// The chain of roots from the repository's own first one, which proves nothing to anybody but that it hangs
    /// together.
    ///
    /// # Errors
    /// When one does not follow the one before.
    pub fn chain(&self) -> Result<Option<Chain>, MetadataFault> {
        self.roots.first().map(|first| Chain::walk(first, &self.roots)).transpose()
    }
}

impl Standing {
    /// The file of a published target.
    ///
    /// # Errors
    /// When there is none, or it cannot be read. Its hash is not looked at.
    pub fn read_target(&self, repository: &Path, name: &str) -> Result<Vec<u8>, SigningError> {
        let target = self.published.as_ref().and_then(|published| published.targets.1.targets.get(name));
        let missing = || SigningError::file(Path::new(name))(io::ErrorKind::NotFound.into());
        let path = target_path(repository, name, &target.ok_or_else(missing)?.hashes.sha256);
        fs::read(&path).map_err(SigningError::file(&path))
    }
}

impl Published {
    fn read(repository: &Path, path: &Path, bytes: &[u8]) -> Result<Self, StandingFault> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StandingFault::Metadata { path, source }
        };
        let timestamp = Envelope::parse(bytes).map_err(at(path))?;
        let leads_on = timestamp.leads_to(Leading::Timestamp).map_err(at(path))?;
        let (path, snapshot_file) = follow(repository, "snapshot", &leads_on.named)?;
        let snapshot = Envelope::parse(&snapshot_file).map_err(at(&path))?;
        let leads_further = snapshot.leads_to(Leading::Snapshot).map_err(at(&path))?;
        let (path, targets_file) = follow(repository, "targets", &leads_further.named)?;
        let envelope = Envelope::parse(&targets_file).map_err(at(&path))?;
        let targets = envelope.targets().map_err(at(&path))?;
        if leads_on.named.version != leads_further.version || leads_further.named.version != targets.version {
            return Err(StandingFault::Other(path));
        }
        let (texts, stand) = stand(repository, &targets)?;
        Ok(Self {
            timestamp: (timestamp, leads_on),
            snapshot: (snapshot, leads_further),
            targets: (envelope, targets),
            files: Files { snapshot: snapshot_file, targets: targets_file, stand: texts },
            stand,
        })
    }
}

/// Policy and pins that targets lead to.
///
/// # Errors
/// When they are missing or say more than is known here.
pub(crate) fn stand(repository: &Path, targets: &Targets) -> Result<(StandText, Stand), StandingFault> {
    let read = |name: &'static str| -> Result<String, StandingFault> {
        let wrong = || StandingFault::Policy(Box::new(ProposalFault::Content(name)));
        let target = targets.targets.get(name).ok_or_else(wrong)?;
        let path = target_path(repository, name, &target.hashes.sha256);
        Ok(text(fs::read(&path).map_err(SigningError::file(&path))?)?)
    };
    let texts = StandText { policy: read(POLICY_TARGET)?, pins: read(PINS_TARGET)? };
    let stand = read_stand(&texts, targets).map_err(|fault| StandingFault::Policy(Box::new(fault)))?;
    Ok((texts, stand))
}

/// Where a target lies.
pub(crate) fn target_path(repository: &Path, name: &str, sha256: &str) -> PathBuf {
    repository.join("targets").join(consistent(name, sha256))
}

/// Where metadata lies.
pub(crate) fn metadata(repository: &Path, name: &str) -> PathBuf {
    repository.join("metadata").join(name)
}

/// Nobody else publishes while it lives.
///
/// # Errors
/// [`StandingFault::Busy`], or when the folder cannot be written to.
pub(crate) fn lock(repository: &Path) -> Result<File, StandingFault> {
    fs::create_dir_all(repository).map_err(SigningError::file(repository))?;
    let path = repository.join("publishing.lock");
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).append(true).open(&path).map_err(SigningError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StandingFault::Busy),
        Err(TryLockError::Error(error)) => Err(SigningError::file(&path)(error).into()),
    }
}

/// The bytes of a file, if there is one.
pub(crate) fn optional(path: &Path) -> Result<Option<Vec<u8>>, SigningError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SigningError::file(path)(error)),
    }
}

fn follow(repository: &Path, name: &str, to: &Named) -> Result<(PathBuf, Vec<u8>), StandingFault> {
    let path = metadata(repository, &format!("{}.{name}.json", to.version));
    let bytes = fs::read(&path).map_err(SigningError::file(&path))?;
    let same = bytes.len() as u64 == to.length && role::sha256(&bytes) == to.hashes.sha256;
    if same { Ok((path, bytes)) } else { Err(StandingFault::Other(path)) }
}
