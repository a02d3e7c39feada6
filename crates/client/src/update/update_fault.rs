use std::io;
use std::path::{Path, PathBuf};

use polder_slots::{Bad, SlotsError, durable};
use polder_wire::Code;
use semver::Version;

use super::MetadataFault;
use crate::transport::TransportError;

/// Why a newer release could not be put in place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateFault {
    /// It could not be fetched.
    #[error("the release could not be fetched")]
    Transport(#[from] TransportError),
    /// What is signed about it could not be fetched or does not hold.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// It is signed, and not as something to be fetched, or the file is not there.
    #[error("version {version} is not offered: there is no {what}")]
    NotOffered {
        /// Which release.
        version: Version,
        /// What is missing.
        what: String,
    },
    /// Other bytes came than were signed, or they changed on this disk. Nothing was changed.
    #[error("what came of version {0} is not what was signed")]
    Damaged(Version),
    /// The very bytes that were signed are no release that may be started. Remembered.
    #[error("version {version} does not hold: {why}")]
    DoesNotHold {
        /// Which release.
        version: Version,
        /// What is wrong with it.
        why: String,
    },
    /// It was tried here before, and is not tried again.
    #[error("version {version} is not tried again: {why:?}")]
    Bad {
        /// Which release.
        version: Version,
        /// Why.
        why: Bad,
    },
    /// The disk, or what this person may use of it, is too full.
    #[error("{needed} bytes are needed at {}", folder.display())]
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// In bytes.
        needed: u64,
        /// In bytes, where the system says so before anything is written; a quota shows only while writing.
        free: Option<u64>,
        /// The system's own words.
        #[source]
        cause: Option<io::Error>,
    },
    /// No program may be started from this person's folder.
    #[error("no program may be started from {}", .0.display())]
    NoPrograms(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written", folder.display())]
    Unwritable {
        /// Which.
        folder: PathBuf,
        /// The system's own words.
        #[source]
        cause: io::Error,
    },
    /// Slots could not be read or changed.
    #[error("the slots cannot be used")]
    Slots(#[source] SlotsError),
    /// A file on this computer could not be read or written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Another program holds a file of ours and lets nobody else at it. Nothing was changed.
    #[error("another program holds {}", path.display())]
    Held {
        /// Which.
        path: PathBuf,
        /// The system's own words.
        #[source]
        cause: io::Error,
    },
    /// Another Polder of this person is at it, for longer than one waits.
    #[error("another update is under way")]
    Busy,
    /// This program was not started by its launcher, so there is no place for versions.
    #[error("there is no place for versions")]
    NoSlots,
    /// The newest release runs already.
    #[error("there is nothing newer")]
    NothingNewer,
    /// What was chosen as update file cannot be read, or is no plain file.
    #[error("the update file cannot be read")]
    ImportUnreadable(#[source] io::Error),
    /// This program runs from a read-only place that macOS made for it, so there is no place for versions beside it.
    #[error("this program is translocated: {}", .0.display())]
    Translocated(PathBuf),
    /// The update file is none, or not whole.
    #[error("the update file is damaged: {0}")]
    ImportDamaged(String),
    /// The update file is another deployment's.
    #[error("the update file is of another deployment")]
    ImportForeign(#[source] MetadataFault),
    /// The update file is older than what is known, or its time is over.
    #[error("the update file is too old")]
    ImportOld(#[source] MetadataFault),
    /// Something broke in here.
    #[error("something unexpected happened")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl UpdateFault {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Transport(error) => error.code(),
            Self::Metadata(fault) => fault.code(),
            Self::NotOffered { .. } => Code::UpdateNotOffered,
            Self::Damaged(_) => Code::UpdateInterrupted,
            Self::DoesNotHold { .. } | Self::Bad { why: Bad::DoesNotHold, .. } => Code::ReleaseDoesNotHold,
            Self::Bad { .. } => Code::ReleaseDoesNotStart,
            Self::NoRoom { .. } => Code::NoRoom,
            Self::NoPrograms(_) | Self::Unwritable { .. } => Code::FolderCannotHoldPrograms,
            Self::Slots(SlotsError::Shared(_)) => Code::FolderCannotHoldPrograms,
            Self::Held { .. } => Code::FileHeld,
            Self::Busy => Code::UpdateBusy,
            Self::NoSlots => Code::NoSlots,
            Self::NothingNewer => Code::NothingNewer,
            Self::ImportUnreadable(_) => Code::UpdateFileUnreadable,
            Self::Translocated(_) => Code::Translocated,
            Self::ImportDamaged(_) => Code::UpdateFileDamaged,
            Self::ImportForeign(_) => Code::UpdateFileForeign,
            Self::ImportOld(_) => Code::UpdateFileOld,
            Self::Slots(_) | Self::File { .. } | Self::Unexpected(_) => Code::Unexpected,
        }
    }

    /// How many bytes are needed and how many are free, when that is what is missing.
    pub fn room(&self) -> Option<(u64, Option<u64>)> {
        match self {
            Self::NoRoom { needed, free, .. } => Some((*needed, *free)),
            _ => None,
        }
    }

    /// What the system said about a file or folder of ours, where `needed` bytes were to go.
    pub(super) fn of_io(path: &Path, needed: u64, cause: io::Error) -> Self {
        use io::ErrorKind as K;
        let folder = path.to_owned();
        match cause.kind() {
            // Before what its kind says: Windows' own has none.
            _ if durable::is_held(&cause) => Self::Held { path: folder, cause },
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => {
                Self::NoRoom { folder, needed, free: None, cause: Some(cause) }
            }
            K::PermissionDenied | K::ReadOnlyFilesystem => Self::Unwritable { folder, cause },
            _ => Self::File { path: folder, cause },
        }
    }

    pub(super) fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unexpected(Box::new(error))
    }
}

impl From<SlotsError> for UpdateFault {
    fn from(error: SlotsError) -> Self {
        match error {
            SlotsError::Io { path, source } => Self::of_io(&path, 0, source),
            other => Self::Slots(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_a_quota_and_a_folder_that_cannot_be_written_are_told_apart() {
        let code = |kind: io::ErrorKind| UpdateFault::of_io(Path::new("x"), 9, kind.into()).code();
        for full in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge] {
            assert_eq!(code(full), Code::NoRoom);
        }
        assert_eq!(code(io::ErrorKind::ReadOnlyFilesystem), Code::FolderCannotHoldPrograms);
        assert_eq!(code(io::ErrorKind::PermissionDenied), Code::FolderCannotHoldPrograms);
        assert_eq!(code(io::ErrorKind::NotConnected), Code::Unexpected);
    }
}
