use std::io::{self, Read};

use minisign_verify::{PublicKey, Signature};
use polder_wire::update::trusted_comment;
use semver::Version;

/// Of a signature file, in bytes.
pub(crate) const MAX_SIGNATURE: usize = 4096;

/// Whom releases are believed: the minisign key that the deployment builds in.
#[derive(Debug, Clone)]
pub struct Anchor(PublicKey);

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// It is no minisign signature file.
    #[error("the signature is not readable")]
    Unreadable,
    /// It is of another key, or of the old kind that is not prehashed.
    #[error("the signature is of another key or of the old kind")]
    Key,
    /// It is over other bytes.
    #[error("the signature does not hold")]
    Broken,
    /// It holds, for another product, version or system.
    #[error("the signature is for another release")]
    Release,
}

impl Anchor {
    /// Believes this key and no other.
    pub fn new(key: PublicKey) -> Self {
        Self(key)
    }

    /// Whether `signature` (a minisign file, prehashed) is over `bytes`, for this very release. Reads to the end, in
    /// pieces.
    ///
    /// # Errors
    /// The outer one when `bytes` cannot be read, the inner one when the signature does not count.
    pub fn check(
        &self,
        mut bytes: impl Read,
        signature: &[u8],
        version: &Version,
        system: &str,
    ) -> io::Result<Result<(), SignatureFault>> {
        let Some(signature) = decode(signature) else { return Ok(Err(SignatureFault::Unreadable)) };
        // Takes prehashed signatures of this very key only.
        let Ok(mut verifier) = self.0.verify_stream(&signature) else { return Ok(Err(SignatureFault::Key)) };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => verifier.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        // The trusted comment is proven only once this said so, which must be called once only.
        if verifier.finalize().is_err() {
            return Ok(Err(SignatureFault::Broken));
        }
        let same = signature.trusted_comment() == trusted_comment(version, system);
        Ok(if same { Ok(()) } else { Err(SignatureFault::Release) })
    }
}

fn decode(file: &[u8]) -> Option<Signature> {
    if file.len() > MAX_SIGNATURE {
        return None;
    }
    Signature::decode(std::str::from_utf8(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;
    use crate::testing::Publisher;

    const COMMENT: &str = "product:polder version:1.0.0 system:linux-x86_64";

    fn check(anchor: &Anchor, signature: &[u8]) -> Result<(), SignatureFault> {
        anchor.check(&b"words"[..], signature, &Version::new(1, 0, 0), "linux-x86_64").unwrap()
    }

    #[test]
    fn only_a_signature_of_this_key_for_this_release_counts() {
        let publisher = Publisher::new();
        let anchor = publisher.anchor();
        assert_eq!(check(&anchor, &publisher.sign(b"words", COMMENT)), Ok(()));
        assert_eq!(check(&anchor, &publisher.sign(b"word", COMMENT)), Err(SignatureFault::Broken));
        assert_eq!(check(&anchor, &Publisher::new().sign(b"words", COMMENT)), Err(SignatureFault::Key));
        assert_eq!(check(&anchor, b"words"), Err(SignatureFault::Unreadable));
        let other = publisher.sign(b"words", &COMMENT.replace("1.0.0", "1.0.1"));
        assert_eq!(check(&anchor, &other), Err(SignatureFault::Release));
        // A comment that was changed afterwards is not signed.
        let forged = String::from_utf8(other).unwrap().replace("1.0.1", "1.0.0");
        assert_eq!(check(&anchor, forged.as_bytes()), Err(SignatureFault::Broken));
    }

    #[test]
    fn a_signature_of_the_old_kind_is_refused() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let tagged = |bytes: &[u8]| STANDARD.encode([b"Ed12345678", bytes].concat());
        let key = PublicKey::from_base64(&tagged(pair.public_key().as_ref())).unwrap();
        let signature = pair.sign(b"words");
        let global = pair.sign(&[signature.as_ref(), COMMENT.as_bytes()].concat());
        let file = format!(
            "untrusted comment: x\n{}\ntrusted comment: {COMMENT}\n{}\n",
            tagged(signature.as_ref()),
            STANDARD.encode(global.as_ref()),
        );
        key.verify(b"words", &Signature::decode(&file).unwrap(), true)
            .expect("it is a good one of the old kind");
        assert_eq!(check(&Anchor::new(key), file.as_bytes()), Err(SignatureFault::Key));
    }
}
