use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use polder_signing::{Keys, MinisignKey};
use polder_wire::UnixSeconds;
use serde::{Deserialize, Serialize};

use crate::files::remove;
pub(crate) use crate::files::write_whole;
use crate::{Authority, LocalError};

/// A deployment in a folder. Everything in it is made once and kept; nothing in it is worth protecting
/// longer than the folder lives.
pub struct Local {
    folder: PathBuf,
    state: State,
    authority: Authority,
    keys: Keys,
    minisign: MinisignKey,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    schema: u32,
    port: u16,
    created: UnixSeconds,
    pub(crate) published: Published,
}

/// The repository that was published last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Published {
    /// The highest number that any role had so far; never used twice.
    pub(crate) number: u64,
    /// Seconds since 1970.
    pub(crate) at: i64,
    /// The program's TUF target name.
    pub(crate) release: String,
    /// Its SHA-256.
    pub(crate) sha256: String,
    /// Files below `targets/` that the repository leads to.
    pub(crate) files: Vec<String>,
    /// Those of the repository before.
    pub(crate) earlier: Vec<String>,
}

const SCHEMA: u32 = 1;
/// Written last, so a folder with it is whole.
const STATE: &str = "local.json";
/// Written first, so a folder with it is ours.
const FIRST: &str = "keys/root-1.pk8";
/// Everything else that a deployment's folder holds.
const OURS: [&str; 11] = [
    "accounts.json",
    "data",
    "deployment.json",
    "mail",
    "master.key",
    "platform.log",
    "platform.pid",
    "platform.toml",
    "releases",
    "seeding",
    "tls",
];

impl Local {
    /// Opens the deployment in this folder, or makes one where there is none. What an earlier run left half
    /// made, because it was interrupted, is made anew.
    ///
    /// # Errors
    /// When a file of it is missing or is not of this version, or something cannot be written.
    pub fn open_or_create(folder: &Path, now: UnixSeconds) -> Result<Self, LocalError> {
        fs::create_dir_all(folder).map_err(LocalError::file(folder))?;
        // Absolute, because it stands in the platform's command line and in other programs' environment.
        let folder = &fs::canonicalize(folder).map_err(LocalError::file(folder))?;
        if folder.join(STATE).exists() {
            let local = Self::open(folder)?;
            local.forget_half_seeded()?;
            return Ok(local);
        }
        if folder.join(FIRST).exists() {
            Self::remove_ours(folder)?;
        }
        Self::create(folder, now)
    }

    /// Throws away what a deployment left in this folder, and only that.
    ///
    /// # Errors
    /// When the folder holds something else instead, or something cannot be removed.
    pub fn discard(folder: &Path) -> Result<(), LocalError> {
        let empty = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(LocalError::file(folder)(error)),
        };
        // A mistyped folder must not lose anything.
        if !empty && !folder.join(STATE).exists() && !folder.join(FIRST).exists() {
            return Err(LocalError::NotOurs(folder.to_owned()));
        }
        Self::remove_ours(folder)
    }

    /// Interrupted at any point, the folder still shows that it is ours.
    fn remove_ours(folder: &Path) -> Result<(), LocalError> {
        for name in OURS {
            remove(&folder.join(name))?;
        }
        remove(&folder.join(STATE))?;
        remove(&folder.join("keys"))
    }

    fn create(folder: &Path, now: UnixSeconds) -> Result<Self, LocalError> {
        for name in ["keys", "tls", "releases"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder).map_err(LocalError::file(&folder))?;
        }
        let keys = Keys::generate(&SystemRandom::new())?;
        keys.write_unencrypted(&folder.join("keys"))?;
        let minisign = MinisignKey::generate()?;
        minisign.write_unencrypted(&folder.join("keys"))?;
        let authority = Authority::create(&folder.join("tls"))?;
        let port = free_port().map_err(LocalError::file(folder))?;
        let state = State { schema: SCHEMA, port, created: now, published: Published::default() };
        let local = Self { folder: folder.to_owned(), state, authority, keys, minisign };
        local.write_platform_config()?;
        local.write_deployment()?;
        local.write_state()?;
        Ok(local)
    }

    fn open(folder: &Path) -> Result<Self, LocalError> {
        let path = folder.join(STATE);
        let text = fs::read(&path).map_err(LocalError::file(&path))?;
        let state: State = serde_json::from_slice(&text).map_err(|_| LocalError::Foreign(path.clone()))?;
        if state.schema != SCHEMA {
            return Err(LocalError::Foreign(path));
        }
        let authority = Authority::open(&folder.join("tls"))?;
        let keys = Keys::read(&folder.join("keys"))?;
        let minisign = MinisignKey::read(&folder.join("keys"))?;
        Ok(Self { folder: folder.to_owned(), state, authority, keys, minisign })
    }

    /// Where it lies; absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The port that the platform listens on, chosen once.
    pub fn port(&self) -> u16 {
        self.state.port
    }

    /// Where clients find the platform.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.state.port)
    }

    /// Where the platform keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The CA, for attack tests.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The TUF keys, for attack tests.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The minisign key, for attack tests.
    pub fn minisign(&self) -> &MinisignKey {
        &self.minisign
    }

    /// When it was made.
    pub fn created(&self) -> UnixSeconds {
        self.state.created
    }

    pub(crate) fn published(&self) -> &Published {
        &self.state.published
    }

    pub(crate) fn keep(&mut self, published: Published) -> Result<(), LocalError> {
        self.state.published = published;
        self.write_state()
    }

    fn write_state(&self) -> Result<(), LocalError> {
        write_whole(&self.folder.join(STATE), &serde_json::to_vec_pretty(&self.state)?)
    }
}

/// A port that nobody listens on now. It is remembered, so a later clash shows when the platform starts.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);

    #[test]
    fn discarding_a_folder_of_somebody_elses_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["thesis.txt", "keys/of-my-house.txt", "data/years-of-work.csv"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "precious").unwrap();
        }
        assert!(matches!(Local::discard(folder.path()), Err(LocalError::NotOurs(_))));
        assert!(folder.path().join("data/years-of-work.csv").exists());
    }

    #[test]
    fn discarding_removes_the_deployment_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        Local::open_or_create(folder.path(), NOW).unwrap();
        fs::write(folder.path().join("thesis.txt"), "precious").unwrap();
        Local::discard(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["thesis.txt"]);
        Local::discard(&folder.path().join("never-made")).unwrap();
    }

    #[test]
    fn a_creation_that_was_interrupted_starts_over() {
        let folder = tempfile::tempdir().unwrap();
        let first = Local::open_or_create(folder.path(), NOW).unwrap();
        fs::remove_file(folder.path().join(STATE)).unwrap();
        let second = Local::open_or_create(folder.path(), NOW).unwrap();
        assert_ne!(second.keys().root[0].id(), first.keys().root[0].id());
    }
}
