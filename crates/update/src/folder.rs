use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sigstore_tuf::MetadataStore;

/// The root that is trusted, by its name without a version.
pub(crate) const ROOT: &str = "root.json";

/// Trusted metadata as files in a folder, each under its name without a version.
///
/// The TUF client only logs what goes wrong with its store; so what it stores is gathered here and written by
/// [`Folder::keep`], where an error is an error. What is read is believed no more than what comes from the
/// network: every signature is verified again.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    fresh: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Folder {
    /// Nothing is read or made yet.
    pub(crate) fn open(path: &Path) -> Self {
        Self { path: path.to_owned(), fresh: Mutex::default() }
    }

    /// Takes a root in place of any before.
    pub(crate) fn trust(&self, root: Vec<u8>) {
        self.fresh().insert(ROOT.to_owned(), root);
    }

    /// Writes what is new, each file whole or not at all. The four roles need not be of one moment when this
    /// is cut off: the next run verifies them together and fetches again what does not fit.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn keep(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        for (name, bytes) in self.fresh().iter() {
            let path = self.path.join(name);
            if matches!(fs::read(&path), Ok(there) if there == *bytes) {
                continue;
            }
            let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
        }
        Ok(())
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        // Each change is a single insertion, so a panic elsewhere cannot have left half of one.
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetadataStore for Folder {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        if !has_place(name) {
            return Ok(None);
        }
        if let Some(bytes) = self.fresh().get(name) {
            return Ok(Some(bytes.clone()));
        }
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(sigstore_tuf::Error::io(name, error)),
        }
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        if has_place(name) {
            self.fresh().insert(name.to_owned(), bytes.to_vec());
        }
        Ok(())
    }
}

/// Whether a file of this name of the TUF client is kept.
///
/// Older roots and targets (with a `/`) are not: the newest root was verified before it was written, and
/// targets have a folder of their own. `7.snapshot.json` is a second copy of `snapshot.json`. And a delegated
/// role must not take the place of a top-level one where the file system ignores case.
fn has_place(name: &str) -> bool {
    const TOP_LEVEL: [&str; 4] = [ROOT, "timestamp.json", "snapshot.json", "targets.json"];
    let shadows = TOP_LEVEL.iter().any(|top| name.eq_ignore_ascii_case(top) && name != *top);
    let is_copy = name
        .strip_suffix(".snapshot.json")
        .is_some_and(|version| !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()));
    !name.contains(['/', '\\']) && !shadows && !is_copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_without_a_version_have_a_place() {
        for kept in
            ["root.json", "timestamp.json", "targets.json", "role1.json", "%2E%2E%2Frole.json", "3.json"]
        {
            assert!(has_place(kept), "{kept}");
        }
        for not in ["7.snapshot.json", "root_history/2.root.json", "targets/a", "a\\b.json"] {
            assert!(!has_place(not), "{not}");
        }
    }

    #[test]
    fn a_delegated_role_does_not_take_a_top_level_place_where_case_does_not_count() {
        for shadow in ["Root.json", "SNAPSHOT.json", "tarGets.json"] {
            assert!(!has_place(shadow), "{shadow}");
        }
    }

    #[test]
    fn what_is_stored_is_written_by_keep_and_reads_back() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path());
        folder.store("timestamp.json", b"1").unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        folder.keep().unwrap();
        let again = Folder::open(place.path());
        assert_eq!(again.load("timestamp.json").unwrap().as_deref(), Some(&b"1"[..]));
        assert_eq!(again.load("snapshot.json").unwrap(), None);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no temporary files stay");
    }

    #[test]
    fn a_folder_that_takes_no_file_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("timestamp.json")).unwrap();
        let folder = Folder::open(place.path());
        folder.store("timestamp.json", b"1").unwrap();
        assert!(folder.keep().is_err());
    }
}
