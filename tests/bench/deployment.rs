use std::path::{Path, PathBuf};
use std::process::Command;

use polder_local::{Accounts, Local, Platform};
use polder_tests::{Outcome, built};
use polder_wire::UnixSeconds;
use polder_wire::update::{METADATA_PATH, POLICY_TARGET, TARGETS_PATH, signature_target, this_system};
use serde_json::Value;

/// A platform at work for the client that is measured. Ends when dropped.
pub(crate) struct Deployment {
    pub(crate) local: Local,
    pub(crate) accounts: Accounts,
    _platform: Platform,
}

/// The deployment that xtask prepared.
pub(crate) fn opened() -> Outcome<Local> {
    let folder = std::env::var_os("POLDER_BENCH_FOLDER").ok_or("`cargo xtask bench` sets what this needs")?;
    Ok(Local::open_or_create(Path::new(&folder), UnixSeconds::from_clock())?)
}

impl Deployment {
    /// The deployment that xtask prepared and built the client for, with this very client as its release.
    pub(crate) fn serving(client: &Path) -> Outcome<Self> {
        let platform = built("POLDER_PLATFORM_BIN")?;
        let now = UnixSeconds::from_clock();
        let mut local = opened()?;
        local.publish(std::fs::read(client)?, &polder_wire::VERSION.parse()?, &this_system(), now)?;
        let running = local.start_platform(&platform)?;
        let accounts = local.seed(&platform)?;
        Ok(Self { local, accounts, _platform: running })
    }

    /// What the environment of a client must say so that it goes straight to this platform.
    pub(crate) fn arrange(&self, client: &mut Command) {
        client.env("no_proxy", "localhost");
    }

    /// The paths that one check of the gate with an empty store asks for, in its order; the first is not there.
    pub(crate) fn files_of_a_check(&self) -> Outcome<Vec<String>> {
        let metadata = self.local.folder().join("releases/metadata");
        let read = |name: &str| -> Outcome<Value> {
            Ok(serde_json::from_slice::<Value>(&std::fs::read(metadata.join(name))?)?["signed"].take())
        };
        let timestamp = read("timestamp.json")?;
        let snapshot_name = format!("{}.snapshot.json", timestamp["meta"]["snapshot.json"]["version"]);
        let snapshot = read(&snapshot_name)?;
        let targets_name = format!("{}.targets.json", snapshot["meta"]["targets.json"]["version"]);
        let targets = read(&targets_name)?;
        let mut files: Vec<String> = ["2.root.json", "timestamp.json", &snapshot_name, &targets_name]
            .iter()
            .map(|name| format!("{METADATA_PATH}{name}"))
            .collect();
        let version = polder_wire::VERSION.parse()?;
        for target in [POLICY_TARGET.to_owned(), signature_target(&version, &this_system())] {
            let hash = targets["targets"][&target]["hashes"]["sha256"].as_str().ok_or("no such target")?;
            let (folder, name) = target
                .rsplit_once('/')
                .map_or((String::new(), &*target), |(folder, name)| (format!("{folder}/"), name));
            files.push(format!("{TARGETS_PATH}{folder}{hash}.{name}"));
        }
        for file in files.iter().skip(1) {
            let path: PathBuf =
                self.local.folder().join("releases").join(file.trim_start_matches("/updates/"));
            if !path.is_file() {
                return Err(format!("{} is not there", path.display()).into());
            }
        }
        Ok(files)
    }
}
