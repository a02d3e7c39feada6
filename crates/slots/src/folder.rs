//! Folders and files that are opened without following a link on the way.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// An open folder. What is opened through it lies in it, whatever is renamed meanwhile (on Unix).
pub(crate) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    handle: File,
}

/// Why something is not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A link, a device, a pipe, or a folder for a file.
    #[error("it is not what it should be")]
    Kind,
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[cfg(unix)]
mod imp {
    use std::os::unix::ffi::OsStringExt;

    use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

    use super::{Fault, File, Folder, Metadata, OsString, Path, io};

    impl Folder {
        pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
            Ok(Self { path: path.to_owned(), handle: open(CWD, path, FileType::Directory)?.0 })
        }

        pub(crate) fn folder(&self, name: &str) -> Result<Self, Fault> {
            let handle = open(&self.handle, Path::new(name), FileType::Directory)?.0;
            Ok(Self { path: self.path.join(name), handle })
        }

        pub(crate) fn file(&self, name: &str) -> Result<(File, Metadata), Fault> {
            open(&self.handle, Path::new(name), FileType::RegularFile)
        }

        pub(crate) fn metadata(&self) -> io::Result<Metadata> {
            self.handle.metadata()
        }

        pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in Dir::read_from(&self.handle)? {
                let name = entry?.file_name().to_bytes().to_vec();
                if name != b"." && name != b".." {
                    names.push(OsString::from_vec(name));
                }
            }
            Ok(names)
        }
    }

    fn open(at: impl rustix::fd::AsFd, path: &Path, kind: FileType) -> Result<(File, Metadata), Fault> {
        // A look first, for the sake of the words; what counts is the look through the handle below.
        let found = statat(&at, path, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from)?;
        if FileType::from_raw_mode(found.st_mode) != kind {
            return Err(Fault::Kind);
        }
        // Not blocking: a pipe that was put there meanwhile would keep whoever opens it waiting.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(openat(&at, path, flags, Mode::empty()).map_err(io::Error::from)?);
        let metadata = file.metadata()?;
        let same = if kind == FileType::Directory { metadata.is_dir() } else { metadata.is_file() };
        if same { Ok((file, metadata)) } else { Err(Fault::Kind) }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::fs;

    use super::{Fault, File, Folder, Metadata, OsString, Path, io};

    impl Folder {
        pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
            // Junctions count as links.
            if !fs::symlink_metadata(path)?.is_dir() {
                return Err(Fault::Kind);
            }
            Ok(Self { path: path.to_owned() })
        }

        pub(crate) fn folder(&self, name: &str) -> Result<Self, Fault> {
            Self::open(&self.path.join(name))
        }

        pub(crate) fn file(&self, name: &str) -> Result<(File, Metadata), Fault> {
            let path = self.path.join(name);
            if !fs::symlink_metadata(&path)?.is_file() {
                return Err(Fault::Kind);
            }
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_file() { Ok((file, metadata)) } else { Err(Fault::Kind) }
        }

        pub(crate) fn metadata(&self) -> io::Result<Metadata> {
            fs::symlink_metadata(&self.path)
        }

        pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
            fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect()
        }
    }
}

impl Folder {
    /// Where it was opened, for people.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Whether nobody else could have changed it since somebody trusted put it there: it is of the system or of this
/// person, and not open for writing to others.
#[cfg(unix)]
pub(crate) fn is_ours(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    is_trusted(metadata.uid(), metadata.mode(), rustix::process::geteuid().as_raw())
}

#[cfg(unix)]
fn is_trusted(owner: u32, mode: u32, me: u32) -> bool {
    // Neither group nor others may write, and it takes on nobody's rights.
    (owner == me || owner == 0) && mode & 0o7022 == 0
}

/// The person's own folders and the system's have lists of their own on Windows, which are left as they are.
#[cfg(not(unix))]
pub(crate) fn is_ours(_: &Metadata) -> bool {
    true
}

/// Whether it may be run, as far as the system keeps count of that.
#[cfg(unix)]
pub(crate) fn is_executable(metadata: &Metadata) -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_executable(_: &Metadata) -> Option<bool> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::is_trusted;

    #[test]
    fn what_another_person_owns_or_may_write_is_not_trusted() {
        for owner in [1000, 0] {
            assert!(is_trusted(owner, 0o100_755, 1000) && is_trusted(owner, 0o040_700, 1000));
            for mode in [0o775, 0o757, 0o4755, 0o2755, 0o1777] {
                assert!(!is_trusted(owner, mode, 1000), "{mode:o}");
            }
        }
        assert!(!is_trusted(1001, 0o755, 1000) && !is_trusted(1000, 0o755, 0));
    }
}
