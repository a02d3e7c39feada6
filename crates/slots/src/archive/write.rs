use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};

use super::{ArchiveError, BLOCK, BUFFER, END, header, padding};
use crate::manifest::{Listed, MANIFEST, Manifest, ManifestError, SIGNATURE};
use crate::path::SlotPath;

/// Writes the archive of a release: manifest, its signature, and the files as they are listed. `files` opens each once,
/// in that order; what comes is held against length and hash, so that no archive is made that nobody would take.
///
/// The signature is written as it is and not looked at.
///
/// # Errors
/// The manifest's, those of reading and writing, and [`ArchiveError::Bytes`].
pub fn write(
    mut out: impl Write,
    manifest: &[u8],
    signature: &[u8],
    mut files: impl FnMut(&SlotPath) -> io::Result<Box<dyn Read>>,
) -> Result<(), ArchiveError> {
    let parsed = Manifest::parse(manifest)?;
    for (name, bytes) in [(MANIFEST, manifest), (SIGNATURE, signature)] {
        let header = header(name, bytes.len() as u64, false).map_err(ArchiveError::Write)?;
        for part in [&header[..], bytes, &[0; BLOCK][..padding(bytes.len() as u64)]] {
            out.write_all(part).map_err(ArchiveError::Write)?;
        }
    }
    let mut buffer = vec![0; BUFFER];
    for listed in &parsed.files {
        let header =
            header(listed.path.as_str(), listed.length, listed.executable).map_err(ArchiveError::Write)?;
        out.write_all(&header).map_err(ArchiveError::Write)?;
        let file = files(&listed.path).map_err(ArchiveError::Read)?;
        copy(file, &mut out, listed, &mut buffer)?;
        out.write_all(&[0; BLOCK][..padding(listed.length)]).map_err(ArchiveError::Write)?;
    }
    out.write_all(&[0; END]).map_err(ArchiveError::Write)?;
    out.flush().map_err(ArchiveError::Write)
}

/// How many bytes [`write`] writes.
///
/// # Errors
/// When the manifest is none.
pub fn length(manifest: &[u8], signature: &[u8]) -> Result<u64, ManifestError> {
    let parsed = Manifest::parse(manifest)?;
    let entry = |length: u64| BLOCK as u64 + length + padding(length) as u64;
    // A manifest's files are few and together short enough.
    let files: u64 = parsed.files.iter().map(|file| entry(file.length)).sum();
    Ok(entry(manifest.len() as u64) + entry(signature.len() as u64) + files + END as u64)
}

fn copy(
    mut from: impl Read,
    mut to: impl Write,
    listed: &Listed,
    buffer: &mut [u8],
) -> Result<(), ArchiveError> {
    let wrong = || ArchiveError::Bytes(listed.path.to_string());
    let mut hash = Context::new(&SHA256);
    let mut left = listed.length;
    loop {
        let read = match from.read(buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ArchiveError::Read(error)),
        };
        left = left.checked_sub(read as u64).ok_or_else(wrong)?;
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read]).map_err(ArchiveError::Write)?;
    }
    if left == 0 && hash.finish().as_ref() == listed.sha256 { Ok(()) } else { Err(wrong()) }
}
