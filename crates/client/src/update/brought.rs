//! An update file that is brought by hand: a tar of `metadata/` and `targets/`, as they lie on a platform. It is a
//! repository like any other, believed no more.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use polder_wire::update::{UPDATE_FILE_METADATA as METADATA, UPDATE_FILE_TARGETS as TARGETS};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error as TufError, Repository};

/// Files that one update file may hold.
const MOST_FILES: usize = 4_096;
/// Read at once.
pub(super) const PIECE: u64 = 256 * 1024;

/// An open update file, and where in it things lie. Nothing of it is believed.
#[derive(Debug, Clone)]
pub struct Brought(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    file: File,
    /// By name: where it begins and how long it is.
    index: BTreeMap<String, (u64, u64)>,
}

/// Opens a file that a person chose, for reading. What is no plain file is refused at once: a pipe would keep whoever
/// opens it waiting for somebody at its other end, and a device may have no end.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] for a folder, pipe, socket or device.
pub fn open_chosen(path: &Path) -> io::Result<File> {
    let plain = |metadata: &fs::Metadata| {
        let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file");
        metadata.is_file().then_some(()).ok_or_else(wrong)
    };
    // A look first, because opening alone moves some devices; what counts is the look through the handle.
    plain(&fs::metadata(path)?)?;
    let options = &mut fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    let file = options.read(true).open(path)?;
    plain(&file.metadata()?)?;
    Ok(file)
}

impl Brought {
    /// Reads where things lie.
    ///
    /// # Errors
    /// When it cannot be read, or holds anything but plain files below the two folders, each once.
    pub fn open(file: File) -> io::Result<Self> {
        let index = index(&file)?;
        Ok(Self(Arc::new(Opened { file, index })))
    }

    /// Whether this looks like an update file at all: its first entry lies in one of the two folders.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn looks_like_one(mut file: &File) -> io::Result<bool> {
        let mut head = Vec::new();
        file.rewind()?;
        file.take(512).read_to_end(&mut head)?;
        file.rewind()?;
        let is_tar = head.len() == 512 && head[257..].starts_with(b"ustar");
        Ok(is_tar && (head.starts_with(METADATA.as_bytes()) || head.starts_with(TARGETS.as_bytes())))
    }

    /// Names of all targets in it, with the hash in front of the file's name, as they lie there.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.0.index.keys().filter_map(|name| name.strip_prefix(TARGETS))
    }

    /// Hands the bytes of a target on in pieces, and says how many they were.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn read_target(&self, name: &str, sink: &mut dyn FnMut(&[u8])) -> io::Result<u64> {
        let (begin, length) = self.target(name).ok_or(io::ErrorKind::NotFound)?;
        let mut done = 0;
        while done < length {
            let piece = self.read_at(begin + done, PIECE.min(length - done))?;
            sink(&piece);
            done += piece.len() as u64;
        }
        Ok(length)
    }

    /// Where a target begins and how long it is.
    pub(super) fn target(&self, name: &str) -> Option<(u64, u64)> {
        self.0.index.get(&format!("{TARGETS}{name}")).copied()
    }

    /// The bytes of a small file in it, if it is there.
    pub(super) fn small(&self, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(&(begin, length)) = self.0.index.get(name) else { return Ok(None) };
        if length > most {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("{name} is too large")));
        }
        self.read_at(begin, length).map(Some)
    }

    #[cfg(unix)]
    pub(super) fn read_at(&self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.0.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    #[cfg(windows)]
    pub(super) fn read_at(&self, mut at: u64, length: u64) -> io::Result<Vec<u8>> {
        use std::os::windows::fs::FileExt;
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let mut left = &mut bytes[..];
        while !left.is_empty() {
            match self.0.file.seek_read(left, at)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => (at, left) = (at + read as u64, &mut left[read..]),
            }
        }
        Ok(bytes)
    }

    fn fetch(&self, name: &str, most: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        self.small(name, most).map_err(|error| TufError::io(name, error))
    }
}

/// For programs that wait for nothing else meanwhile: it reads where it is asked.
impl Repository for Brought {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(&format!("{METADATA}{name}"), max_length) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(&format!("{TARGETS}{path}"), max_length) })
    }
}

/// Where each file lies. Only plain files below the two folders; one name twice, a link, or an end behind the file's end
/// makes it none of ours.
fn index<R: Read + Seek>(mut from: R) -> io::Result<BTreeMap<String, (u64, u64)>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let whole = from.seek(io::SeekFrom::End(0))?;
    from.rewind()?;
    let mut found = BTreeMap::new();
    let mut archive = ::tar::Archive::new(from);
    for entry in archive.entries_with_seek()?.raw(true) {
        let entry = entry?;
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            continue;
        }
        let name = String::from_utf8(entry.path_bytes().into_owned());
        let name = name.map_err(|_| wrong("a name in it is no text"))?;
        if !kind.is_file() || !(name.starts_with(METADATA) || name.starts_with(TARGETS)) {
            return Err(wrong("something in it does not belong into an update file"));
        }
        let (begin, length) = (entry.raw_file_position(), entry.size());
        if begin.checked_add(length).is_none_or(|end| end > whole) {
            return Err(wrong("it breaks off"));
        }
        if found.len() >= MOST_FILES || found.insert(name, (begin, length)).is_some() {
            return Err(wrong("it holds too many files, or one twice"));
        }
    }
    if found.is_empty() { Err(wrong("there is nothing in it")) } else { Ok(found) }
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    if let Ok(found) = index(io::Cursor::new(bytes)) {
        for (name, (begin, length)) in found {
            assert!(begin + length <= bytes.len() as u64, "{name} lies outside");
            assert!(name.starts_with(METADATA) || name.starts_with(TARGETS), "{name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::archive::tar;

    fn of(bytes: &[u8]) -> io::Result<BTreeMap<String, (u64, u64)>> {
        index(io::Cursor::new(bytes))
    }

    #[test]
    fn plain_files_below_the_two_folders_are_found_where_they_lie() {
        let bytes = tar(&[("metadata/timestamp.json", b"{}"), ("targets/a/x.y", b"hello")]);
        let found = of(&bytes).unwrap();
        let (begin, length) = found["targets/a/x.y"];
        assert_eq!(&bytes[usize::try_from(begin).unwrap()..][..usize::try_from(length).unwrap()], b"hello");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_is_no_update_file_or_breaks_off_is_none() {
        let good = tar(&[("metadata/timestamp.json", &[b'x'; 3_000])]);
        for bad in [
            Vec::new(),
            b"not a tar".repeat(200),
            tar(&[("etc/passwd", b"x")]),
            tar(&[("metadata/a", b"1"), ("metadata/a", b"2")]),
            tar(&[]),
            good[..2_000].to_vec(),
        ] {
            assert!(of(&bad).is_err());
        }
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        let mut builder = tar::Builder::new(Vec::new());
        builder.append_link(&mut header, "metadata/timestamp.json", "/etc/passwd").unwrap();
        assert!(of(&builder.into_inner().unwrap()).is_err());
    }

    /// On a thread of its own, because what is tested here is that nobody waits.
    #[cfg(unix)]
    fn chosen(path: std::path::PathBuf) -> Option<io::ErrorKind> {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(open_chosen(&path).err().map(|error| error.kind())));
        told.recv_timeout(std::time::Duration::from_secs(20)).expect("whoever opens it waits")
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_a_device_a_folder_or_a_socket_is_refused_at_once() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let [pipe, socket, file, link] =
            ["pipe", "socket", "file", "link"].map(|name| folder.path().join(name));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [pipe, link, socket, "/dev/zero".into(), folder.path().to_owned()] {
            assert_eq!(chosen(path.clone()), Some(io::ErrorKind::InvalidInput), "{}", path.display());
        }
        assert_eq!(chosen(file.clone()), Some(io::ErrorKind::NotFound));
        std::fs::write(&file, b"x").unwrap();
        assert_eq!(chosen(file), None);
    }
}
