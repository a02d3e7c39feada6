//! What clients and platform of this deployment are told.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::json;

use crate::files::write_whole;
use crate::{Authority, Local, LocalError};

/// Beside the data, so that a filling that was broken off does not take it for its own.
const MAIL: &str = "mail";

impl Local {
    /// Where letters land instead of being sent, one file each.
    pub fn mail(&self) -> PathBuf {
        self.folder().join(MAIL)
    }

    /// What a client of this deployment embeds.
    pub fn deployment_file(&self) -> PathBuf {
        self.folder().join("deployment.json")
    }

    /// What the platform is told.
    pub fn platform_config(&self) -> PathBuf {
        self.folder().join("platform.toml")
    }

    pub(crate) fn write_deployment(&self) -> Result<(), LocalError> {
        let root = self.root()?;
        write_whole(&self.folder().join("releases").join("root.json"), &root)?;
        let deployment = json!({
            "schema": 1,
            "name": "local",
            "origin": self.origin(),
            "ca": [STANDARD.encode(self.authority().certificate())],
            "pins": Authority::pins(&self.folder().join("tls"))?,
            "root": STANDARD.encode(&root),
            "floor": {"timestamp": 1, "snapshot": 1, "targets": 1},
            "minisign_key": self.minisign().public(),
            "built_at": self.created(),
        });
        write_whole(&self.deployment_file(), &serde_json::to_vec_pretty(&deployment)?)
    }

    pub(crate) fn write_platform_config(&self) -> Result<(), LocalError> {
        let config = Config {
            listen: format!("127.0.0.1:{}", self.port()),
            origin: self.origin(),
            data: "data",
            tls: Tls { certificate: "tls/platform.pem", key: "tls/platform.key.pem" },
            keys: MasterKey { master: "master.key" },
            releases: Releases { folder: "releases", root: "releases/root.json" },
            mail: Mail { from: "Polder <polder@local.example>", folder: MAIL },
        };
        write_whole(&self.platform_config(), toml::to_string(&config)?.as_bytes())
    }
}

/// Paths are relative to the file.
#[derive(Serialize)]
struct Config {
    listen: String,
    origin: String,
    data: &'static str,
    tls: Tls,
    keys: MasterKey,
    releases: Releases,
    mail: Mail,
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
struct Mail {
    from: &'static str,
    folder: &'static str,
}

#[derive(Serialize)]
struct Releases {
    folder: &'static str,
    root: &'static str,
}
