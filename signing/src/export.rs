//! The update file: what one system's newest release needs, out of a repository, for a computer that cannot
//! reach the platform. Its reader verifies it as it would the platform's answers.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use polder_wire::update::{
    POLICY_TARGET, UPDATE_FILE_METADATA, UPDATE_FILE_TARGETS, archive_signature_target, archive_target,
    notes_target, signature_target, unpacked_signature_target,
};

use crate::SigningError;
use crate::repository::consistent;
use crate::standing::{Standing, StandingFault, target_path};

/// Why there is no update file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportFault {
    /// The repository.
    #[error(transparent)]
    Standing(#[from] StandingFault),
    /// It names no release for the system, or one that cannot be updated to.
    #[error("the repository has no {0}")]
    Missing(String),
    /// A file or folder.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Writes the update file for a system; says which files are in it, in order.
///
/// # Errors
/// When the newest release lacks a file, or the update file is there already or cannot be written.
pub fn export(repository: &Path, system: &str, to: &Path) -> Result<Vec<String>, ExportFault> {
    let standing = Standing::read(repository)?;
    let published = standing.published.as_ref();
    let published = published.ok_or_else(|| ExportFault::Missing("published targets".to_owned()))?;
    let version = published.stand.policy.newest.get(system);
    let version = version.ok_or_else(|| ExportFault::Missing(format!("release for {system}")))?;

    let mut entries: Vec<(String, PathBuf)> = Vec::new();
    let mut metadata = |name: String| {
        entries.push((format!("{UPDATE_FILE_METADATA}{name}"), crate::standing::metadata(repository, &name)));
    };
    (1..=standing.roots.len()).for_each(|root| metadata(format!("{root}.root.json")));
    metadata("timestamp.json".to_owned());
    metadata(format!("{}.snapshot.json", published.snapshot.1.version));
    metadata(format!("{}.targets.json", published.targets.1.version));

    let needed = [
        POLICY_TARGET.to_owned(),
        signature_target(version, system),
        archive_target(version, system),
        archive_signature_target(version, system),
        unpacked_signature_target(version, system),
    ];
    let notes = notes_target(version);
    let names: BTreeSet<&String> = needed.iter().chain([&notes]).collect();
    for name in names {
        match published.targets.1.targets.get(name) {
            Some(target) => {
                let hash = &target.hashes.sha256;
                let entry = format!("{UPDATE_FILE_TARGETS}{}", consistent(name, hash));
                entries.push((entry, target_path(repository, name, hash)));
            }
            None if *name == notes => {}
            None => return Err(ExportFault::Missing(name.clone())),
        }
    }
    write(&entries, to)?;
    Ok(entries.into_iter().map(|(name, _)| name).collect())
}

fn write(entries: &[(String, PathBuf)], to: &Path) -> Result<(), SigningError> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(SigningError::file(folder))?;
    let mut tar = tar::Builder::new(BufWriter::new(file));
    for (name, path) in entries {
        append(&mut tar, name, path).map_err(SigningError::file(path))?;
    }
    let file = tar
        .into_inner()
        .and_then(|mut out| out.flush().and_then(|()| out.into_inner().map_err(|error| error.into_error())))
        .map_err(SigningError::file(to))?;
    file.as_file().sync_all().map_err(SigningError::file(to))?;
    file.persist_noclobber(to)
        .map_err(|error| SigningError::File { path: to.to_owned(), source: error.error })?;
    Ok(())
}

fn append(tar: &mut tar::Builder<impl io::Write>, name: &str, path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(file.metadata()?.len());
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    tar.append(&header, file)
}
