//! What this launcher was built for. Only what it needs is read; the client checks the rest.

use std::path::PathBuf;

use minisign_verify::PublicKey;
use polder_slots::Anchor;
use polder_slots::place::{self, PlaceError};
use serde::Deserialize;

const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/deployment.json"));
/// As `src-tauri/tauri.conf.json` has it: the client keeps its data below the same name.
const IDENTIFIER: &str = "eu.polder.desktop";

/// Whose slots there are, and whom they are believed.
pub(crate) struct Deployment {
    pub(crate) name: String,
    pub(crate) anchor: Anchor,
}

/// Why there is no deployment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeploymentError {
    #[error("this launcher was built for no platform")]
    None,
    #[cfg(feature = "e2e")]
    #[error("POLDER_E2E_DEPLOYMENT cannot be read")]
    File(#[from] std::io::Error),
    #[error("the deployment is not readable")]
    Unreadable(#[from] serde_json::Error),
    #[error("the deployment's `{0}` is not acceptable")]
    Field(&'static str),
}

/// The deployment that the build embedded.
pub(crate) fn embedded() -> Result<Deployment, DeploymentError> {
    #[cfg(feature = "e2e")]
    if let Some(file) = std::env::var_os("POLDER_E2E_DEPLOYMENT") {
        return parse(&std::fs::read(file)?);
    }
    if EMBEDDED.is_empty() { Err(DeploymentError::None) } else { parse(EMBEDDED) }
}

/// Where this person's data of Polder lies; the same folder that the client names.
pub(crate) fn data_folder() -> Result<PathBuf, PlaceError> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("POLDER_E2E_DATA") {
        return Ok(PathBuf::from(folder));
    }
    place::data_folder(IDENTIFIER)
}

fn parse(json: &[u8]) -> Result<Deployment, DeploymentError> {
    let file: File = serde_json::from_slice(json)?;
    // It names a folder.
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if file.schema != 1 {
        return Err(DeploymentError::Field("schema"));
    }
    if !(1..=64).contains(&file.name.len()) || !file.name.bytes().all(is_name) {
        return Err(DeploymentError::Field("name"));
    }
    let key =
        PublicKey::from_base64(&file.minisign_key).map_err(|_| DeploymentError::Field("minisign_key"))?;
    Ok(Deployment { name: file.name, anchor: Anchor::new(key) })
}

#[derive(Deserialize)]
struct File {
    schema: u32,
    name: String,
    minisign_key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    fn fault(schema: u32, name: &str, key: &str) -> String {
        let json = serde_json::json!({ "schema": schema, "name": name, "minisign_key": key, "pins": [] });
        parse(json.to_string().as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_name_that_leads_elsewhere_and_a_key_that_is_none_are_refused() {
        assert_eq!(fault(1, "local-2", KEY), "");
        for name in ["", "..", "a/b", "Local", &"a".repeat(65)] {
            assert!(fault(1, name, KEY).contains("`name`"), "{name}");
        }
        assert!(fault(1, "local", "RW").contains("`minisign_key`"));
        assert!(fault(2, "local", KEY).contains("`schema`"));
        assert!(parse(b"{}").is_err());
    }

    #[test]
    fn launcher_and_client_keep_their_data_below_the_same_name() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src-tauri/tauri.conf.json");
        let conf: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(conf["identifier"], IDENTIFIER);
    }
}
