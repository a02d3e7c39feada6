//! One release for one system: the program, the archive that a slot is made from, what leads there from older
//! ones, and a minisign signature over each.

mod changes;
mod draft;
mod pack;
mod statement;
mod texts;

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use polder_slots::{Listed, Manifest, SlotPath};
use polder_wire::update::{
    archive_signature_target, archive_target, delta_target, notes_target, program_target, sbom_target,
    signature_target, unpacked_signature_target,
};
use semver::Version;
use serde_json::Value;

use crate::metadata::Custom;
use crate::minisigning::MinisignKey;
use crate::{SigningError, role};

pub use draft::{Draft, DraftFault};
pub use pack::{Effort, delta, is_worth_it, pack, put_on, unpack};
pub use polder_wire::Notes;
pub use statement::{Older, ShownStatement, Statement};
pub use texts::is_sbom;

/// One program for one system, and what may come with it.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// Its system, as `linux-x86_64`.
    pub system: String,
    /// Its bytes.
    pub program: Vec<u8>,
    /// Its minisign signature file.
    pub signature: String,
    /// What a slot is made from.
    pub archive: Option<Archive>,
    /// What leads from older archives to this one.
    pub deltas: Vec<Delta>,
    /// What is new, as JSON.
    pub notes: Option<Vec<u8>>,
    /// What it is made of: CycloneDX, as JSON.
    pub sbom: Option<Vec<u8>>,
}

/// The archive of a slot, packed and unpacked, with a minisign signature over each.
#[derive(Debug, Clone)]
pub struct Archive {
    /// zstd.
    pub packed: Vec<u8>,
    /// Over the packed one.
    pub packed_signature: String,
    /// ustar.
    pub unpacked: Vec<u8>,
    /// Over the unpacked one.
    pub unpacked_signature: String,
}

/// What makes this release's unpacked archive out of an older one.
#[derive(Debug, Clone)]
pub struct Delta {
    /// The older release.
    pub old: Version,
    /// Length of its unpacked archive in bytes.
    pub length: u64,
    /// SHA-256 of its unpacked archive, lower-case hexadecimal.
    pub sha256: String,
    /// The steps from one to the other, packed.
    pub bytes: Vec<u8>,
}

/// A file of the repository and what metadata says besides its length and hashes.
pub(crate) type Content = (Vec<u8>, Option<Custom>);

impl Release {
    /// Signs a program with minisign, and nothing besides.
    ///
    /// # Errors
    /// When the library fails.
    pub fn sign(
        key: &MinisignKey,
        version: Version,
        system: String,
        program: Vec<u8>,
    ) -> Result<Self, SigningError> {
        let signature = key.sign(&program, &version, &system)?;
        let (archive, deltas) = (None, Vec::new());
        Ok(Self { version, system, program, signature, archive, deltas, notes: None, sbom: None })
    }

    /// The same with its archive, and with a delta from each older unpacked archive for which one is worth it.
    ///
    /// # Errors
    /// When the library fails, or version or system cannot stand in a manifest.
    pub fn with_archive(
        mut self,
        key: &MinisignKey,
        older: &[(Version, &[u8])],
        effort: Effort,
    ) -> Result<Self, SigningError> {
        let Self { version, system, program, .. } = &self;
        let manifest = manifest(version, system, program)?;
        let signature = key.sign(&manifest, version, system)?;
        let mut unpacked = Vec::new();
        let file = |_: &SlotPath| -> std::io::Result<Box<dyn std::io::Read>> {
            Ok(Box::new(std::io::Cursor::new(program.clone())))
        };
        polder_slots::archive::write(&mut unpacked, &manifest, signature.as_bytes(), file)?;
        let packed = pack(&unpacked, effort).map_err(SigningError::Packing)?;
        let mut deltas = Vec::new();
        for (old, archive) in older {
            let bytes = delta(archive, &unpacked, effort).map_err(SigningError::Packing)?;
            if is_worth_it(&bytes, &packed) {
                let (length, sha256) = (archive.len() as u64, role::sha256(archive));
                deltas.push(Delta { old: old.clone(), length, sha256, bytes });
            }
        }
        let packed_signature = key.sign(&packed, version, system)?;
        let unpacked_signature = key.sign(&unpacked, version, system)?;
        self.deltas = deltas;
        self.archive = Some(Archive { packed, packed_signature, unpacked, unpacked_signature });
        Ok(self)
    }

    /// Every file of it, by target name.
    pub(crate) fn files(&self) -> BTreeMap<String, Content> {
        let Self { version, system, .. } = self;
        let mut files = BTreeMap::from([
            (program_target(version, system), (self.program.clone(), None)),
            (signature_target(version, system), (self.signature.clone().into_bytes(), None)),
        ]);
        let mut add = |name, bytes: &[u8], custom| files.insert(name, (bytes.to_vec(), custom));
        if let Some(archive) = &self.archive {
            add(archive_target(version, system), &archive.packed, Some(unpacked(&archive.unpacked)));
            let signature = archive.packed_signature.as_bytes();
            add(archive_signature_target(version, system), signature, None);
            let signature = archive.unpacked_signature.as_bytes();
            add(unpacked_signature_target(version, system), signature, None);
        }
        for Delta { old, length, sha256, bytes } in &self.deltas {
            let from = Custom::From { length: *length, sha256: sha256.clone() };
            add(delta_target(version, system, old), bytes, Some(from));
        }
        if let Some(notes) = &self.notes {
            add(notes_target(version), notes, None);
        }
        if let Some(sbom) = &self.sbom {
            add(sbom_target(version, system), sbom, None);
        }
        files
    }
}

/// The slot manifest of a release that is its program and nothing else.
///
/// # Errors
/// When version or system cannot stand in one.
pub fn manifest(version: &Version, system: &str, program: &[u8]) -> Result<Vec<u8>, SigningError> {
    // Windows starts no program whose name does not end so.
    let name = if system.starts_with("windows-") { "polder.exe" } else { "polder" };
    let path = SlotPath::parse(name).map_err(|_| SigningError::Text)?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, program).as_ref());
    let file = Listed { path: path.clone(), length: program.len() as u64, sha256, executable: true };
    let (version, system) = (version.clone(), system.to_owned());
    Ok(Manifest { version, system, program: path, files: vec![file] }.to_json()?)
}

/// What metadata says about a packed archive besides its own length and hashes.
pub(crate) fn unpacked(archive: &[u8]) -> Custom {
    let crate::metadata::Hashes { sha256, sha512 } = role::hashes(archive);
    Custom::Unpacked { length: archive.len() as u64, sha256, sha512 }
}

/// What metadata says about a file.
pub(crate) fn described((bytes, custom): &Content) -> Result<Value, SigningError> {
    let mut value = role::named(bytes);
    if let Some(custom) = custom {
        value["custom"] = serde_json::to_value(custom)?;
    }
    Ok(value)
}
