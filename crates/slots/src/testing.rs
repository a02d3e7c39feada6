//! Releases with a throwaway key, for tests.
//!
//! What fails in here is the test's own fault, so it panics.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use minisign::KeyPair;
use polder_wire::update::trusted_comment;
use semver::Version;

use crate::{Anchor, Listed, MANIFEST, Manifest, SIGNATURE, SlotPath, archive};

/// Whoever publishes.
pub struct Publisher(KeyPair);

/// A release in memory: a manifest, its signature, and the files that it lists.
#[derive(Clone)]
pub struct Release {
    /// What is in it.
    pub manifest: Manifest,
    /// As it is signed.
    pub json: Vec<u8>,
    /// Its signature file.
    pub signature: Vec<u8>,
    /// In the manifest's order.
    pub files: Vec<Vec<u8>>,
}

impl Publisher {
    /// With a new key.
    pub fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().unwrap())
    }

    /// The public key as deployments write it.
    pub fn public(&self) -> String {
        self.0.pk.to_base64()
    }

    /// Whom its releases are believed by.
    pub fn anchor(&self) -> Anchor {
        Anchor::new(minisign_verify::PublicKey::from_base64(&self.public()).unwrap())
    }

    /// A signature file over `bytes`, prehashed.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Vec<u8> {
        let signature = minisign::sign(None, &self.0.sk, Cursor::new(bytes), Some(comment), None);
        signature.unwrap().into_string().into_bytes()
    }

    /// A release of these files: path, bytes, whether it may be run. The program is `polder`, or what Windows wants it
    /// to be called.
    pub fn release(&self, version: &Version, system: &str, files: &[(&str, &[u8], bool)]) -> Release {
        let listed = files.iter().map(|(path, bytes, executable)| {
            let mut sha256 = [0; 32];
            sha256.copy_from_slice(digest(&SHA256, bytes).as_ref());
            let path = SlotPath::parse(path).unwrap();
            Listed { path, length: bytes.len() as u64, sha256, executable: *executable }
        });
        let manifest = Manifest {
            version: version.clone(),
            system: system.to_owned(),
            program: SlotPath::parse(program_of(system)).unwrap(),
            files: listed.collect(),
        };
        let json = manifest.to_json().unwrap();
        let signature = self.sign(&json, &trusted_comment(version, system));
        Release { manifest, json, signature, files: files.iter().map(|file| file.1.to_vec()).collect() }
    }
}

/// What the program of a release for this system is called.
pub fn program_of(system: &str) -> &'static str {
    if system.starts_with("windows-") { "polder.exe" } else { "polder" }
}

/// How many things this program has changed on the disk so far. Before each, `POLDER_TEST_STEP` may end it (`kill:7`) or
/// let it find the disk full (`full:7`).
pub fn steps() -> usize {
    crate::step::DONE.load(std::sync::atomic::Ordering::Relaxed)
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

impl Release {
    /// Its unpacked archive.
    pub fn archive(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut files = self.files.clone().into_iter();
        let open = |_: &SlotPath| Ok(Box::new(Cursor::new(files.next().unwrap())) as Box<dyn Read>);
        archive::write(&mut out, &self.json, &self.signature, open).unwrap();
        out
    }

    /// SHA-256 of its unpacked archive.
    pub fn archive_sha256(&self) -> [u8; 32] {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, &self.archive()).as_ref());
        sha256
    }

    /// Lays its files out in a folder, as a package would.
    pub fn lay_out(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        put(&folder.join(MANIFEST), &self.json, false);
        put(&folder.join(SIGNATURE), &self.signature, false);
        for (listed, bytes) in self.manifest.files.iter().zip(&self.files) {
            let path = listed.path.below(folder);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            put(&path, bytes, listed.executable);
        }
    }
}

fn put(path: &Path, bytes: &[u8], executable: bool) {
    fs::write(path, bytes).unwrap();
    #[cfg(unix)]
    {
        let mode = if executable { 0o755 } else { 0o644 };
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = executable;
}
