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

/// The TUF target name of what makes the unpacked archive of `version` out of the one of `old`. It names the form as well:
/// whoever learns another asks for another name, and nobody takes one for the other.
pub fn delta_target(version: &Version, system: &str, old: &Version) -> String {
    format!("releases/{version}/{system}/from-{old}.bsdiff.zst")
}

/// Where a target lies below [`TARGETS_PATH`]: `<folder>/<sha256>.<name>` (TUF 1.0, consistent snapshots).
pub fn target_path(target: &str, sha256: &[u8; 32]) -> String {
    let hash = Hex(sha256);
    match target.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{hash}.{name}"),
        None => format!("{hash}.{target}"),
    }
}

/// The entity tag of a target, the same on every node and after every copy, because it is the hash in its name. A client
/// that knows the hash can go on with an interrupted download (`If-Range`) without having kept anything else.
pub fn target_tag(sha256: &[u8; 32]) -> String {
    format!("\"{}\"", Hex(sha256))
}

struct Hex<'a>(&'a [u8; 32]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The TUF target name of what is new in a release, in each language.
pub fn notes_target(version: &Version) -> String {
    format!("releases/{version}/notes.json")
}

/// The TUF target name of the list of a release's parts (CycloneDX).
pub fn sbom_target(version: &Version, system: &str) -> String {
    format!("releases/{version}/{system}/sbom.cdx.json")
}

/// What an update file's name ends with. It is a plain tar (ustar, regular files only) in which a client finds what
/// the platform would have sent it: first everything below [`UPDATE_FILE_METADATA`], roots from the oldest to the
/// newest, then timestamp, snapshot and targets; then everything below [`UPDATE_FILE_TARGETS`]. Nothing in it is
/// believed because it is there; the same signatures, versions and terms are asked for as on the line.
pub const UPDATE_FILE_EXTENSION: &str = "polder-update";
/// In an update file: metadata by its name below [`METADATA_PATH`].
pub const UPDATE_FILE_METADATA: &str = "metadata/";
/// In an update file: targets by their names below [`TARGETS_PATH`], as `<folder>/<sha256>.<name>`.
pub const UPDATE_FILE_TARGETS: &str = "targets/";

/// What a client ends with when it wants the launcher to choose again and start.
pub const RESTART: u8 = 85;
/// Set to `1` by the launcher: whoever ends with [`RESTART`] is started again.
pub const UNDER_LAUNCHER: &str = "POLDER_LAUNCHER";

/// What the minisign signature's trusted comment must say, so that a signature of one release, version or
/// system does not pass for another.
pub fn trusted_comment(version: &Version, system: &str) -> String {
    format!("product:polder version:{version} system:{system}")
}
