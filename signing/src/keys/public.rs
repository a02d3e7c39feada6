//! The public half of a holder's key, with the holder's name: what is handed to whoever makes a root.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::metadata::KeyEntry;
use crate::{Key, SigningError};

/// The four roles of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Says who the others are; three holders, two sign.
    Root,
    /// Says what clients run; two holders, both sign.
    Targets,
    /// Which targets metadata goes together; online.
    Snapshot,
    /// Which snapshot is the newest; online.
    Timestamp,
}

impl Role {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Root, Self::Targets, Self::Snapshot, Self::Timestamp];

    /// How many holders it has, and how many of them must sign.
    pub fn holders(self) -> (usize, usize) {
        match self {
            Self::Root => (3, 2),
            Self::Targets => (2, 2),
            Self::Snapshot | Self::Timestamp => (1, 1),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Snapshot => "snapshot",
            Self::Timestamp => "timestamp",
        })
    }
}

/// Who holds a key, in letters that mean nothing to a file system or a terminal: `a`-`z`, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Holder(String);

impl Holder {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Holder {
    type Error = SigningError;

    fn try_from(name: String) -> Result<Self, SigningError> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 40 || name.starts_with('-') || !name.chars().all(fine) {
            return Err(SigningError::Holder(name.escape_default().to_string()));
        }
        Ok(Self(name))
    }
}

impl std::str::FromStr for Holder {
    type Err = SigningError;

    fn from_str(name: &str) -> Result<Self, SigningError> {
        Self::try_from(name.to_owned())
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `<role>-<holder>.pub`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    schema: u32,
    /// What it is for.
    pub role: Role,
    /// Whose it is.
    pub holder: Holder,
    /// Its TUF key id.
    pub id: String,
    /// The key, as it stands in a root.
    pub key: KeyEntry,
}

impl PublicKey {
    /// The public half of a key.
    pub fn of(key: &Key, role: Role, holder: Holder) -> Self {
        Self { schema: 1, role, holder, id: key.id().to_owned(), key: KeyEntry::ed25519(key.public_hex()) }
    }

    pub(crate) fn from_entry(key: KeyEntry, role: Role, holder: Holder) -> Result<Self, SigningError> {
        Ok(Self { schema: 1, role, holder, id: key.id()?, key })
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// When it is no such file, or its id belongs to another key.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        let read: Self = serde_json::from_slice(bytes)?;
        if read.schema != 1 || read.id != read.key.id()? {
            return Err(SigningError::KeyId(read.holder.to_string()));
        }
        Ok(read)
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Never for a key that was made or read here.
    pub fn to_json(&self) -> Result<Vec<u8>, SigningError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_public_half_reads_back_and_one_with_another_keys_id_does_not() {
        let key = |_| Key::generate(&SystemRandom::new()).unwrap();
        let [one, other] = [0, 1].map(key);
        let public = PublicKey::of(&one, Role::Targets, "anna".parse().unwrap());
        assert_eq!(PublicKey::parse(&public.to_json().unwrap()).unwrap(), public);
        let wrong = PublicKey { id: other.id().to_owned(), ..public };
        assert!(matches!(PublicKey::parse(&wrong.to_json().unwrap()), Err(SigningError::KeyId(_))));
    }

    #[test]
    fn a_holders_name_cannot_leave_the_folder_or_colour_the_terminal() {
        for name in ["", "../anna", "Anna", "an na", "\u{1b}[31manna", "-anna", "a/b"] {
            assert!(name.parse::<Holder>().is_err(), "{name:?}");
        }
        assert_eq!("anna-2".parse::<Holder>().unwrap().as_str(), "anna-2");
    }
}
