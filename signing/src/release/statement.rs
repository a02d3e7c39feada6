//! What the minisign holder is shown before a release is signed, and the only way from there to a signed one.

use std::fmt::{self, Write as _};

use semver::Version;

use super::{Effort, Release, manifest};
use crate::metadata::{Custom, Target};
use crate::minisigning::MinisignKey;
use crate::proposal::word;
use crate::{SigningError, role};

/// An older release's unpacked archive, held against what metadata says of it.
#[derive(Debug)]
pub struct Older {
    /// Its version.
    pub version: Version,
    unpacked: Vec<u8>,
}

impl Older {
    /// Nothing, if these are not the bytes that metadata says come out of the archive.
    pub fn new(version: Version, unpacked: Vec<u8>, archive: &Target) -> Option<Self> {
        let says: Option<Custom> = Some(super::unpacked(&unpacked));
        (archive.custom == says).then_some(Self { version, unpacked })
    }
}

/// A release that is about to be made.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// Its version.
    pub version: &'a Version,
    /// Its system.
    pub system: &'a str,
    /// Its program.
    pub program: &'a [u8],
    /// What is new.
    pub notes: Option<&'a [u8]>,
    /// What it is made of.
    pub sbom: Option<&'a [u8]>,
}

/// A statement together with the text that was computed from it.
#[derive(Debug)]
pub struct ShownStatement<'a> {
    statement: Statement<'a>,
    older: &'a [Older],
    text: String,
}

impl<'a> Statement<'a> {
    /// What its reader is shown.
    ///
    /// # Errors
    /// When version or system cannot stand in a manifest.
    pub fn shown(self, older: &'a [Older]) -> Result<ShownStatement<'a>, SigningError> {
        let manifest = manifest(self.version, self.system, self.program)?;
        let mut text = String::new();
        self.write(&mut text, &manifest, older).map_err(|_| SigningError::Text)?;
        Ok(ShownStatement { statement: self, older, text })
    }

    fn write(&self, out: &mut String, manifest: &[u8], older: &[Older]) -> fmt::Result {
        let hash = |bytes: &[u8]| format!("{} bytes\n    SHA-256 {}", bytes.len(), role::sha256(bytes));
        writeln!(out, "RELEASE {} for {}, to be signed with minisign", self.version, self.system)?;
        writeln!(out, "  program\n    {}", hash(self.program))?;
        writeln!(out, "  manifest, which the archive begins with\n    {}", hash(manifest))?;
        writeln!(out, "  the archive of both, packed and unpacked")?;
        for (name, bytes) in [("notes", self.notes), ("list of parts", self.sbom)] {
            match bytes {
                Some(bytes) => writeln!(out, "  {name}, not signed with minisign\n    {}", hash(bytes))?,
                None => writeln!(out, "  no {name}")?,
            }
        }
        for old in older {
            writeln!(out, "  a delta from {}, if it is worth it\n    {}", old.version, hash(&old.unpacked))?;
        }
        Ok(())
    }
}

impl ShownStatement<'_> {
    /// The text to show.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text, for scripts that say what they read.
    pub fn sha256(&self) -> String {
        role::sha256(self.text.as_bytes())
    }

    /// The word to type.
    pub fn word(&self) -> String {
        word(&self.text)
    }

    /// Makes the release and signs it.
    ///
    /// # Errors
    /// When a library fails.
    pub fn sign(self, key: &MinisignKey) -> Result<Release, SigningError> {
        let Statement { version, system, program, notes, sbom } = self.statement;
        let release = Release::sign(key, version.clone(), system.to_owned(), program.to_vec())?;
        let older: Vec<_> =
            self.older.iter().map(|old| (old.version.clone(), old.unpacked.as_slice())).collect();
        let mut release = release.with_archive(key, &older, Effort::Release)?;
        release.notes = notes.map(<[u8]>::to_vec);
        release.sbom = sbom.map(<[u8]>::to_vec);
        Ok(release)
    }
}
