mod public;
#[cfg(feature = "tool")]
pub mod sealed;

pub use public::{Holder, PublicKey, Role};

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::SigningError;
use crate::role::canonical;

/// One holder's Ed25519 key.
pub struct Key {
    pair: Ed25519KeyPair,
    id: String,
}

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the random source fails.
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, SigningError> {
        // RFC 8032, section 5.1.5: a private key is 32 random octets.
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(&mut *seed).map_err(|_| SigningError::Random)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| SigningError::Random)?;
        Self::from_pair(pair)
    }

    /// Its TUF key id: SHA-256 over the canonical form of the public key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its public half as it stands in `root.json`.
    pub(crate) fn public(&self) -> Value {
        public(&self.pair)
    }

    /// Its public half in lower-case hexadecimal.
    pub(crate) fn public_hex(&self) -> String {
        hex::encode(self.pair.public_key().as_ref())
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        hex::encode(self.pair.sign(bytes))
    }

    /// The private half as PKCS#8, version 1, which is what other programs read.
    #[cfg(feature = "tool")]
    pub(crate) fn pkcs8(&self) -> Result<impl AsRef<[u8]> + use<>, SigningError> {
        self.pair.to_pkcs8v1().map_err(|_| SigningError::Random)
    }

    #[cfg(feature = "tool")]
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, SigningError> {
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| SigningError::Sealing)?;
        Self::from_pair(pair)
    }

    fn from_pair(pair: Ed25519KeyPair) -> Result<Self, SigningError> {
        let id = hex::encode(digest(&SHA256, &canonical(&public(&pair))?));
        Ok(Self { pair, id })
    }

    fn read(path: &Path) -> Result<Self, SigningError> {
        let der = Zeroizing::new(fs::read(path).map_err(SigningError::file(path))?);
        let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_| SigningError::NoKey(path.to_owned()))?;
        Self::from_pair(pair)
    }

    fn write(&self, path: &Path) -> Result<(), SigningError> {
        let der = self.pair.to_pkcs8().map_err(|_| SigningError::Random)?;
        write_private(path, der.as_ref())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

/// The keys of a repository: root 2 of 3, targets 2 of 2, snapshot and timestamp one each.
#[derive(Debug)]
pub struct Keys {
    /// Three holders, offline.
    pub root: [Key; 3],
    /// Two holders, both must sign.
    pub targets: [Key; 2],
    /// Online.
    pub snapshot: Key,
    /// Online.
    pub timestamp: Key,
}

impl Keys {
    /// New ones for every role.
    ///
    /// # Errors
    /// When the random source fails.
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, SigningError> {
        let key = || Key::generate(random);
        Ok(Self {
            root: [key()?, key()?, key()?],
            targets: [key()?, key()?],
            snapshot: key()?,
            timestamp: key()?,
        })
    }

    /// Reads what [`Keys::write`] wrote.
    ///
    /// # Errors
    /// When a file is missing or holds no key.
    pub fn read(folder: &Path) -> Result<Self, SigningError> {
        let key = |name: &str| Key::read(&folder.join(name));
        Ok(Self {
            root: [key("root-1.pk8")?, key("root-2.pk8")?, key("root-3.pk8")?],
            targets: [key("targets-1.pk8")?, key("targets-2.pk8")?],
            snapshot: key("snapshot.pk8")?,
            timestamp: key("timestamp.pk8")?,
        })
    }

    /// Writes them as plain PKCS#8 that only their owner may read: for throwaway deployments. Keys of a real
    /// one never lie in one folder.
    ///
    /// # Errors
    /// When a file cannot be written or is there already.
    pub fn write_unencrypted(&self, folder: &Path) -> Result<(), SigningError> {
        let numbered = |name: &str, keys: &[Key]| {
            (1..).zip(keys).try_for_each(|(n, key)| key.write(&folder.join(format!("{name}-{n}.pk8"))))
        };
        numbered("root", &self.root)?;
        numbered("targets", &self.targets)?;
        self.snapshot.write(&folder.join("snapshot.pk8"))?;
        self.timestamp.write(&folder.join("timestamp.pk8"))
    }
}

/// Creates a file that only its owner may read; never replaces one.
///
/// # Errors
/// When it is there already or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), SigningError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(SigningError::file(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(SigningError::file(path))
}

fn public(pair: &Ed25519KeyPair) -> Value {
    let key = hex::encode(pair.public_key().as_ref());
    json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": key}})
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn keys_read_back_and_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::generate(&SystemRandom::new()).unwrap();
        keys.write_unencrypted(folder.path()).unwrap();
        let read = Keys::read(folder.path()).unwrap();
        assert_eq!(read.root[2].id(), keys.root[2].id());
        assert_eq!(read.timestamp.id(), keys.timestamp.id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join("targets-2.pk8")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(keys.write_unencrypted(folder.path()).is_err(), "keys are never replaced");
    }
}
