//! The part of a download that has come so far. Its length is all that says how far it is: nothing else has to be kept in
//! step with it, and what is there is hashed again before it counts.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;
#[cfg(unix)]
mod unix;

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polder_slots::{Incoming, durable};

use super::{SignedFile, UpdateFault};

/// Written to the disk for good each time so much has come: a power cut costs no more.
const SYNC_EVERY: u64 = 1024 * 1024;

/// A private file in `incoming/`, with room reserved for all that is to come.
#[derive(Debug)]
pub(super) struct Part {
    file: File,
    path: PathBuf,
    whole: u64,
    unsynced: u64,
    /// Nobody else fetches meanwhile.
    _right: Arc<Incoming>,
}

impl Part {
    /// Opens what is there, or makes it. A link, a file that others may write, one with a second name or one that is too
    /// long is none of ours: it goes.
    pub(super) fn open(right: &Arc<Incoming>, wanted: &SignedFile) -> Result<Self, UpdateFault> {
        let path = right.partial(&wanted.sha256);
        let failed = |error| UpdateFault::of_io(&path, wanted.length, error);
        let file = match system::open_ours(&path).map_err(failed)? {
            Some(file) if file.metadata().map_err(failed)?.len() <= wanted.length => file,
            _ => {
                durable::remove(&path).map_err(failed)?;
                system::create(&path).map_err(failed)?
            }
        };
        reserve(&file, wanted.length).map_err(failed)?;
        Ok(Self { file, path, whole: wanted.length, unsynced: 0, _right: Arc::clone(right) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is there, from the beginning; writing goes on behind it.
    pub(super) fn read(&mut self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        self.file.rewind()?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match self.file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => each(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Forgets what has come.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        reserve(&self.file, self.whole)
    }

    /// The open file itself: what was verified is read from here on.
    pub(super) fn into_file(self) -> File {
        self.file
    }

    /// The same with the file's name gone: nobody finds it by its name any more, and nobody picks it up again.
    pub(super) fn remove(&self) -> io::Result<()> {
        durable::remove(&self.path)
    }
}

/// Room for so many bytes, so that a full disk shows before anything is fetched. The length stays what it is.
///
/// Where a file system reserves nothing, writing will tell.
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    system::reserve(file, whole)
}
