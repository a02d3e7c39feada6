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
