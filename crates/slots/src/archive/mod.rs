//! A release's files as one archive: plain ustar that every `tar` reads, and of which there is exactly one for a slot.
//!
//! Because there is one only, reading needs no understanding of headers: what stands there must be, byte for byte, what
//! the signed manifest leads to. A link, a device, another path, another order or another mode is simply not that.

mod unpack;
mod write;

pub use unpack::{Limits, unpack};
pub use write::{length, write};

use std::io;

use semver::Version;

use crate::anchor::SignatureFault;
use crate::manifest::ManifestError;

/// Of a header, and what files are padded to.
const BLOCK: usize = 512;
/// Zeros at the end.
const END: usize = 2 * BLOCK;
/// What is held of a file at a time.
const BUFFER: usize = 128 * 1024;

/// Why an archive could not be written or is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Where it comes from failed.
    #[error("the archive cannot be read")]
    Read(#[source] io::Error),
    /// Where it, or one of its files, goes to failed.
    #[error("what is in the archive cannot be written")]
    Write(#[source] io::Error),
    /// It ends too early.
    #[error("the archive breaks off")]
    Short,
    /// It is longer than what was signed.
    #[error("the archive is longer than it may be")]
    Long,
    /// An entry is not the one that the manifest lists there, in any respect.
    #[error("the archive's entry for {0:?} is not the one that is listed")]
    Entry(String),
    /// A file has not the listed bytes.
    #[error("the file {0:?} is not the one that is listed")]
    Bytes(String),
    /// There is something where zeros have to be.
    #[error("the archive has something between or behind its files")]
    Padding,
    /// The manifest is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest's signature does not count.
    #[error("the manifest's signature: {0}")]
    Signature(SignatureFault),
    /// It is a good one, of another release than was asked for.
    #[error("the archive is of {version} for {system}")]
    Release {
        /// What it is of.
        version: Version,
        /// What it is for.
        system: String,
    },
}

/// The one header that a file has.
fn header(path: &str, length: u64, executable: bool) -> io::Result<[u8; BLOCK]> {
    let mut header = tar::Header::new_ustar();
    header.set_path(path)?;
    header.set_size(length);
    header.set_mode(mode(executable));
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(*header.as_bytes())
}

/// Of a file in a slot, the same in the archive and on disk.
fn mode(executable: bool) -> u32 {
    if executable { 0o755 } else { 0o644 }
}

/// Zeros after so many bytes of a file.
fn padding(length: u64) -> usize {
    // The remainder is below the length of a block.
    (BLOCK - (length % BLOCK as u64) as usize) % BLOCK
}

#[cfg(test)]
mod tests;
