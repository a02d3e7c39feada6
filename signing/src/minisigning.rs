use std::fmt;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use minisign::{KeyPair, PublicKeyBox, SecretKey, SecretKeyBox};
use polder_wire::update::trusted_comment;
use semver::Version;
use zeroize::Zeroizing;

use crate::SigningError;
use crate::keys::write_private;

/// The key of the independent signature that every program carries.
pub struct MinisignKey {
    pair: KeyPair,
}

impl MinisignKey {
    /// A new one. The library asks the system for randomness by itself and takes none from its caller.
    ///
    /// # Errors
    /// When the system's random source fails.
    pub fn generate() -> Result<Self, SigningError> {
        Ok(Self { pair: KeyPair::generate_unencrypted_keypair()? })
    }

    /// A new one at rest: the text of its secret file, encrypted with a passphrase as the plain minisign program
    /// does it, and the text of its public file.
    ///
    /// # Errors
    /// When the system's random source fails.
    pub fn generate_sealed(passphrase: &str) -> Result<(Zeroizing<String>, String), SigningError> {
        let pair = KeyPair::generate_encrypted_keypair(Some(passphrase.to_owned()))?;
        let secret = Zeroizing::new(pair.sk.to_box(Some("secret key of Polder's releases"))?.into_string());
        Ok((secret, pair.pk.to_box()?.into_string()))
    }

    /// The key in an encrypted secret file, of this program or of the plain minisign one.
    ///
    /// # Errors
    /// [`SigningError::Passphrase`] when it does not open, [`SigningError::NotSealed`] for another kind of file.
    pub fn open(secret: &str, passphrase: &str) -> Result<Self, SigningError> {
        let sealed = SecretKeyBox::from_string(secret).map_err(|_| SigningError::NotSealed)?;
        let sk = sealed.into_secret_key(Some(passphrase.to_owned())).map_err(|_| SigningError::Passphrase)?;
        let pk = minisign::PublicKey::from_secret_key(&sk)?;
        Ok(Self { pair: KeyPair { pk, sk } })
    }

    /// Reads what [`MinisignKey::write_unencrypted`] wrote.
    ///
    /// # Errors
    /// When a file is missing or holds no key.
    pub fn read(folder: &Path) -> Result<Self, SigningError> {
        let secret = folder.join("minisign.key");
        let text = Zeroizing::new(fs::read_to_string(&secret).map_err(SigningError::file(&secret))?);
        let sk: SecretKey = SecretKeyBox::from_string(&text)?.into_unencrypted_secret_key()?;
        let public = folder.join("minisign.pub");
        let text = fs::read_to_string(&public).map_err(SigningError::file(&public))?;
        let pk = PublicKeyBox::from_string(&text)?.into_public_key()?;
        Ok(Self { pair: KeyPair { pk, sk } })
    }

    /// Writes `minisign.key`, readable to its owner alone and without a passphrase, and `minisign.pub`: for
    /// throwaway deployments.
    ///
    /// # Errors
    /// When a file cannot be written, or the secret one is there already.
    pub fn write_unencrypted(&self, folder: &Path) -> Result<(), SigningError> {
        let secret = Zeroizing::new(self.pair.sk.to_box(None)?.into_string());
        write_private(&folder.join("minisign.key"), secret.as_bytes())?;
        let public = folder.join("minisign.pub");
        fs::write(&public, self.pair.pk.to_box()?.into_string()).map_err(SigningError::file(&public))
    }

    /// The public key in one line, `RW…`.
    pub fn public(&self) -> String {
        self.pair.pk.to_base64()
    }

    /// Signs a program, prehashed, with the trusted comment that names product, version and system.
    ///
    /// # Errors
    /// When the library fails.
    pub fn sign(&self, program: &[u8], version: &Version, system: &str) -> Result<String, SigningError> {
        let comment = trusted_comment(version, system);
        self.sign_saying(program, &comment)
    }

    /// The same with any trusted comment; what a client must refuse is made with it.
    ///
    /// # Errors
    /// When the library fails.
    pub fn sign_saying(&self, program: &[u8], trusted_comment: &str) -> Result<String, SigningError> {
        let signature = minisign::sign(
            Some(&self.pair.pk),
            &self.pair.sk,
            Cursor::new(program),
            Some(trusted_comment),
            Some("signature of Polder"),
        )?;
        Ok(signature.into_string())
    }
}

impl fmt::Debug for MinisignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MinisignKey({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const SYSTEM: &str = "linux-x86_64";

    #[test]
    fn the_plain_minisign_program_accepts_a_signature_and_refuses_changed_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let key = MinisignKey::generate().unwrap();
        let version = Version::new(1, 2, 3);
        let program = folder.path().join("polder");
        fs::write(&program, b"a program").unwrap();
        let signature = key.sign(b"a program", &version, SYSTEM).unwrap();
        fs::write(folder.path().join("polder.minisig"), signature).unwrap();
        let verify = || {
            Command::new("minisign").arg("-VHm").arg(&program).arg("-P").arg(key.public()).output().unwrap()
        };
        let good = verify();
        assert!(good.status.success(), "{good:?}");
        let said = String::from_utf8(good.stdout).unwrap();
        assert!(said.contains("product:polder version:1.2.3 system:linux-x86_64"), "{said}");
        fs::write(&program, b"b program").unwrap();
        assert!(!verify().status.success());
    }

    #[test]
    fn the_clients_library_accepts_it_as_a_stream() {
        let folder = tempfile::tempdir().unwrap();
        MinisignKey::generate().unwrap().write_unencrypted(folder.path()).unwrap();
        let key = MinisignKey::read(folder.path()).unwrap();
        let signature = key.sign(b"a program", &Version::new(1, 0, 0), SYSTEM).unwrap();
        let public = minisign_verify::PublicKey::from_base64(&key.public()).unwrap();
        let signature = minisign_verify::Signature::decode(&signature).unwrap();
        let mut stream = public.verify_stream(&signature).unwrap();
        stream.update(b"a prog");
        stream.update(b"ram");
        stream.finalize().unwrap();
        assert_eq!(signature.trusted_comment(), "product:polder version:1.0.0 system:linux-x86_64");
    }
}
