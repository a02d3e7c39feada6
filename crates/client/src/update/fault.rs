use std::io;
use std::path::PathBuf;

use polder_wire::{Code, UnixSeconds};

use crate::transport::TransportError;

/// Why the release metadata cannot be believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataFault {
    /// It could not be fetched.
    #[error("the release metadata could not be fetched")]
    Transport(#[from] TransportError),
    /// The update file that was brought by hand could not be read.
    #[error("the update file cannot be read")]
    File(#[source] io::Error),
    /// A file that must be there is not.
    #[error("the platform has no `{0}`")]
    Missing(String),
    /// It is out of date: perhaps somebody keeps newer metadata away.
    #[error("`{role}` expired at {} (unix seconds)", .at.0)]
    Expired {
        /// Which file.
        role: String,
        /// When.
        at: UnixSeconds,
        /// What the platform's clock said, over a connection whose key is pinned.
        platform_time: Option<UnixSeconds>,
    },
    /// It is older than what was seen before, or than the build's floor.
    #[error("`{role}` has version {offered}, known is {known}")]
    RolledBack {
        /// Which file.
        role: String,
        /// The version that is known to exist.
        known: u64,
        /// The version that was offered.
        offered: u64,
    },
    /// Signatures are missing or wrong, or files do not belong together.
    #[error("the release metadata does not hold")]
    Invalid(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The signed policy is of a format that this version does not know.
    #[error("the signed policy is not readable")]
    Policy(#[source] Option<serde_json::Error>),
}

impl MetadataFault {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Transport(error) => error.code(),
            Self::File(_) => Code::UpdateFileDamaged,
            Self::Expired { .. } => Code::MetadataExpired,
            Self::RolledBack { .. } => Code::MetadataRolledBack,
            Self::Missing(_) | Self::Invalid(_) | Self::Policy(_) => Code::MetadataInvalid,
        }
    }
}

/// What must be remembered cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct StoreFault {
    /// Where.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub cause: io::Error,
}

impl StoreFault {
    /// What a person is told.
    pub fn code(&self) -> Code {
        match self.cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
            _ => Code::StoreUnwritable,
        }
    }
}
