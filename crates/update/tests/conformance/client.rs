use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use serde_json::Value;
use tempfile::TempDir;

use super::repository::Repository;

/// The built program with its own folders.
pub(crate) struct Client {
    folder: TempDir,
    port: u16,
}

impl Client {
    /// One that trusts the repository's newest root.
    pub(crate) fn of(repository: &Repository) -> Self {
        let client = Self::without_root(repository);
        assert!(client.init(repository.latest("root")), "a good root is taken");
        client
    }

    /// One that trusts nothing yet.
    pub(crate) fn without_root(repository: &Repository) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: repository.server.port }
    }

    pub(crate) fn metadata(&self) -> PathBuf {
        self.folder.path().join("metadata")
    }

    pub(crate) fn targets(&self) -> PathBuf {
        self.folder.path().join("targets")
    }

    /// Whether it took the root.
    pub(crate) fn init(&self, root: &[u8]) -> bool {
        let file = self.folder.path().join("trusted root.json");
        fs::write(&file, root).unwrap();
        passed(&self.command().arg("init").arg(file).output().unwrap())
    }

    /// Whether all of it went well.
    pub(crate) fn refresh(&self) -> bool {
        passed(&self.refreshing().output().unwrap())
    }

    pub(crate) fn refreshing(&self) -> Command {
        let mut command = self.command();
        command.arg("--metadata-url").arg(self.url("metadata")).arg("refresh");
        command
    }

    /// Whether all of it went well.
    pub(crate) fn download(&self, names: &[&str]) -> bool {
        passed(&self.downloading(names).output().unwrap())
    }

    pub(crate) fn downloading(&self, names: &[&str]) -> Command {
        let mut command = self.command();
        command.arg("--metadata-url").arg(self.url("metadata"));
        command.arg("--target-base-url").arg(self.url("targets"));
        command.arg("--target-dir").arg(self.targets());
        for name in names {
            command.arg("--target-name").arg(name);
        }
        command.arg("download");
        command
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polder-update"));
        command.arg("--metadata-dir").arg(self.metadata());
        command
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Puts a file among the trusted metadata, as an earlier run would have left it.
    pub(crate) fn had(&self, role: &str, bytes: &[u8]) {
        fs::create_dir_all(self.metadata()).unwrap();
        fs::write(self.metadata().join(format!("{role}.json")), bytes).unwrap();
    }

    /// The bytes that are trusted for a role.
    pub(crate) fn trusted(&self, role: &str) -> Option<Vec<u8>> {
        match fs::read(self.metadata().join(format!("{role}.json"))) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn version(&self, role: &str) -> Option<u64> {
        let file: Value = serde_json::from_slice(&self.trusted(role)?).unwrap();
        file["signed"]["version"].as_u64()
    }

    /// Versions of root, timestamp, snapshot and targets.
    pub(crate) fn versions(&self) -> [Option<u64>; 4] {
        super::repository::TOP_LEVEL.map(|role| self.version(role))
    }

    /// How many files of metadata are trusted.
    pub(crate) fn trusted_files(&self) -> usize {
        fs::read_dir(self.metadata()).unwrap().count()
    }

    /// What was downloaded, in the order of the names.
    pub(crate) fn downloads(&self) -> Vec<Vec<u8>> {
        let mut paths = files(&self.targets());
        paths.sort();
        paths.iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

/// Exit codes are 0 and 1, and one that fails says why.
pub(crate) fn passed(output: &Output) -> bool {
    match output.status.code() {
        Some(0) => true,
        Some(1) => {
            assert!(!output.stderr.is_empty(), "a failure has words");
            false
        }
        _ => panic!("{output:?}"),
    }
}
