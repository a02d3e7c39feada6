//! The part of a download that has come so far. Its length is all that says how far it is: nothing else has to be kept in
//! step with it, and what is there is hashed again before it counts.

use std::fs::{File, OpenOptions};
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
        let file = match open_ours(&path).map_err(failed)? {
            Some(file) if file.metadata().map_err(failed)?.len() <= wanted.length => file,
            _ => {
                durable::remove(&path).map_err(failed)?;
                create(&path).map_err(failed)?
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
#[cfg(target_os = "linux")]
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    if whole == 0 {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, whole) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Elsewhere the room is asked for and given back: others may take it meanwhile, and then writing tells.
#[cfg(not(target_os = "linux"))]
pub(super) fn reserve(file: &File, whole: u64) -> io::Result<()> {
    let length = file.metadata()?.len();
    if whole > length {
        file.set_len(whole)?;
        file.set_len(length)?;
    }
    Ok(())
}

fn create(path: &Path) -> io::Result<File> {
    let options = &mut OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.read(true).write(true).create_new(true).open(path)
}

/// `None` when there is nothing, or nothing of ours.
#[cfg(unix)]
fn open_ours(path: &Path) -> io::Result<Option<File>> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;
    // A pipe would wait for somebody at its other end.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    // A link, a folder, a socket, a file without rights, or nothing: whatever it is, it goes, and making a new one tells
    // what stands in the way.
    let Ok(file) = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path) else {
        return Ok(None);
    };
    let metadata = file.metadata()?;
    let ours = metadata.is_file()
        && metadata.nlink() == 1
        && metadata.mode() & 0o077 == 0
        && metadata.uid() == rustix::process::geteuid().as_raw();
    Ok(ours.then_some(file))
}

#[cfg(not(unix))]
fn open_ours(path: &Path) -> io::Result<Option<File>> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => OpenOptions::new().read(true).write(true).open(path).map(Some),
        _ => Ok(None),
    }
}
