//! Two releases of a program in the platform's repository: the one that runs, and the newest.

use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_local::Local;
use polder_tests::Outcome;
use polder_wire::UnixSeconds;
use polder_wire::update::{
    TARGETS_PATH, archive_signature_target, archive_target, program_target, target_path, this_system,
};
use semver::Version;
use serde_json::json;

pub(super) const OLD: Version = Version::new(0, 1, 0);
pub(super) const NEW: Version = Version::new(0, 1, 1);
/// What tauri-plugin-updater asks for first. Not signed, as its own is not.
const PEERS_WORD: &str = "tauri-updater.json";

/// What lies where, on the wire and on the disk.
pub(super) struct Published {
    /// Bytes of the newest release: its program, its archive packed, and the difference if there is one.
    pub(super) program: usize,
    pub(super) packed: usize,
    pub(super) delta: Option<usize>,
    /// Paths below the platform's origin.
    pub(super) archive: String,
    pub(super) archive_signature: String,
    pub(super) peers_word: String,
    /// The old release's slot, and its program apart from it.
    pub(super) slot: PathBuf,
    pub(super) alone: PathBuf,
}

impl Published {
    /// Publishes, and lays the old release out below `folder`. `port` is where updaters find the platform.
    pub(super) fn new(
        local: &mut Local,
        port: u16,
        (old, new): (&Path, &Path),
        folder: &Path,
    ) -> Outcome<Self> {
        let (now, system) = (UnixSeconds::from_clock(), this_system());
        let (old, new) = (std::fs::read(old)?, std::fs::read(new)?);
        let mut before = local.publication(old.clone(), &OLD, &system, now)?.content.releases;
        let bare = before.pop().ok_or("no release")?;
        let unpacked = local.archived_for_people(bare.clone(), &[])?.archive.ok_or("no archive")?.unpacked;
        let mut publication = local.publication(new, &NEW, &system, now)?;
        let release = publication.content.releases.pop().ok_or("no release")?;
        let release = local.archived_for_people(release, &[(OLD, &unpacked)])?;
        publication.content.releases.extend([bare, release.clone()]);
        local.publish_as(&publication, now)?;

        let archive = release.archive.ok_or("no archive")?;
        let path = |name: &str, bytes: &[u8]| {
            let mut sha256 = [0; 32];
            sha256.copy_from_slice(digest(&SHA256, bytes).as_ref());
            format!("{TARGETS_PATH}{}", target_path(name, &sha256))
        };
        let program = path(&program_target(&NEW, &system), &release.program);
        let word = json!({
            "version": NEW,
            "platforms": { format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH): {
                "url": format!("https://localhost:{port}{program}"),
                "signature": STANDARD.encode(&release.signature),
            } },
        });
        let targets = local.folder().join("releases/targets");
        std::fs::write(targets.join(PEERS_WORD), serde_json::to_vec(&word)?)?;

        let (slot, alone) = (folder.join("slot"), folder.join("polder"));
        lay_out(&unpacked, &slot)?;
        std::fs::write(&alone, old)?;
        Ok(Self {
            program: release.program.len(),
            packed: archive.packed.len(),
            delta: release.deltas.first().map(|delta| delta.bytes.len()),
            archive: path(&archive_target(&NEW, &system), &archive.packed),
            archive_signature: path(
                &archive_signature_target(&NEW, &system),
                archive.packed_signature.as_bytes(),
            ),
            peers_word: format!("{TARGETS_PATH}{PEERS_WORD}"),
            slot,
            alone,
        })
    }
}

/// The minisign key as tauri-plugin-updater wants it.
pub(super) fn peers_key(local: &Local) -> String {
    STANDARD.encode(format!("untrusted comment: minisign public key\n{}\n", local.minisign().public()))
}

/// Unpacks an archive into a new folder, as a package would.
pub(super) fn lay_out(unpacked: &[u8], folder: &Path) -> Outcome {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut tar = Command::new("tar")
        .args(["--extract", "--no-same-owner", "--preserve-permissions", "--directory"])
        .arg(folder)
        .stdin(Stdio::piped())
        .spawn()?;
    tar.stdin.take().ok_or("no standard input")?.write_all(unpacked)?;
    if tar.wait()?.success() { Ok(()) } else { Err("tar did not unpack the release".into()) }
}
