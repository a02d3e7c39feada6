use aws_lc_rs::digest::{Context, SHA256};
use minisign_verify::{PublicKey, Signature, StreamVerifier};

use super::SignedFile;

/// What bytes must be to count: their length and SHA-256 by targets metadata, and where there is a minisign signature,
/// what that says.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) file: SignedFile,
    pub(crate) minisign: Option<Minisign>,
}

/// An independent signature, and for which release it must be.
#[derive(Clone)]
pub(crate) struct Minisign {
    pub(crate) key: PublicKey,
    /// `None` when the signature file does not read as one.
    pub(crate) signature: Option<Signature>,
    /// What its trusted comment must be.
    pub(crate) comment: String,
}

/// What bytes turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Everything that was signed.
    Whole,
    /// Other bytes than the signed ones, or too few.
    OtherBytes,
    /// The very bytes that targets metadata names, without a minisign signature that holds: the release is wrong.
    NotSigned,
}

/// Measures bytes while they go by.
pub(crate) struct Seal<'a> {
    signed: &'a Signed,
    length: u64,
    hash: Context,
    verifier: Option<StreamVerifier<'a>>,
}

impl Minisign {
    pub(crate) fn new(key: &PublicKey, signature_file: &[u8], comment: String) -> Self {
        let text = std::str::from_utf8(signature_file).ok();
        let signature = text.and_then(|text| Signature::decode(text).ok());
        Self { key: key.clone(), signature, comment }
    }
}

impl std::fmt::Debug for Minisign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Minisign({})", self.comment)
    }
}

impl<'a> Seal<'a> {
    pub(crate) fn new(signed: &'a Signed) -> Self {
        let verifier = signed.minisign.as_ref().and_then(|minisign| {
            // Takes prehashed signatures of this very key only.
            minisign.key.verify_stream(minisign.signature.as_ref()?).ok()
        });
        Self { signed, length: 0, hash: Context::new(&SHA256), verifier }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.hash.update(bytes);
        if let Some(verifier) = &mut self.verifier {
            verifier.update(bytes);
        }
    }

    /// How many bytes went by.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn finish(self) -> Held {
        let SignedFile { length, sha256 } = self.signed.file;
        if self.length != length || self.hash.finish().as_ref() != sha256 {
            return Held::OtherBytes;
        }
        let Some(minisign) = &self.signed.minisign else { return Held::Whole };
        // The trusted comment is proven only once `finalize` said so, which must be called once only.
        let holds = self.verifier.is_some_and(|mut verifier| verifier.finalize().is_ok());
        let same = minisign.signature.as_ref().is_some_and(|it| it.trusted_comment() == minisign.comment);
        if holds && same { Held::Whole } else { Held::NotSigned }
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    const BYTES: &[u8] = b"an archive's own bytes";
    const COMMENT: &str = "product:polder version:1.2.3 system:linux-x86_64";

    fn held(key: &PublicKey, signature: &[u8], bytes: &[u8]) -> Held {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(aws_lc_rs::digest::digest(&SHA256, BYTES).as_ref());
        let file = SignedFile { length: BYTES.len() as u64, sha256 };
        let minisign = Some(Minisign::new(key, signature, COMMENT.to_owned()));
        let signed = Signed { file, minisign };
        let mut seal = Seal::new(&signed);
        bytes.chunks(5).for_each(|piece| seal.update(piece));
        seal.finish()
    }

    fn signed(pair: &minisign::KeyPair, bytes: &[u8], comment: &str) -> Vec<u8> {
        minisign::sign(None, &pair.sk, bytes, Some(comment), None).unwrap().into_string().into_bytes()
    }

    #[test]
    fn only_the_signed_bytes_with_a_signature_for_this_very_release_hold() {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let other = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let key = PublicKey::from_base64(&pair.pk.to_base64()).unwrap();
        let good = signed(&pair, BYTES, COMMENT);
        assert_eq!(held(&key, &good, BYTES), Held::Whole);
        for bytes in [&BYTES[1..], b"an archive's own bytez", b"", b"an archive's own bytes and more"] {
            assert_eq!(held(&key, &good, bytes), Held::OtherBytes);
        }
        for bad in [
            signed(&other, BYTES, COMMENT),
            signed(&pair, b"other bytes", COMMENT),
            signed(&pair, BYTES, "product:polder version:1.2.2 system:linux-x86_64"),
            signed(&pair, BYTES, "product:polder version:1.2.3 system:windows-x86_64"),
            signed(&pair, BYTES, "product:dyke version:1.2.3 system:linux-x86_64"),
            b"no signature".to_vec(),
            vec![0xff],
        ] {
            assert_eq!(held(&key, &bad, BYTES), Held::NotSigned);
        }
    }

    #[test]
    fn a_signature_that_is_not_prehashed_is_none() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let tagged = |tag: &[u8], bytes: &[u8]| STANDARD.encode([tag, b"12345678", bytes].concat());
        let key = PublicKey::from_base64(&tagged(b"Ed", pair.public_key().as_ref())).unwrap();
        let signature = pair.sign(BYTES);
        let global = pair.sign(&[signature.as_ref(), COMMENT.as_bytes()].concat());
        let file = format!(
            "untrusted comment: x\n{}\ntrusted comment: {COMMENT}\n{}\n",
            tagged(b"Ed", signature.as_ref()),
            STANDARD.encode(global.as_ref()),
        );
        let legacy = Signature::decode(&file).unwrap();
        key.verify(BYTES, &legacy, true).expect("it is a good signature of the old kind");
        assert_eq!(held(&key, file.as_bytes(), BYTES), Held::NotSigned);
    }
}
