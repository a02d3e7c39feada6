use std::io;
use std::path::{Path, PathBuf};

/// Something could not be made, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// A file or folder.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A key file does not hold a key of its kind.
    #[error("{0} holds no key of its kind")]
    NoKey(PathBuf),
    /// A file is no key sealed with a passphrase.
    #[error("this is no sealed key")]
    NotSealed,
    /// It does not open.
    #[error("the passphrase is not the one of this key")]
    Passphrase,
    /// The cipher refused.
    #[error("the key could not be sealed")]
    Sealing,
    /// A holder's name with other letters than `a`-`z`, digits and hyphens.
    #[error("\"{0}\" cannot be a holder's name: letters a-z, digits and hyphens, 40 at most")]
    Holder(String),
    /// A public key file whose id is another key's.
    #[error("the public key of {0} bears the id of another")]
    KeyId(String),
    /// A slot's archive.
    #[error(transparent)]
    Archive(#[from] polder_slots::archive::ArchiveError),
    /// A slot's manifest.
    #[error(transparent)]
    Manifest(#[from] polder_slots::ManifestError),
    /// zstd.
    #[error("packing: {0}")]
    Packing(#[source] io::Error),
    /// Text that is none.
    #[error("this is no UTF-8 text")]
    Text,
    /// The random source failed.
    #[error("no key could be made")]
    Random,
    /// A time outside of what a calendar knows.
    #[error("no calendar knows the time {0}")]
    Time(i64),
    /// Metadata that cannot be written as canonical JSON.
    #[error("metadata: {0}")]
    Json(#[from] serde_json::Error),
    /// The minisign library.
    #[error("minisign: {0}")]
    Minisign(#[from] minisign::PError),
}

impl SigningError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
