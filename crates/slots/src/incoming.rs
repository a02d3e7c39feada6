use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use semver::Version;
use tempfile::TempDir;

use crate::anchor::Anchor;
use crate::archive::{self, ArchiveError, Limits};
use crate::durable;
use crate::manifest::Manifest;
use crate::slots::{SlotsError, io_at};
use crate::step::step;

const STAGE: &str = "stage-";

/// The right to fetch and stage, and the private folder for it. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    _lock: File,
}

/// An empty private folder that a release is unpacked into. Gone again when it is dropped.
#[derive(Debug)]
pub struct Staging(TempDir);

/// A release that is whole, checked and on the disk for good, and not yet in its place. Gone again when it is dropped.
#[derive(Debug)]
pub struct Staged {
    folder: TempDir,
    manifest: Manifest,
}

impl Incoming {
    pub(crate) fn new(folder: PathBuf, lock: File) -> Self {
        Self { folder, _lock: lock }
    }

    /// Where downloads lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the part of a target lies that has come so far; by the target's SHA-256.
    pub fn partial(&self, sha256: &[u8; 32]) -> PathBuf {
        self.folder.join(format!("{}.part", hex::encode(sha256)))
    }

    /// A new folder to unpack into.
    ///
    /// # Errors
    /// The system's.
    pub fn stage(&self) -> Result<Staging, SlotsError> {
        Ok(Staging(private(&self.folder).map_err(io_at(&self.folder))?))
    }

    /// Removes what earlier runs left: staging folders and every part of a download but those of `keep`. Nobody else
    /// is at it while this right is held, but for a slot on its way out, which may go twice.
    ///
    /// # Errors
    /// The system's.
    pub fn clear(&mut self, keep: &[[u8; 32]]) -> Result<(), SlotsError> {
        let keep: Vec<PathBuf> = keep.iter().map(|sha256| self.partial(sha256)).collect();
        for entry in fs::read_dir(&self.folder).map_err(io_at(&self.folder))? {
            let path = entry.map_err(io_at(&self.folder))?.path();
            if !keep.contains(&path) && !path.ends_with("lock") {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

impl Staging {
    /// Unpacks and checks a release, and makes it last. See [`archive::unpack`].
    ///
    /// # Errors
    /// See [`ArchiveError`]; nothing stays behind.
    pub fn unpack(
        self,
        from: impl Read,
        anchor: &Anchor,
        expect: (&Version, &str),
        limits: Limits,
    ) -> Result<Staged, ArchiveError> {
        let manifest = archive::unpack(from, self.0.path(), anchor, expect, limits)?;
        Ok(Staged { folder: self.0, manifest })
    }
}

impl Staged {
    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where it lies until it is placed.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// From now on it stays where it is.
    pub(crate) fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}

/// A folder for what is on its way out. Once kept, it goes with what is in it, now or at the next clearing.
pub(crate) fn way_out(incoming: &Path) -> io::Result<TempDir> {
    private(incoming)
}

/// A new folder of this person alone.
fn private(within: &Path) -> io::Result<TempDir> {
    let builder = &mut tempfile::Builder::new();
    step()?;
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix(STAGE).tempdir_in(within)
}

/// Removes whatever lies there. Nothing is as good.
pub(crate) fn remove(path: &Path) -> Result<(), SlotsError> {
    durable::remove(path).map_err(io_at(path))
}
