use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sigstore_tuf::MetadataStore;

use super::StoreFault;
use crate::deployment::Pin;

/// The verified metadata that outlives the program, all in one file: a crash leaves the old state or the
/// new one, never half of each.
///
/// What is read here is believed no more than what comes from the network: every signature is verified
/// again. Reading and writing happen at [`Shelf::open`] and [`Shelf::keep`] only, where errors are errors;
/// in between, the TUF client works on memory, because it would only log them.
#[derive(Debug)]
pub(crate) struct Shelf {
    path: PathBuf,
    kept: Files,
    now: Mutex<State>,
}

type Files = BTreeMap<String, Vec<u8>>;

#[derive(Debug, Default)]
struct State {
    files: Files,
    used: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    files: BTreeMap<String, String>,
}

/// The name of the one file.
const FILE: &str = "trusted.json";
/// Not a TUF name: the built-in pin that is dropped, in Base64.
const DROPPED_PIN: &str = "dropped_pin";
/// Targets that this run did not use are not kept.
const TARGETS: &str = "targets/";

impl Shelf {
    /// Reads what was kept in this folder; nothing is not an error. Neither is a damaged file: the build's
    /// floor holds then as it holds for an empty folder.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreFault> {
        let path = folder.join(FILE);
        let kept = match fs::read(&path) {
            Ok(bytes) => parse(&bytes).unwrap_or_else(|| {
                tracing::warn!(path = %path.display(), "the kept release metadata is damaged");
                Files::new()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Files::new(),
            Err(cause) => return Err(StoreFault { path, cause }),
        };
        let now = Mutex::new(State { files: kept.clone(), used: BTreeSet::new() });
        Ok(Self { path, kept, now })
    }

    /// One file by its TUF name.
    pub(crate) fn file(&self, name: &str) -> Option<Vec<u8>> {
        let mut state = self.state();
        state.used.insert(name.to_owned());
        state.files.get(name).cloned()
    }

    /// A target as it was kept by an earlier run, by its own name. Nothing was verified about it in this one.
    pub(crate) fn kept(&self, target: &str) -> Option<Vec<u8>> {
        self.kept.get(&format!("{TARGETS}{target}")).cloned()
    }

    /// The built-in pin that counts no more, as far as the kept policy bears it out ([`crate::transport::Pins`]).
    pub(crate) fn dropped_pin(&self) -> Option<Pin> {
        Pin::parse(std::str::from_utf8(self.state().files.get(DROPPED_PIN)?).ok()?)
    }

    /// Remembers which built-in pin counts no more, or that all do.
    pub(crate) fn drop_pin(&self, pin: Option<Pin>) {
        let files = &mut self.state().files;
        match pin {
            Some(Pin(hash)) => drop(files.insert(DROPPED_PIN.to_owned(), STANDARD.encode(hash).into_bytes())),
            None => drop(files.remove(DROPPED_PIN)),
        }
    }

    /// Writes what changed: temporary file, fsync, rename, fsync of the folder.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is still there then.
    pub(crate) fn keep(&self) -> Result<(), StoreFault> {
        let files: Files = {
            let state = self.state();
            let used = |name: &String| !name.starts_with(TARGETS) || state.used.contains(name);
            state.files.iter().filter(|(name, _)| used(name)).map(|(n, f)| (n.clone(), f.clone())).collect()
        };
        if files == self.kept {
            return Ok(());
        }
        write(&self.path, &files).map_err(|cause| StoreFault { path: self.path.clone(), cause })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Each change is a single insertion, so a panic elsewhere cannot have left half of one.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetadataStore for Shelf {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        Ok(self.file(name))
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        // `7.snapshot.json` is a second copy of `snapshot.json`.
        if name.ends_with(".snapshot.json") {
            return Ok(());
        }
        let mut state = self.state();
        state.used.insert(name.to_owned());
        state.files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}

pub(super) fn parse(bytes: &[u8]) -> Option<Files> {
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let decode = |(name, text): (String, String)| Some((name, STANDARD.decode(text).ok()?));
    (stored.schema == 1).then(|| stored.files.into_iter().map(decode).collect())?
}

fn write(path: &Path, files: &Files) -> io::Result<()> {
    let files = files.iter().map(|(name, bytes)| (name.clone(), STANDARD.encode(bytes))).collect();
    // Earlier runs may have been killed while they wrote. Whoever cannot tidy may still be able to write.
    match path.parent().map(polder_slots::durable::clear_left) {
        Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
            tracing::debug!(%error, "what was left stays");
        }
        _ => {}
    }
    polder_slots::durable::write(path, &serde_json::to_vec(&Stored { schema: 1, files })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_and_unused_targets_go() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        for name in ["timestamp.json", "3.snapshot.json", "targets/policy.json", "targets/old.minisig"] {
            shelf.store(name, name.as_bytes()).unwrap();
        }
        shelf.keep().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        assert_eq!(shelf.file("timestamp.json").unwrap(), b"timestamp.json");
        assert_eq!(shelf.file("targets/policy.json").unwrap(), b"targets/policy.json");
        assert_eq!(shelf.file("3.snapshot.json"), None);
        shelf.keep().unwrap();
        assert_eq!(Shelf::open(folder.path()).unwrap().file("targets/old.minisig"), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary files stay");
    }

    #[test]
    fn nothing_is_written_when_nothing_changed() {
        let folder = tempfile::tempdir().unwrap();
        Shelf::open(&folder.path().join("never made")).unwrap().keep().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::create_dir(&path).unwrap();
        assert!(Shelf::open(folder.path()).is_err(), "a folder where a file should be cannot be read");
        fs::remove_dir(&path).unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        shelf.store("timestamp.json", b"x").unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(shelf.keep().unwrap_err().code(), polder_wire::Code::StoreUnwritable);
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary files stay");
    }

    #[test]
    fn a_full_disk_is_told_from_an_unwritable_folder() {
        let fault = |kind: io::ErrorKind| StoreFault { path: PathBuf::new(), cause: kind.into() }.code();
        assert_eq!(fault(io::ErrorKind::StorageFull), polder_wire::Code::DiskFull);
        assert_eq!(fault(io::ErrorKind::QuotaExceeded), polder_wire::Code::DiskFull);
        assert_eq!(fault(io::ErrorKind::PermissionDenied), polder_wire::Code::StoreUnwritable);
    }
}
