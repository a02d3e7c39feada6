use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use semver::Version;

use crate::anchor::{Anchor, MAX_SIGNATURE, SignatureFault};
use crate::archive::{self, ArchiveError};
use crate::folder::{self, Fault, Folder};
use crate::manifest::{Listed, MANIFEST, MAX_MANIFEST, Manifest, ManifestError, SIGNATURE};

/// A slot whose signature and bytes held a moment ago. Its files stay open: what is read from now on is what was
/// checked, unless somebody with this person's rights writes into those very files.
#[derive(Debug)]
pub struct Verified {
    folder: PathBuf,
    manifest: Manifest,
    json: Vec<u8>,
    signature: Vec<u8>,
    /// In the manifest's order.
    files: Vec<File>,
}

/// Why a slot is not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlotFault {
    /// There is none.
    #[error("there is no slot at {}", .0.display())]
    Missing(PathBuf),
    /// Something in it cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A link, device or pipe, or a folder for a file.
    #[error("{} is not a plain file or folder", .0.display())]
    Kind(PathBuf),
    /// Others than this person and the system may change it, or it may be run and should not, or the other way round.
    #[error("{} has rights that it should not have", .0.display())]
    Rights(PathBuf),
    /// It is there and not listed.
    #[error("{} is not listed", .0.display())]
    Unlisted(PathBuf),
    /// It is listed and not there.
    #[error("{} is listed and not there", .0.display())]
    Lost(PathBuf),
    /// Its bytes are not the listed ones.
    #[error("{} has been changed", .0.display())]
    Bytes(PathBuf),
    /// The manifest is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest's signature does not count.
    #[error("the manifest's signature: {0}")]
    Signature(#[from] SignatureFault),
    /// It holds, and it is another release than its folder says, or for another system.
    #[error("the slot is of {version} for {system}")]
    Release {
        /// What it is of.
        version: Version,
        /// What it is for.
        system: String,
    },
}

impl Verified {
    /// Checks a slot whole: its folder's name, signature, list, rights, and every byte.
    ///
    /// # Errors
    /// See [`SlotFault`].
    pub fn open(folder: &Path, anchor: &Anchor, system: &str) -> Result<Self, SlotFault> {
        let slot = Self::packaged(folder, anchor, system)?;
        if folder.file_name().is_some_and(|name| name == slot.manifest.version.to_string().as_str()) {
            Ok(slot)
        } else {
            Err(SlotFault::Release { version: slot.manifest.version, system: slot.manifest.system })
        }
    }

    /// The same for the slot that a package brought, whose folder is not named after its version.
    ///
    /// # Errors
    /// See [`SlotFault`].
    pub fn packaged(folder: &Path, anchor: &Anchor, system: &str) -> Result<Self, SlotFault> {
        let top = Folder::open(folder).map_err(|fault| match fault {
            Fault::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                SlotFault::Missing(folder.to_owned())
            }
            fault => fault_at(folder)(fault),
        })?;
        check_rights(folder, &top.metadata().map_err(io_at(folder))?, None)?;
        let json = small(&top, MANIFEST, MAX_MANIFEST)?;
        let signature = small(&top, SIGNATURE, MAX_SIGNATURE)?;
        let manifest = Manifest::parse(&json)?;
        anchor.check(json.as_slice(), &signature, &manifest.version, system).map_err(io_at(folder))??;
        if manifest.system != system {
            return Err(SlotFault::Release { version: manifest.version, system: manifest.system });
        }
        let files = check_tree(top, &manifest)?;
        Ok(Self { folder: folder.to_owned(), manifest, json, signature, files })
    }

    /// The release.
    pub fn version(&self) -> &Version {
        &self.manifest.version
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it is started with.
    pub fn program(&self) -> PathBuf {
        self.manifest.program.below(&self.folder)
    }

    /// The program that was checked, open.
    pub fn program_file(&self) -> Option<&File> {
        self.file(self.manifest.program.as_str())
    }

    /// A listed file that was checked, open. Where it stands is anybody's guess: rewind it.
    pub fn file(&self, path: &str) -> Option<&File> {
        let index = self.manifest.files.iter().position(|listed| listed.path.as_str() == path)?;
        self.files.get(index)
    }

    /// Whether the program's path still leads to the file that was checked.
    ///
    /// # Errors
    /// When nobody can tell.
    pub fn is_in_place(&self) -> io::Result<bool> {
        let Some(checked) = self.program_file() else { return Ok(false) };
        same_file(&checked.metadata()?, &std::fs::symlink_metadata(self.program())?)
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes its unpacked archive again, the same bytes that it was unpacked from.
    ///
    /// # Errors
    /// Also when a file changed meanwhile.
    pub fn rebuild(&self, out: impl Write) -> Result<(), ArchiveError> {
        archive::write(out, &self.json, &self.signature, |path| {
            let Some(file) = self.file(path.as_str()) else { return Err(io::ErrorKind::NotFound.into()) };
            let mut file = file.try_clone()?;
            file.rewind()?;
            Ok(Box::new(file))
        })
    }

    /// SHA-256 of its unpacked archive, by which releases are remembered.
    ///
    /// # Errors
    /// Also when a file changed meanwhile.
    pub fn archive_sha256(&self) -> Result<[u8; 32], ArchiveError> {
        let mut hash = Hashing(Context::new(&SHA256));
        self.rebuild(&mut hash)?;
        Ok(finish(hash.0))
    }
}

/// Counts what is written to it.
struct Hashing(Context);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens and checks what is listed, and sees that nothing else is there.
fn check_tree(top: Folder, manifest: &Manifest) -> Result<Vec<File>, SlotFault> {
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    expected.entry(String::new()).or_default().extend([MANIFEST.to_owned(), SIGNATURE.to_owned()]);
    for listed in &manifest.files {
        let mut above = String::new();
        for part in listed.path.parts() {
            expected.entry(above.clone()).or_default().insert(part.to_owned());
            above = if above.is_empty() { part.to_owned() } else { format!("{above}/{part}") };
        }
    }
    let mut folders = BTreeMap::from([(String::new(), top)]);
    // In their order a folder comes before what is in it.
    for (path, names) in &expected {
        if let Some((above, name)) = split(path) {
            let within = folders.get(above).map(|folder| (folder.path().join(name), folder.folder(name)));
            let Some((at, opened)) = within else { return Err(SlotFault::Lost(PathBuf::from(path))) };
            let opened = opened.map_err(lost_at(&at))?;
            check_rights(&at, &opened.metadata().map_err(io_at(&at))?, None)?;
            folders.insert(path.clone(), opened);
        }
        let Some(folder) = folders.get(path) else { continue };
        for name in folder.names().map_err(io_at(folder.path()))? {
            if !name.to_str().is_some_and(|name| names.contains(name)) {
                return Err(SlotFault::Unlisted(folder.path().join(name)));
            }
        }
    }
    let mut buffer = vec![0; 128 * 1024];
    manifest.files.iter().map(|listed| check_file(&folders, listed, &mut buffer)).collect()
}

fn check_file(
    folders: &BTreeMap<String, Folder>,
    listed: &Listed,
    buffer: &mut [u8],
) -> Result<File, SlotFault> {
    let (above, name) = split(listed.path.as_str()).unwrap_or_default();
    let Some(folder) = folders.get(above) else { return Err(SlotFault::Lost(PathBuf::from(above))) };
    let at = folder.path().join(name);
    let (mut file, metadata) = folder.file(name).map_err(lost_at(&at))?;
    check_rights(&at, &metadata, Some(listed.executable))?;
    if metadata.len() != listed.length {
        return Err(SlotFault::Bytes(at));
    }
    let mut hash = Context::new(&SHA256);
    let mut length = 0u64;
    loop {
        match file.read(buffer) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&buffer[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io_at(&at)(error)),
        }
        // It may grow while it is read.
        if length > listed.length {
            return Err(SlotFault::Bytes(at));
        }
    }
    if length == listed.length && finish(hash) == listed.sha256 {
        Ok(file)
    } else {
        Err(SlotFault::Bytes(at))
    }
}

fn small(top: &Folder, name: &str, most: usize) -> Result<Vec<u8>, SlotFault> {
    let at = top.path().join(name);
    let (file, metadata) = top.file(name).map_err(lost_at(&at))?;
    check_rights(&at, &metadata, Some(false))?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(io_at(&at))?;
    if bytes.len() > most { Err(SlotFault::Bytes(at)) } else { Ok(bytes) }
}

fn check_rights(at: &Path, metadata: &Metadata, executable: Option<bool>) -> Result<(), SlotFault> {
    let differs = match (executable, folder::is_executable(metadata)) {
        (Some(should), Some(is)) => should != is,
        _ => false,
    };
    if differs || !folder::is_ours(metadata) { Err(SlotFault::Rights(at.to_owned())) } else { Ok(()) }
}

/// A path's folder ("" for the slot's own) and its last name; none of the slot's own.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').unwrap_or(("", path))) }
}

fn finish(hash: Context) -> [u8; 32] {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    sha256
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> SlotFault {
    |source| SlotFault::Io { path: path.to_owned(), source }
}

fn fault_at(path: &Path) -> impl Fn(Fault) -> SlotFault {
    |fault| match fault {
        Fault::Kind => SlotFault::Kind(path.to_owned()),
        Fault::Io(source) => io_at(path)(source),
    }
}

fn lost_at(path: &Path) -> impl Fn(Fault) -> SlotFault {
    |fault| match fault {
        Fault::Io(error) if error.kind() == io::ErrorKind::NotFound => SlotFault::Lost(path.to_owned()),
        fault => fault_at(path)(fault),
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

/// Without numbers for files that are stable, as far as length and time tell. An open file cannot be replaced on
/// Windows unless it was opened for that.
#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> io::Result<bool> {
    Ok(one.len() == other.len() && one.modified()? == other.modified()? && other.is_file())
}
