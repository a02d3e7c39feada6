//! Signed metadata as it is read: strictly. A field that is not known here cannot be shown to who signs, so it is
//! an error and not passed over.

mod chain;
mod root;

use std::collections::BTreeMap;

use polder_wire::UnixSeconds;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use chain::Chain;
pub use root::{KeyEntry, RoleKeys, Root};

use crate::keys::Role;
use crate::role::canonical;
use crate::{Key, SigningError};

/// Metadata that must not be believed, or not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataFault {
    /// Not of the form that it should have.
    #[error("{what}: {source}")]
    Form {
        /// Which.
        what: &'static str,
        /// Where it breaks off.
        source: serde_json::Error,
    },
    /// Another role's, or of another edition of TUF.
    #[error("this is no {0} metadata of TUF 1")]
    Kind(&'static str),
    /// A root that does not say what a Polder root says.
    #[error("root {version}: {why}")]
    Root {
        /// Its version.
        version: u64,
        /// What is wrong with it.
        why: String,
    },
    /// Too few of the right keys signed.
    #[error("{role} {version} carries {found} of the {wanted} signatures that root {root} asks for")]
    Threshold {
        /// Which role.
        role: Role,
        /// The version that was signed.
        version: u64,
        /// The root that says who may sign.
        root: u64,
        /// Good signatures by different keys of the role.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A root does not follow the one before.
    #[error("after root {before} comes root {found}")]
    Gap {
        /// The one before.
        before: u64,
        /// What came.
        found: u64,
    },
    /// It could not be written again to compare it.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// A signature by a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The key's TUF id.
    pub keyid: String,
    /// Ed25519, lower-case hexadecimal.
    pub sig: String,
}

/// What was said, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Kept as it was read, because signatures cover its canonical form.
    pub signed: Value,
    /// Over it.
    pub signatures: Vec<Signature>,
}

impl Envelope {
    /// Reads a metadata file.
    ///
    /// # Errors
    /// When it is no JSON of that form.
    pub fn parse(bytes: &[u8]) -> Result<Self, MetadataFault> {
        serde_json::from_slice(bytes).map_err(|source| MetadataFault::Form { what: "metadata", source })
    }

    /// Nothing signed yet.
    ///
    /// # Errors
    /// When the text is no JSON, or not in canonical form: then what is shown of it need not be what is signed.
    pub fn unsigned(canonical_text: &str) -> Result<Self, MetadataFault> {
        let signed = serde_json::from_str(canonical_text)
            .map_err(|source| MetadataFault::Form { what: "what is signed", source })?;
        if canonical(&signed)? != canonical_text.as_bytes() {
            return Err(MetadataFault::Kind("canonical"));
        }
        Ok(Self { signed, signatures: Vec::new() })
    }

    /// The bytes that signatures cover.
    ///
    /// # Errors
    /// Never for what was read as JSON.
    pub fn bytes(&self) -> Result<Vec<u8>, SigningError> {
        canonical(&self.signed)
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Never for what was read as JSON.
    pub fn to_file(&self) -> Result<Vec<u8>, SigningError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Adds signatures.
    ///
    /// # Errors
    /// Never for what was read as JSON.
    pub fn sign(&mut self, keys: &[&Key]) -> Result<(), SigningError> {
        let bytes = self.bytes()?;
        let new = keys.iter().map(|key| Signature { keyid: key.id().to_owned(), sig: key.sign(&bytes) });
        self.signatures.extend(new);
        Ok(())
    }

    /// What it says about targets.
    ///
    /// # Errors
    /// When it says something else, or more than is known here.
    pub fn targets(&self) -> Result<Targets, MetadataFault> {
        let targets: Targets = self.read("targets")?;
        known(&targets.kind, &targets.spec_version, "targets")?;
        Ok(targets)
    }

    /// What it says about the snapshot or the targets that it leads to.
    ///
    /// # Errors
    /// When it says something else, or more than is known here.
    pub fn leads_to(&self, kind: Leading) -> Result<Meta, MetadataFault> {
        let (name, to) = kind.names();
        let mut meta: MetaFile = self.read(name)?;
        known(&meta.kind, &meta.spec_version, name)?;
        match (meta.meta.remove(to), meta.meta.is_empty()) {
            (Some(named), true) => Ok(Meta { version: meta.version, expires: meta.expires, named }),
            _ => Err(MetadataFault::Kind(name)),
        }
    }

    fn read<T: DeserializeOwned>(&self, what: &'static str) -> Result<T, MetadataFault> {
        T::deserialize(&self.signed).map_err(|source| MetadataFault::Form { what, source })
    }
}

/// The two roles that lead to another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leading {
    /// To the snapshot.
    Timestamp,
    /// To the targets.
    Snapshot,
}

impl Leading {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Timestamp => ("timestamp", "snapshot.json"),
            Self::Snapshot => ("snapshot", "targets.json"),
        }
    }
}

/// A snapshot or timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Its own version.
    pub version: u64,
    /// Until when it counts.
    pub expires: UnixSeconds,
    /// What it leads to.
    pub named: Named,
}

/// A metadata file by version, length and hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its version.
    pub version: u64,
    /// In bytes.
    pub length: u64,
    /// Of its bytes.
    pub hashes: Hashes,
}

/// What clients are led to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    #[serde(rename = "_type")]
    kind: String,
    spec_version: String,
    /// Its version.
    pub version: u64,
    /// Until when it counts.
    #[serde(with = "stamp")]
    pub expires: UnixSeconds,
    /// By name.
    pub targets: BTreeMap<String, Target>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// In bytes.
    pub length: u64,
    /// Of its bytes.
    pub hashes: Hashes,
    /// What archives and deltas say besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
}

/// Both hashes, lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashes {
    /// SHA-256.
    pub sha256: String,
    /// SHA-512.
    pub sha512: String,
}

/// What stands beside a target's own length and hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Custom {
    /// Of an archive: what comes out of it.
    Unpacked {
        /// In bytes.
        length: u64,
        /// Lower-case hexadecimal.
        sha256: String,
        /// Lower-case hexadecimal.
        sha512: String,
    },
    /// Of a delta: the unpacked archive that it is put on.
    From {
        /// In bytes.
        length: u64,
        /// Lower-case hexadecimal.
        sha256: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetaFile {
    #[serde(rename = "_type")]
    kind: String,
    spec_version: String,
    version: u64,
    #[serde(with = "stamp")]
    expires: UnixSeconds,
    meta: BTreeMap<String, Named>,
}

fn known(kind: &str, spec: &str, wanted: &'static str) -> Result<(), MetadataFault> {
    if kind == wanted && spec.starts_with("1.0.") { Ok(()) } else { Err(MetadataFault::Kind(wanted)) }
}

/// Times as TUF writes them, to the second, in UTC.
pub(crate) mod stamp {
    use polder_wire::UnixSeconds;
    use serde::{Deserialize as _, Deserializer, de::Error as _};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnixSeconds, D::Error> {
        let text = String::deserialize(from)?;
        let time: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
        // Written in another way, it could be shown in one way and read in another.
        if time.to_string() != text || time.subsec_nanosecond() != 0 {
            return Err(D::Error::custom("a time is written as 2026-01-31T12:00:00Z"));
        }
        Ok(UnixSeconds(time.as_second()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn targets() -> Value {
        json!({"_type": "targets", "spec_version": "1.0.33", "version": 3,
            "expires": "2026-09-21T14:13:20Z", "targets": {}})
    }

    fn read(signed: Value) -> Result<Targets, MetadataFault> {
        Envelope { signed, signatures: Vec::new() }.targets()
    }

    #[test]
    fn what_is_known_is_read() {
        assert_eq!(read(targets()).unwrap().version, 3);
    }

    #[test]
    fn a_field_that_nobody_would_be_shown_is_refused() {
        let mut more = targets();
        more["delegations"] = json!({"keys": {}, "roles": []});
        assert!(read(more).is_err());
        let mut custom = targets();
        custom["targets"]["a"] =
            json!({"length": 1, "hashes": {"sha256": "", "sha512": ""}, "custom": {"x": 1}});
        assert!(read(custom).is_err());
    }

    #[test]
    fn another_roles_metadata_and_a_time_in_another_form_are_refused() {
        let mut other = targets();
        other["_type"] = "snapshot".into();
        assert!(read(other).is_err());
        for time in ["2026-09-21T14:13:20+00:00", "2026-09-21T14:13:20.5Z", "2026-09-21"] {
            let mut changed = targets();
            changed["expires"] = time.into();
            assert!(read(changed).is_err(), "{time}");
        }
    }

    #[test]
    fn text_that_is_not_canonical_is_refused_before_anybody_signs_it() {
        assert!(Envelope::unsigned(r#"{"a":1,"b":2}"#).is_ok());
        for text in [r#"{"b":2,"a":1}"#, r#"{"a": 1,"b":2}"#, r#"{"a":0,"a":1,"b":2}"#] {
            assert!(Envelope::unsigned(text).is_err(), "{text}");
        }
    }
}
