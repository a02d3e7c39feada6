//! What this client was built for.

use std::path::PathBuf;

use polder_client::deployment::Deployment;
use polder_slots::place::{self, PlaceError};
use semver::Version;

const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/deployment.json"));

/// The deployment that the build embedded; `None` for a build that is for no platform, or whose deployment
/// does not read: its gate stays shut.
pub(crate) fn embedded() -> Option<Deployment> {
    #[cfg(feature = "e2e")]
    if let Some(file) = std::env::var_os("POLDER_E2E_DEPLOYMENT") {
        return match std::fs::read(&file) {
            Ok(bytes) => parse(&bytes),
            Err(error) => {
                tracing::error!(%error, "POLDER_E2E_DEPLOYMENT cannot be read");
                None
            }
        };
    }
    if EMBEDDED.is_empty() { None } else { parse(EMBEDDED) }
}

/// What this program is.
pub(crate) fn version() -> Version {
    #[cfg(feature = "e2e")]
    if let Some(version) = of_slot() {
        return version;
    }
    // `CARGO_PKG_VERSION` is a version, or Cargo would not have built this.
    env!("CARGO_PKG_VERSION").parse().unwrap_or(Version::new(0, 0, 0))
}

/// Tests publish one and the same program as several versions.
#[cfg(feature = "e2e")]
fn of_slot() -> Option<Version> {
    let manifest = std::env::current_exe().ok()?.with_file_name(polder_slots::MANIFEST);
    Some(polder_slots::Manifest::parse(&std::fs::read(manifest).ok()?).ok()?.version)
}

fn parse(bytes: &[u8]) -> Option<Deployment> {
    match Deployment::parse(bytes) {
        Ok(deployment) => Some(deployment),
        Err(error) => {
            tracing::error!(%error, "the deployment does not read");
            None
        }
    }
}

/// Where this person's data of Polder lies on this computer.
///
/// The same folder that the launcher names; asked before there is a Tauri, so that a second start can end before anything
/// of a window is there.
///
/// # Errors
/// When there is no place for it. The launcher, which looks first, has told the person.
pub(crate) fn data_folder(identifier: &str) -> Result<PathBuf, PlaceError> {
    #[cfg(feature = "e2e")]
    if let Some(folder) = std::env::var_os("POLDER_E2E_DATA") {
        return Ok(PathBuf::from(folder));
    }
    place::data_folder(identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_that_does_not_read_is_none() {
        assert!(parse(b"").is_none());
        assert!(parse(b"{}").is_none());
    }
}
