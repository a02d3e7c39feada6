use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polder_wire::UnixSeconds;
use sigstore_tuf::{TrustedMetadataSet, Updater};

use crate::folder::{Folder, ROOT};
use crate::loopback::{Loopback, LoopbackError};
use crate::target::{self, TargetError};

/// Targets that are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Their names in the metadata.
    pub(crate) names: &'a [String],
    /// Where targets lie.
    pub(crate) base_url: &'a str,
    /// Where they are put.
    pub(crate) folder: &'a Path,
}

/// Why a step of the client workflow failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkflowError {
    /// A file or folder of this computer.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The metadata does not hold, or could not be fetched.
    #[error("the metadata does not hold")]
    Metadata(#[from] sigstore_tuf::Error),
    /// This program does not go there.
    #[error("the repository is out of reach")]
    Repository(#[from] LoopbackError),
    /// No role that may speak of it names the target.
    #[error("no role names the target `{0}`")]
    NoTarget(String),
    /// The target could not be fetched, or is not what the metadata says.
    #[error("the target does not hold")]
    Target(#[from] TargetError),
    /// The system refuses to give what every program needs.
    #[error("this program could not begin")]
    Start(#[source] io::Error),
    /// This computer's clock is out of all bounds.
    #[error("no calendar knows this computer's time")]
    Clock(#[source] jiff::Error),
}

/// Takes a root as the one to trust.
///
/// # Errors
/// When it does not read, is not signed by enough of its own keys, or cannot be put into the folder.
pub(crate) fn init(metadata: &Path, trusted_root: &Path) -> Result<(), WorkflowError> {
    let root = fs::read(trusted_root).map_err(file(trusted_root))?;
    TrustedMetadataSet::from_root(&root)?;
    let folder = Folder::open(metadata);
    folder.trust(root);
    folder.keep().map_err(file(metadata))
}

/// Brings the metadata of the top-level roles up to date.
///
/// # Errors
/// See [`WorkflowError`]. What was verified before the failure is kept.
pub(crate) fn refresh(metadata: &Path, url: &str) -> Result<(), WorkflowError> {
    let files = Loopback::new(url, None)?;
    in_time(with_updater(metadata, files, async |updater, now| Ok(updater.refresh(now).await?)))
}

/// Brings the metadata up to date, finds each target through all delegations, and fetches it, unless what lies
/// in the folder is that very target already.
///
/// # Errors
/// See [`WorkflowError`]. What was verified before the failure is kept.
pub(crate) fn download(metadata: &Path, url: &str, wanted: &Wanted<'_>) -> Result<(), WorkflowError> {
    let files = Loopback::new(url, Some(wanted.base_url))?;
    let targets = files.clone();
    in_time(with_updater(metadata, files, async |updater, now| {
        updater.refresh(now).await?;
        let consistent = updater.trusted().root().consistent_snapshot;
        for name in wanted.names {
            let signed = updater.get_target_info(name, now).await?;
            let signed = signed.ok_or_else(|| WorkflowError::NoTarget(name.clone()))?;
            target::fetch(&targets, wanted.folder, name, &signed, consistent).await?;
        }
        Ok(())
    }))
}

async fn with_updater<T>(
    metadata: &Path,
    files: Loopback,
    work: impl AsyncFnOnce(&mut Updater, jiff::Timestamp) -> Result<T, WorkflowError>,
) -> Result<T, WorkflowError> {
    let folder = Arc::new(Folder::open(metadata));
    let path = metadata.join(ROOT);
    let root = fs::read(&path).map_err(file(&path))?;
    let now = jiff::Timestamp::from_second(UnixSeconds::from_clock().0).map_err(WorkflowError::Clock)?;
    let mut updater = polder_client::updater(files, &root, Arc::clone(&folder))?;
    let done = work(&mut updater, now).await;
    // Whether it failed or not: a newer root counts even when the rest does not.
    let kept = folder.keep().map_err(file(metadata));
    let done = done?;
    kept?;
    Ok(done)
}

fn in_time<T>(work: impl Future<Output = Result<T, WorkflowError>>) -> Result<T, WorkflowError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(WorkflowError::Start)?.block_on(work)
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> WorkflowError + use<> {
    let path = path.to_owned();
    move |cause| WorkflowError::File { path, cause }
}
