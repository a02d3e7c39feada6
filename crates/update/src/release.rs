use minisign_verify::{PublicKey, Signature};
use polder_wire::update::trusted_comment;
use semver::Version;

/// What a proven trusted comment says that a file is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) version: Version,
    pub(crate) system: String,
}

/// Why a minisign signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    /// It is no minisign signature file.
    #[error("the signature is no minisign signature")]
    Unreadable,
    /// It is of another key, or of the old kind that is not prehashed.
    #[error("the signature is of another key than the deployment's, or of the old kind")]
    Key,
    /// It is over other bytes.
    #[error("the file is not the one that was signed")]
    Broken,
    /// It holds, and not for a release of Polder.
    #[error("the signature holds, and not for a release of this product")]
    Product,
}

/// A signature that is checked while the file is read.
pub(crate) struct Checking<'a> {
    signature: &'a Signature,
    verifier: minisign_verify::StreamVerifier<'a>,
}

/// Reads a signature file.
///
/// # Errors
/// [`SignatureError::Unreadable`].
pub(crate) fn decode(file: &[u8]) -> Result<Signature, SignatureError> {
    let text = std::str::from_utf8(file).map_err(|_| SignatureError::Unreadable)?;
    Signature::decode(text).map_err(|_| SignatureError::Unreadable)
}

impl<'a> Checking<'a> {
    /// # Errors
    /// [`SignatureError::Key`].
    pub(crate) fn begin(key: &'a PublicKey, signature: &'a Signature) -> Result<Self, SignatureError> {
        // Takes prehashed signatures of this very key only.
        let verifier = key.verify_stream(signature).map_err(|_| SignatureError::Key)?;
        Ok(Self { signature, verifier })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.verifier.update(bytes);
    }

    /// What the file is of; the trusted comment is proven only now.
    ///
    /// # Errors
    /// [`SignatureError::Broken`] and [`SignatureError::Product`].
    pub(crate) fn finish(mut self) -> Result<Release, SignatureError> {
        self.verifier.finalize().map_err(|_| SignatureError::Broken)?;
        parse(self.signature.trusted_comment()).ok_or(SignatureError::Product)
    }
}

/// Only what [`trusted_comment`] writes.
fn parse(comment: &str) -> Option<Release> {
    let (version, system) = comment.strip_prefix("product:polder version:")?.split_once(" system:")?;
    let release = Release { version: Version::parse(version).ok()?, system: system.to_owned() };
    (trusted_comment(&release.version, &release.system) == comment).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_of_a_release_reads_back_and_no_other_does() {
        let release = Release { version: Version::new(1, 2, 3), system: "linux-x86_64".to_owned() };
        assert_eq!(parse(&trusted_comment(&release.version, &release.system)), Some(release));
        for other in [
            "product:other version:1.2.3 system:linux-x86_64",
            "product:polder version:1.2 system:linux-x86_64",
            "product:polder version:01.2.3 system:linux-x86_64",
            "product:polder version:1.2.3",
            "timestamp:1 file:polder",
            "",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
