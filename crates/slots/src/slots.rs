use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use semver::Version;

use crate::folder::{self, Fault, Folder};
use crate::incoming::Incoming;
use crate::locked::Locked;
use crate::pointer::Pointer;
use crate::refused::Refused;

pub(crate) const POINTER: &str = "current.json";
pub(crate) const REFUSED: &str = "refused.json";
pub(crate) const INCOMING: &str = "incoming";
const LOCK: &str = "lock";
const TRIAL: &str = "trial";
/// Of pointer and list, in bytes.
const MAX_SMALL: u64 = 256 * 1024;
/// How often somebody who waits for a lock looks.
const LOOK: Duration = Duration::from_millis(20);

/// The slots of one person and one deployment. Reading takes no lock: every change is one rename.
#[derive(Debug, Clone)]
pub struct Slots {
    folder: PathBuf,
}

/// Why slots could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlotsError {
    /// The system's.
    #[error("{}: {source}", path.display())]
    Io {
        /// What it was about.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder is a link, or others may change it.
    #[error("{} is not this person's alone", .0.display())]
    Shared(PathBuf),
    /// There is no such slot to point to.
    #[error("there is no slot of {0}")]
    NoSlot(Version),
    /// What would be written does not put itself into words.
    #[error("it cannot be written")]
    Json(#[from] serde_json::Error),
}

/// Held while a release on trial runs: two that are started at once do not count for two crashes.
#[derive(Debug)]
pub struct Trial {
    _file: File,
}

impl Slots {
    /// Those in a person's data folder. `deployment` is the deployment's short name (`a-z`, `0-9`, `-`). Nothing is
    /// made before something is to be written.
    pub fn at(data: &Path, deployment: &str) -> Self {
        Self { folder: data.join("versions").join(deployment) }
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the slot of a version lies, whether or not it is there.
    pub fn slot(&self, version: &Version) -> PathBuf {
        self.folder.join(version.to_string())
    }

    /// Downloads and staging folders.
    pub fn incoming_folder(&self) -> PathBuf {
        self.folder.join(INCOMING)
    }

    /// The pointer. One that does not read counts as none.
    ///
    /// # Errors
    /// The system's, but for what is not there.
    pub fn pointer(&self) -> Result<Option<Pointer>, SlotsError> {
        Ok(self.small(POINTER)?.and_then(|json| Pointer::parse(&json).ok()))
    }

    /// Releases that were tried. A list that does not read counts as empty.
    ///
    /// # Errors
    /// The system's, but for what is not there.
    pub fn refused(&self) -> Result<Refused, SlotsError> {
        Ok(self.small(REFUSED)?.and_then(|json| Refused::parse(&json).ok()).unwrap_or_default())
    }

    /// Versions that have a folder, lowest first. Whether one holds is for [`crate::Verified`] to say.
    ///
    /// # Errors
    /// The system's, but for what is not there.
    pub fn list(&self) -> Result<Vec<Version>, SlotsError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_at(&self.folder)(error)),
        };
        let mut versions = Vec::new();
        for entry in entries {
            let entry = entry.map_err(io_at(&self.folder))?;
            versions.extend(entry.file_name().to_str().and_then(crate::version));
        }
        versions.sort();
        Ok(versions)
    }

    /// The right to change slots, pointer and list. None: another has it at the moment. It is held for moments only,
    /// never while something is fetched or runs.
    ///
    /// # Errors
    /// The system's, and [`SlotsError::Shared`].
    pub fn lock(&self) -> Result<Option<Locked>, SlotsError> {
        let file = self.lock_file(&self.folder, LOCK)?;
        Ok(file.map(|file| Locked::new(self.clone(), file)))
    }

    /// The same, with some patience for whoever has it.
    ///
    /// # Errors
    /// As [`Slots::lock`].
    pub fn lock_within(&self, patience: Duration) -> Result<Option<Locked>, SlotsError> {
        let end = Instant::now() + patience;
        loop {
            match self.lock()? {
                None if Instant::now() < end => std::thread::sleep(LOOK),
                answer => return Ok(answer),
            }
        }
    }

    /// The right to fetch and stage. None: another does. It may be held for as long as that takes, and keeps nobody from
    /// starting.
    ///
    /// # Errors
    /// As [`Slots::lock`].
    pub fn incoming(&self) -> Result<Option<Incoming>, SlotsError> {
        let folder = self.incoming_folder();
        make_private(&self.folder)?;
        let file = self.lock_file(&folder, LOCK)?;
        Ok(file.map(|file| Incoming::new(folder, file)))
    }

    /// The right to judge a release on trial by how it ends. None: it runs already, and its end is for whoever started
    /// it to judge.
    ///
    /// # Errors
    /// As [`Slots::lock`].
    pub fn trial(&self) -> Result<Option<Trial>, SlotsError> {
        Ok(self.lock_file(&self.folder, TRIAL)?.map(|file| Trial { _file: file }))
    }

    fn lock_file(&self, folder: &Path, name: &str) -> Result<Option<File>, SlotsError> {
        make_private(folder)?;
        let path = folder.join(name);
        let options = &mut OpenOptions::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // Never through a link; the file is empty and stays so.
            options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
        }
        let file = options.create(true).write(true).truncate(false).open(&path).map_err(io_at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(io_at(&path)(error)),
        }
    }

    /// A small file of ours, if it is there. A link, a folder or too many bytes is none of ours.
    fn small(&self, name: &str) -> Result<Option<Vec<u8>>, SlotsError> {
        let path = self.folder.join(name);
        let opened = Folder::open(&self.folder).and_then(|folder| folder.file(name));
        let file = match opened {
            Ok((file, _)) => file,
            Err(Fault::Kind) => return Ok(None),
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(Fault::Io(error)) => return Err(io_at(&path)(error)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_SMALL + 1).read_to_end(&mut bytes).map_err(io_at(&path))?;
        Ok((bytes.len() as u64 <= MAX_SMALL).then_some(bytes))
    }
}

pub(crate) fn io_at(path: &Path) -> impl Fn(io::Error) -> SlotsError {
    |source| SlotsError::Io { path: path.to_owned(), source }
}

/// A folder of this person alone; made where there is none.
fn make_private(folder: &Path) -> Result<(), SlotsError> {
    let builder = &mut fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder.recursive(true).create(folder).map_err(io_at(folder))?;
    let metadata = fs::symlink_metadata(folder).map_err(io_at(folder))?;
    if metadata.is_dir() && folder::is_ours(&metadata) {
        Ok(())
    } else {
        Err(SlotsError::Shared(folder.to_owned()))
    }
}
