//! An update file that was brought by hand: a tar of `metadata/` and `targets/`, as they lie on a platform. It is a
//! repository like any other, with the same checks, limits and floors.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use polder_wire::update::{UPDATE_FILE_METADATA as METADATA, UPDATE_FILE_TARGETS as TARGETS};
use sigstore_tuf::Repository;
use sigstore_tuf::transport::FetchFuture;

use super::repository::{Files, Seen};
use super::{MetadataFault, UpdateFault};

/// Files that one update file may hold.
const MOST_FILES: usize = 4_096;
/// Of a root, in bytes; a TUF client takes no larger one.
const MOST_ROOT: u64 = 512_000;
/// Read at once.
const PIECE: u64 = 256 * 1024;

/// An open update file, and where in it things lie.
#[derive(Debug)]
pub(crate) struct ImportFile {
    file: File,
    /// By name: where it begins and how long it is.
    index: BTreeMap<String, (u64, u64)>,
}

/// One file in it, or the rest of one.
#[derive(Debug, Clone)]
pub(super) struct Span {
    file: Arc<ImportFile>,
    begin: u64,
    at: u64,
    end: u64,
}

impl ImportFile {
    /// Reads where things lie; nothing of it is believed.
    pub(super) fn open(file: File) -> Result<Self, UpdateFault> {
        let index = index(&file).map_err(|fault| UpdateFault::ImportDamaged(fault.to_string()))?;
        Ok(Self { file, index })
    }

    pub(super) fn target(file: &Arc<Self>, path: &str) -> Option<Span> {
        let &(begin, length) = file.index.get(&format!("{TARGETS}{path}"))?;
        Some(Span { file: Arc::clone(file), begin, at: begin, end: begin + length })
    }

    /// The bytes of a small file in it, if it is there.
    fn small(&self, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(&(begin, length)) = self.index.get(name) else { return Ok(None) };
        if length > most {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("{name} is too large")));
        }
        read_at(&self.file, begin, length).map(Some)
    }

    /// Whether its root of this version is this very one: then it is of the same deployment, whatever else is wrong with
    /// it. `None` when it holds no root of that version.
    pub(super) fn shares_root(&self, version: u64, root: &[u8]) -> Option<bool> {
        let found = self.small(&format!("{METADATA}{version}.root.json"), MOST_ROOT).ok()??;
        Some(found == root)
    }
}

impl Span {
    pub(super) fn length(&self) -> u64 {
        self.end - self.begin
    }

    pub(super) fn begins_at(&self) -> u64 {
        self.at - self.begin
    }

    pub(super) fn from(self, byte: u64) -> Self {
        Self { at: self.begin.saturating_add(byte).min(self.end), ..self }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, UpdateFault> {
        let length = PIECE.min(self.end - self.at);
        if length == 0 {
            return Ok(None);
        }
        let (file, at) = (Arc::clone(&self.file), self.at);
        let read = tokio::task::spawn_blocking(move || read_at(&file.file, at, length)).await;
        let bytes = read.map_err(UpdateFault::unexpected)?;
        let bytes = bytes.map_err(|error| UpdateFault::ImportDamaged(error.to_string()))?;
        self.at += length;
        Ok(Some(bytes.into()))
    }
}

/// An update file as the TUF client asks for it.
#[derive(Clone)]
pub(super) struct BroughtFiles {
    file: Arc<ImportFile>,
    seen: Arc<Mutex<Seen>>,
}

impl BroughtFiles {
    pub(super) fn new(file: Arc<ImportFile>) -> Self {
        Self { file, seen: Arc::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // The fields are independent of each other: a panic elsewhere leaves nothing half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, name: String, most: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        let (file, wanted) = (Arc::clone(&self.file), name.clone());
        let read = tokio::task::spawn_blocking(move || file.small(&wanted, most)).await;
        match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(bytes) => {
                if bytes.is_none() {
                    self.seen().missing = Some(name);
                }
                Ok(bytes)
            }
            Err(error) => {
                self.seen().error = Some(MetadataFault::File(error));
                Err(sigstore_tuf::Error::transport("see the error that was kept aside"))
            }
        }
    }
}

impl Files for BroughtFiles {
    const WHOLE: bool = false;

    fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen())
    }
}

impl Repository for BroughtFiles {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(format!("{METADATA}{name}"), max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.fetch(format!("{TARGETS}{path}"), max_length))
    }
}

/// Where each file lies. Only plain files below the two folders; one name twice, a link, or an end before the end makes
/// it none of ours.
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
        let name =
            String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| wrong("a name is no text"))?;
        let below = name.starts_with(METADATA) || name.starts_with(TARGETS);
        if !kind.is_file() || !below {
            return Err(wrong("something that is no update file"));
        }
        let (begin, length) = (entry.raw_file_position(), entry.size());
        if begin.checked_add(length).is_none_or(|end| end > whole) {
            return Err(wrong("it breaks off"));
        }
        if found.len() >= MOST_FILES || found.insert(name, (begin, length)).is_some() {
            return Err(wrong("too many files, or one twice"));
        }
    }
    if found.is_empty() { Err(wrong("there is nothing in it")) } else { Ok(found) }
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}

#[cfg(windows)]
fn read_at(file: &File, mut at: u64, length: u64) -> io::Result<Vec<u8>> {
    use std::os::windows::fs::FileExt;
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    let mut left = &mut bytes[..];
    while !left.is_empty() {
        match file.seek_read(left, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => (at, left) = (at + read as u64, &mut left[read..]),
        }
    }
    Ok(bytes)
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
}
