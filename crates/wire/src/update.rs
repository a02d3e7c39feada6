//! Where update files lie and what the signed policy says.
//!
//! Metadata is TUF 1.0 with consistent snapshots, served as static files below [`METADATA_PATH`] and
//! [`TARGETS_PATH`]. One target is always there: [`POLICY_TARGET`].

use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::UnixSeconds;

/// TUF metadata lies below it.
pub const METADATA_PATH: &str = "/updates/metadata/";
/// Targets lie below it, each as `<folder>/<sha256>.<name>`.
pub const TARGETS_PATH: &str = "/updates/targets/";
/// The target that holds [`Policy`].
pub const POLICY_TARGET: &str = "policy.json";

/// What the targets' signers say about releases as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Always 1; another number is another format.
    pub schema: u32,
    /// When it was signed. Together with the build's own time a floor under the clock.
    pub issued: UnixSeconds,
    /// Anything older is refused by the platform (426) and stays shut by itself (R65, R66).
    pub min_version: Version,
    /// The newest release by system, as `linux-x86_64`.
    pub newest: BTreeMap<String, Version>,
    /// SHA-256 of programs that must not run, in lower-case hexadecimal.
    #[serde(default)]
    pub revoked: Vec<String>,
    /// SPKI pins (SHA-256, Base64) accepted beside the built-in ones (B34).
    #[serde(default)]
    pub next_pins: Vec<String>,
}

/// The system that this was built for, as policy and targets name it.
pub fn this_system() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The TUF target name of a release's program.
pub fn program_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/polder")
}

/// The TUF target name of its minisign signature (prehashed; the trusted comment is
/// [`trusted_comment`]).
pub fn signature_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/polder.minisig")
}

/// The TUF target name of a release's slot, packed: the archive that a client downloads in full.
pub fn archive_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/polder.tar.zst")
}

/// The TUF target name of the minisign signature over the packed archive, for the plain `minisign` program.
pub fn archive_signature_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/polder.tar.zst.minisig")
}

/// The TUF target name of the minisign signature over the unpacked archive: what a delta led to is held against it.
pub fn unpacked_signature_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/polder.tar.minisig")
}

/// The TUF target name of what makes the unpacked archive of `version` out of the one of `old`.
pub fn delta_target(version: &Version, system: &str, old: &Version) -> String {
    format!("releases/{version}/{system}/from-{old}.delta")
}

/// The TUF target name of what is new in a release, in each language.
pub fn notes_target(version: &Version) -> String {
    format!("releases/{version}/notes.json")
}

/// The TUF target name of the list of a release's parts (CycloneDX).
pub fn sbom_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/sbom.cdx.json")
}

/// What a client ends with when it wants the launcher to choose again and start.
pub const RESTART: u8 = 85;
/// Set to `1` by the launcher: whoever ends with [`RESTART`] is started again.
pub const UNDER_LAUNCHER: &str = "POLDER_LAUNCHER";

/// What the minisign signature's trusted comment must say, so that a signature of one release, version or
/// system does not pass for another.
pub fn trusted_comment(version: &Version, system: &str) -> String {
    format!("product:polder version:{version} system:{system}")
}
