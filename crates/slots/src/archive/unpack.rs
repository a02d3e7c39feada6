use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use semver::Version;

use super::{ArchiveError, BLOCK, BUFFER, END, header, mode, padding};
use crate::anchor::{Anchor, MAX_SIGNATURE};
use crate::durable;
use crate::manifest::{MANIFEST, MAX_MANIFEST, Manifest, SIGNATURE};
use crate::step::step;

/// How much is taken from whoever sends an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of the whole unpacked archive, in bytes: what was signed.
    pub length: u64,
}

/// Reads an archive to its very end and writes its files into a folder that is empty and private.
///
/// The manifest and its signature come first and are checked before a byte of anything else is written; then each
/// file must be the listed one. Files and folders are on the disk for good when this returns. When it fails, part of
/// them may lie in the folder.
///
/// # Errors
/// See [`ArchiveError`].
pub fn unpack(
    from: impl Read,
    into: &Path,
    anchor: &Anchor,
    expect: (&Version, &str),
    limits: Limits,
) -> Result<Manifest, ArchiveError> {
    let mut source = Source { from, left: limits.length };
    let json = source.small(MANIFEST, MAX_MANIFEST)?;
    let signature = source.small(SIGNATURE, MAX_SIGNATURE)?;
    let (version, system) = expect;
    // First of all: whose words these are.
    anchor
        .check(json.as_slice(), &signature, version, system)
        .map_err(ArchiveError::Read)?
        .map_err(ArchiveError::Signature)?;
    let manifest = Manifest::parse(&json)?;
    if (&manifest.version, manifest.system.as_str()) != expect {
        return Err(ArchiveError::Release { version: manifest.version, system: manifest.system });
    }
    let mut folders = Folders::new(into);
    for (name, bytes) in [(MANIFEST, &json), (SIGNATURE, &signature)] {
        let mut file = create(&into.join(name)).map_err(ArchiveError::Write)?;
        file.write_all(bytes).map_err(ArchiveError::Write)?;
        finish(&file, false).map_err(ArchiveError::Write)?;
    }
    let mut buffer = vec![0; BUFFER];
    for listed in &manifest.files {
        let name = listed.path.as_str();
        source.header(name, listed.length, listed.executable)?;
        folders.above(name).map_err(ArchiveError::Write)?;
        let mut file = create(&listed.path.below(into)).map_err(ArchiveError::Write)?;
        let mut hash = Context::new(&SHA256);
        let mut left = listed.length;
        while left > 0 {
            let most = usize::try_from(left).map_or(BUFFER, |left| left.min(BUFFER));
            let read = source.some(&mut buffer[..most])?;
            hash.update(&buffer[..read]);
            step().map_err(ArchiveError::Write)?;
            file.write_all(&buffer[..read]).map_err(ArchiveError::Write)?;
            left -= read as u64;
        }
        if hash.finish().as_ref() != listed.sha256 {
            return Err(ArchiveError::Bytes(name.to_owned()));
        }
        finish(&file, listed.executable).map_err(ArchiveError::Write)?;
        source.zeros(padding(listed.length))?;
    }
    source.zeros(END)?;
    source.end()?;
    folders.sync().map_err(ArchiveError::Write)?;
    Ok(manifest)
}

/// What is read from, and how much of it may still come.
struct Source<R> {
    from: R,
    left: u64,
}

impl<R: Read> Source<R> {
    /// At least one byte.
    fn some(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        if most == 0 {
            return Err(ArchiveError::Long);
        }
        loop {
            match self.from.read(&mut buffer[..most]) {
                Ok(0) => return Err(ArchiveError::Short),
                Ok(read) => {
                    self.left -= read as u64;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ArchiveError::Read(error)),
            }
        }
    }

    fn all(&mut self, mut buffer: &mut [u8]) -> Result<(), ArchiveError> {
        while !buffer.is_empty() {
            let read = self.some(buffer)?;
            buffer = &mut buffer[read..];
        }
        Ok(())
    }

    fn zeros(&mut self, count: usize) -> Result<(), ArchiveError> {
        let mut buffer = [0; END];
        self.all(&mut buffer[..count])?;
        if buffer.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(ArchiveError::Padding) }
    }

    fn header(&mut self, name: &str, length: u64, executable: bool) -> Result<(), ArchiveError> {
        let wrong = || ArchiveError::Entry(name.to_owned());
        let mut found = [0; BLOCK];
        self.all(&mut found)?;
        if found == header(name, length, executable).map_err(|_| wrong())? { Ok(()) } else { Err(wrong()) }
    }

    /// A file of which only the name is known. Its header says how long it is, and nothing else may differ.
    fn small(&mut self, name: &str, most: usize) -> Result<Vec<u8>, ArchiveError> {
        let wrong = || ArchiveError::Entry(name.to_owned());
        let mut found = [0; BLOCK];
        self.all(&mut found)?;
        let length = tar::Header::from_byte_slice(&found).entry_size().map_err(|_| wrong())?;
        let short = usize::try_from(length).ok().filter(|length| *length <= most).ok_or_else(wrong)?;
        if found != header(name, length, false).map_err(|_| wrong())? {
            return Err(wrong());
        }
        let mut bytes = vec![0; short];
        self.all(&mut bytes)?;
        self.zeros(padding(length))?;
        Ok(bytes)
    }

    /// Nothing may follow.
    fn end(mut self) -> Result<(), ArchiveError> {
        loop {
            match self.from.read(&mut [0]) {
                Ok(0) => return Ok(()),
                Ok(_) => return Err(ArchiveError::Padding),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ArchiveError::Read(error)),
            }
        }
    }
}

/// Folders that were made, for syncing them in the end.
struct Folders<'a> {
    top: &'a Path,
    made: Vec<String>,
}

impl<'a> Folders<'a> {
    fn new(top: &'a Path) -> Self {
        Self { top, made: Vec::new() }
    }

    /// Makes what a file lies in. The manifest's paths are few and not deep.
    fn above(&mut self, file: &str) -> io::Result<()> {
        for (end, _) in file.match_indices('/') {
            let folder = &file[..end];
            if !self.made.iter().any(|made| made == folder) {
                make_private(&self.top.join(folder))?;
                self.made.push(folder.to_owned());
            }
        }
        Ok(())
    }

    fn sync(self) -> io::Result<()> {
        // The deepest first, so that what is on the disk never names what is not.
        for folder in self.made.iter().rev() {
            durable::sync_folder(&self.top.join(folder))?;
        }
        durable::sync_folder(self.top)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    step()?;
    let builder = &mut fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder.create(folder)
}

/// A new file, through no link, that nobody else may open yet.
fn create(path: &Path) -> io::Result<File> {
    step()?;
    let options = &mut OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true).create_new(true).open(path)
}

fn finish(file: &File, executable: bool) -> io::Result<()> {
    step()?;
    let mode = mode(executable);
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    file.sync_all()
}
