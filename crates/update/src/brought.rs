use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error as TufError, Repository};

const METADATA: &str = "metadata/";
const TARGETS: &str = "targets/";
/// Files that one update file may hold.
const MOST_FILES: usize = 4_096;

/// An update file that is carried to a computer by hand: a tar of a platform's metadata and targets. It is a
/// repository like any other, believed no more.
#[derive(Debug, Clone)]
pub(crate) struct Brought(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    file: File,
    /// By name: where it begins, and its length.
    index: BTreeMap<String, (u64, u64)>,
}

impl Brought {
    /// Whether this looks like an update file at all: its first entry lies in one of the two folders.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn is_one(path: &Path) -> io::Result<bool> {
        let mut head = Vec::new();
        File::open(path)?.take(512).read_to_end(&mut head)?;
        let is_tar = head.len() == 512 && head[257..].starts_with(b"ustar");
        Ok(is_tar && (head.starts_with(METADATA.as_bytes()) || head.starts_with(TARGETS.as_bytes())))
    }

    /// Reads where things lie.
    ///
    /// # Errors
    /// When it cannot be read, or holds anything but plain files below the two folders, each once.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let file = File::open(path)?;
        let whole = file.metadata()?.len();
        let mut index = BTreeMap::new();
        for entry in tar::Archive::new(&file).entries_with_seek()?.raw(true) {
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
            if index.len() >= MOST_FILES || index.insert(name, (begin, length)).is_some() {
                return Err(wrong("it holds too many files, or one twice"));
            }
        }
        Ok(Self(Arc::new(Opened { file, index })))
    }

    /// Names of all targets in it, with the hash in front of the file's name, as they lie there.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        self.0.index.keys().filter_map(|name| name.strip_prefix(TARGETS))
    }

    /// Hands the bytes of a target on in pieces.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub(crate) fn read_target(&self, name: &str, sink: &mut dyn FnMut(&[u8])) -> io::Result<u64> {
        let found = self.0.index.get(&format!("{TARGETS}{name}"));
        let &(begin, length) = found.ok_or(io::ErrorKind::NotFound)?;
        let mut file = &self.0.file;
        file.seek(SeekFrom::Start(begin))?;
        let mut part = file.take(length);
        let mut buffer = vec![0; 256 * 1024];
        let mut done = 0;
        loop {
            match part.read(&mut buffer) {
                Ok(0) if done == length => return Ok(length),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    sink(&buffer[..read]);
                    done += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn small(&self, name: &str, max: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        let Some(&(begin, length)) = self.0.index.get(name) else { return Ok(None) };
        if length > max {
            return Err(TufError::transport(format!("{name} is larger than {max} bytes")));
        }
        let mut bytes = Vec::new();
        let mut file = &self.0.file;
        let read = file.seek(SeekFrom::Start(begin)).and_then(|_| file.take(length).read_to_end(&mut bytes));
        match read {
            Ok(read) if read as u64 == length => Ok(Some(bytes)),
            Ok(_) => Err(TufError::io(name, io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(TufError::io(name, error)),
        }
    }
}

impl Repository for Brought {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.small(&format!("{METADATA}{name}"), max_length) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.small(&format!("{TARGETS}{path}"), max_length) })
    }
}
