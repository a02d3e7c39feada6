use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Algorithm, Context, SHA256, SHA512};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sigstore_tuf::TargetFile;

use crate::loopback::{FetchError, Loopback, piece};

/// Why a target is not there afterwards.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    /// The metadata says nothing that it could be held against.
    #[error("it is named without a hash that this program knows")]
    NoHash,
    /// It is signed and not there.
    #[error("the repository has no `{0}`")]
    Missing(String),
    /// It could not be fetched.
    #[error("it could not be fetched")]
    Fetch(#[from] FetchError),
    /// It has another length.
    #[error("it has not the {0} bytes that are signed")]
    Length(u64),
    /// It has another hash.
    #[error("its {0} is not the signed one")]
    Hash(&'static str),
    /// A file or folder of this computer.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Fetches a target into the folder, unless that very target is there. It is held against its length and every
/// hash that this program knows while it is written to a file without a name in the folder, so that it has
/// its name only once it holds, whatever its size.
///
/// # Errors
/// See [`TargetError`]; what was in the folder is there still then.
pub(crate) async fn fetch(
    targets: &Loopback,
    folder: &Path,
    name: &str,
    named: &TargetFile,
    consistent: bool,
) -> Result<(), TargetError> {
    let path = folder.join(file_name(name));
    if is_there(&path, named)? {
        return Ok(());
    }
    let remote = if consistent { with_hash(name, named)? } else { name.to_owned() };
    let answer = targets.target(&remote).await?;
    let mut answer = answer.ok_or(TargetError::Missing(remote))?;
    fs::create_dir_all(folder).map_err(file(folder))?;
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(file(folder))?;
    let mut measure = Measure::of(named)?;
    while let Some(piece) = piece(&mut answer).await? {
        measure.update(&piece)?;
        part.write_all(&piece).map_err(file(&path))?;
    }
    measure.finish()?;
    part.as_file().sync_all().map_err(file(&path))?;
    part.persist(&path).map_err(|error| TargetError::File { path, cause: error.error })?;
    Ok(())
}

/// Whether a file is the very target that the metadata names.
fn is_there(path: &Path, named: &TargetFile) -> Result<bool, TargetError> {
    let mut there = match File::open(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(file(path)(cause)),
    };
    let mut measure = Measure::of(named)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match there.read(&mut buffer) {
            Ok(0) => return Ok(measure.finish().is_ok()),
            Ok(read) if measure.update(&buffer[..read]).is_err() => return Ok(false),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(file(path)(cause)),
        }
    }
}

/// Length and hashes of what is read, beside those that were signed.
struct Measure {
    length: u64,
    left: u64,
    hashes: Vec<(&'static str, Context, Vec<u8>)>,
}

impl Measure {
    /// # Errors
    /// [`TargetError::NoHash`] when none of the hashes is of a kind that this program knows; one of a known
    /// kind that does not read is one that nothing has.
    fn of(named: &TargetFile) -> Result<Self, TargetError> {
        const KNOWN: [(&str, &Algorithm); 2] = [("sha256", &SHA256), ("sha512", &SHA512)];
        let signed = |(name, algorithm): (&'static str, &'static Algorithm)| {
            let text = named.hashes.get(name)?;
            Some((name, Context::new(algorithm), hex::decode(text).unwrap_or_default()))
        };
        let hashes: Vec<_> = KNOWN.into_iter().filter_map(signed).collect();
        if hashes.is_empty() {
            return Err(TargetError::NoHash);
        }
        Ok(Self { length: named.length, left: named.length, hashes })
    }

    /// Refuses the first byte too many.
    fn update(&mut self, bytes: &[u8]) -> Result<(), TargetError> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(TargetError::Length(self.length))?;
        self.hashes.iter_mut().for_each(|(_, context, _)| context.update(bytes));
        Ok(())
    }

    fn finish(self) -> Result<(), TargetError> {
        if self.left > 0 {
            return Err(TargetError::Length(self.length));
        }
        for (name, context, signed) in self.hashes {
            if context.finish().as_ref() != signed {
                return Err(TargetError::Hash(name));
            }
        }
        Ok(())
    }
}

/// The name under which a repository with consistent snapshots serves a target: the hash stands before the
/// file's name, not before the folder's.
fn with_hash(name: &str, named: &TargetFile) -> Result<String, TargetError> {
    let hash =
        named.hashes.get("sha256").or_else(|| named.hashes.get("sha512")).ok_or(TargetError::NoHash)?;
    Ok(match name.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/{hash}.{file}"),
        None => format!("{hash}.{name}"),
    })
}

/// One file name for a target's name, whatever is in that: no folders, so nothing leads out.
fn file_name(name: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let quoted = utf8_percent_encode(name, PLAIN).to_string();
    // Neither a hidden file, nor the folder itself or the one above.
    match quoted.strip_prefix('.') {
        Some(rest) => format!("%2E{rest}"),
        None => quoted,
    }
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> TargetError + use<> {
    let path = path.to_owned();
    move |cause| TargetError::File { path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_one_file_in_the_folder() {
        assert_eq!(file_name("a.txt"), "a.txt");
        assert_eq!(file_name("a/b.txt"), "a%2Fb.txt");
        assert_eq!(file_name("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
        assert_eq!(file_name(".."), "%2E.");
        assert_eq!(file_name("C:\\a"), "C%3A%5Ca");
    }
}
