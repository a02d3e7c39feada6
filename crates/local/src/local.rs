use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_signing::{Keys, MinisignKey};
use polder_wire::UnixSeconds;
use serde::{Deserialize, Serialize};
use serde_json::json;

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
    /// Of the repository that was published last.
    pub(crate) number: u64,
    pub(crate) published_at: UnixSeconds,
    /// SHA-256 of the program that was published last.
    pub(crate) program: String,
}

const SCHEMA: u32 = 1;
const STATE: &str = "local.json";

impl Local {
    /// Opens the deployment in this folder, or makes one where there is none.
    ///
    /// # Errors
    /// When the folder holds something else, or cannot be written.
    pub fn open_or_create(folder: &Path, now: UnixSeconds) -> Result<Self, LocalError> {
        if folder.join(STATE).exists() { Self::open(folder) } else { Self::create(folder, now) }
    }

    /// Throws away what a deployment left in this folder, and only that.
    ///
    /// # Errors
    /// When the folder holds something else, or cannot be removed.
    pub fn discard(folder: &Path) -> Result<(), LocalError> {
        let empty = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(LocalError::file(folder)(error)),
        };
        // A mistyped folder must not lose anything; `local.json` is written last, `keys` first.
        if !empty && !folder.join(STATE).exists() && !folder.join("keys").exists() {
            return Err(LocalError::Foreign(folder.to_owned()));
        }
        fs::remove_dir_all(folder).map_err(LocalError::file(folder))
    }

    fn create(folder: &Path, now: UnixSeconds) -> Result<Self, LocalError> {
        for name in ["keys", "tls", "releases"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder).map_err(LocalError::file(&folder))?;
        }
        let authority = Authority::create(&folder.join("tls"))?;
        let keys = Keys::generate()?;
        keys.write_unencrypted(&folder.join("keys"))?;
        let minisign = MinisignKey::generate()?;
        minisign.write_unencrypted(&folder.join("keys"))?;
        let state = State {
            schema: SCHEMA,
            port: free_port().map_err(LocalError::file(folder))?,
            created: now,
            number: 0,
            published_at: UnixSeconds(0),
            program: String::new(),
        };
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

    /// Where it lies.
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

    /// What a client of this deployment embeds.
    pub fn deployment_file(&self) -> PathBuf {
        self.folder.join("deployment.json")
    }

    /// What the platform is told.
    pub fn platform_config(&self) -> PathBuf {
        self.folder.join("platform.toml")
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

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn keep(&mut self, state: State) -> Result<(), LocalError> {
        self.state = state;
        self.write_state()
    }

    fn write_state(&self) -> Result<(), LocalError> {
        write_whole(&self.folder.join(STATE), &serde_json::to_vec_pretty(&self.state)?)
    }

    fn write_deployment(&self) -> Result<(), LocalError> {
        let root = self.root()?;
        write_whole(&self.folder.join("releases").join("root.json"), &root)?;
        let deployment = json!({
            "schema": 1,
            "name": "local",
            "origin": self.origin(),
            "ca": [STANDARD.encode(self.authority.certificate())],
            "pins": Authority::pins(&self.folder.join("tls"))?,
            "root": STANDARD.encode(&root),
            "floor": {"timestamp": 1, "snapshot": 1, "targets": 1},
            "minisign_key": self.minisign.public(),
            "built_at": self.state.created,
        });
        write_whole(&self.deployment_file(), &serde_json::to_vec_pretty(&deployment)?)
    }

    fn write_platform_config(&self) -> Result<(), LocalError> {
        #[derive(Serialize)]
        struct Config {
            listen: String,
            origin: String,
            data: &'static str,
            tls: Tls,
            keys: MasterKey,
            releases: Releases,
        }
        #[derive(Serialize)]
        struct Tls {
            certificate: &'static str,
            key: &'static str,
        }
        #[derive(Serialize)]
        struct MasterKey {
            master: &'static str,
        }
        #[derive(Serialize)]
        struct Releases {
            folder: &'static str,
            root: &'static str,
        }
        let config = Config {
            listen: format!("127.0.0.1:{}", self.state.port),
            origin: self.origin(),
            data: "data",
            tls: Tls { certificate: "tls/platform.pem", key: "tls/platform.key.pem" },
            keys: MasterKey { master: "master.key" },
            releases: Releases { folder: "releases", root: "releases/root.json" },
        };
        write_whole(&self.platform_config(), toml::to_string(&config)?.as_bytes())
    }
}

/// A port that nobody listens on now. It is remembered, so a later clash shows when the platform starts.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Creates a file that only its owner may read; never replaces one.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(LocalError::file(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(LocalError::file(path))
}

/// Writes a file that is there as a whole or as it was.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LocalError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(LocalError::file(folder))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(LocalError::file(path))?;
    file.persist(path).map_err(|error| LocalError::File { path: path.to_owned(), source: error.error })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);

    #[test]
    fn a_second_opening_keeps_port_keys_and_deployment() {
        let folder = tempfile::tempdir().unwrap();
        let first = Local::open_or_create(folder.path(), NOW).unwrap();
        let deployment = fs::read(first.deployment_file()).unwrap();
        let second = Local::open_or_create(folder.path(), NOW.plus(1000)).unwrap();
        assert_eq!(second.port(), first.port());
        assert_eq!(second.keys().root[0].id(), first.keys().root[0].id());
        assert_eq!(second.root().unwrap(), first.root().unwrap(), "the root that clients embed");
        assert_eq!(fs::read(second.deployment_file()).unwrap(), deployment);
    }

    #[test]
    fn discarding_a_folder_of_somebody_elses_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        Local::discard(folder.path()).unwrap_err();
        assert!(folder.path().join("thesis.txt").exists());

        let ours = folder.path().join("ours");
        fs::create_dir(&ours).unwrap();
        Local::open_or_create(&ours, NOW).unwrap();
        Local::discard(&ours).unwrap();
        assert!(!ours.exists());
    }
}
