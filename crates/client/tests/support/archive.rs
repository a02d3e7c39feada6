use std::io::{Cursor, Read};
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use polder_slots::{Listed, Manifest, SlotPath};
use serde_json::{Value, json};

use super::World;
use super::tuf::{Release, sha256};

pub const SYSTEM: &str = "linux-x86_64";

/// Bytes that do not pack, the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next()).collect();
    bytes.truncate(length);
    bytes
}

pub fn pack(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// What makes `new` out of `old`.
pub fn delta(old: &[u8], new: &[u8]) -> Vec<u8> {
    polder_signing::release::delta(old, new, polder_signing::release::Effort::Throwaway).unwrap()
}

pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A release as it lies in a slot: path, bytes, whether it may be run.
#[derive(Clone)]
pub struct Slot {
    pub version: String,
    pub files: Vec<(String, Vec<u8>, bool)>,
    pub manifest: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Slot {
    pub fn new(world: &World, version: &str, files: &[(&str, &[u8], bool)]) -> Self {
        let listed = files.iter().map(|(path, bytes, executable)| Listed {
            path: SlotPath::parse(path).unwrap(),
            length: bytes.len() as u64,
            sha256: digest(&SHA256, bytes).as_ref().try_into().unwrap(),
            executable: *executable,
        });
        let manifest = Manifest {
            version: version.parse().unwrap(),
            system: SYSTEM.to_owned(),
            program: SlotPath::parse("polder").unwrap(),
            files: listed.collect(),
        };
        let manifest = manifest.to_json().unwrap();
        let signature = world.sign(&manifest, version, SYSTEM);
        let files =
            files.iter().map(|(path, bytes, run)| ((*path).to_owned(), bytes.to_vec(), *run)).collect();
        Self { version: version.to_owned(), files, manifest, signature }
    }

    pub fn program(&self) -> &[u8] {
        &self.files.iter().find(|(path, ..)| path == "polder").unwrap().1
    }

    /// Unpacked.
    pub fn archive(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut files = self.files.iter();
        polder_slots::archive::write(&mut out, &self.manifest, &self.signature, |_| {
            Ok(Box::new(Cursor::new(files.next().unwrap().1.clone())) as Box<dyn Read>)
        })
        .unwrap();
        out
    }

    /// As a package lays it out.
    pub fn lay_out(&self, folder: &Path) {
        let own =
            [("manifest.json", &self.manifest, false), ("manifest.json.minisig", &self.signature, false)];
        let files = self.files.iter().map(|(path, bytes, run)| (path.as_str(), bytes, *run));
        for (path, bytes, executable) in own.into_iter().chain(files) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = if executable { 0o755 } else { 0o644 };
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            }
            #[cfg(not(unix))]
            let _ = executable;
        }
    }
}

/// Everything that is published of an archive, each part ready to be changed by a test.
#[derive(Clone)]
pub struct Published {
    pub version: String,
    pub program: Vec<u8>,
    pub program_signature: Vec<u8>,
    pub packed: Vec<u8>,
    pub packed_signature: Vec<u8>,
    /// Length and hash of the unpacked archive, as they are signed.
    pub unpacked: Value,
    pub unpacked_signature: Vec<u8>,
    /// From which version, the difference, and what is signed of the old archive.
    pub delta: Option<(String, Vec<u8>, Value)>,
}

impl Published {
    pub fn new(world: &World, slot: &Slot, old: Option<&Slot>) -> Self {
        let (version, archive) = (slot.version.as_str(), slot.archive());
        let packed = pack(&archive);
        let difference = |old: &Slot| {
            let from = old.archive();
            (old.version.clone(), delta(&from, &archive), named(&from))
        };
        Self {
            version: version.to_owned(),
            program: slot.program().to_vec(),
            program_signature: world.sign(slot.program(), version, SYSTEM),
            packed_signature: world.sign(&packed, version, SYSTEM),
            packed,
            unpacked: named(&archive),
            unpacked_signature: world.sign(&archive, version, SYSTEM),
            delta: old.map(difference),
        }
    }

    /// Names it in the lists that are about to be signed, instead of whatever of that version was there.
    pub fn add_to(&self, release: &mut Release) {
        let folder = format!("releases/{}/{SYSTEM}", self.version);
        release.targets.retain(|name, _| !name.starts_with(&folder));
        let archive = format!("{folder}/polder.tar.zst");
        for (name, bytes) in [
            (format!("{folder}/polder"), &self.program),
            (format!("{folder}/polder.minisig"), &self.program_signature),
            (archive.clone(), &self.packed),
            (format!("{archive}.minisig"), &self.packed_signature),
            (format!("{folder}/polder.tar.minisig"), &self.unpacked_signature),
        ] {
            release.targets.insert(name, bytes.clone());
        }
        release.custom.insert(archive, json!({"unpacked": self.unpacked}));
        if let Some((from, delta, old)) = &self.delta {
            let name = format!("{folder}/from-{from}.bsdiff.zst");
            release.targets.insert(name.clone(), delta.clone());
            release.custom.insert(name, json!({"from": old}));
        }
    }
}

pub fn named(bytes: &[u8]) -> Value {
    json!({"length": bytes.len(), "sha256": sha256(bytes)})
}
