use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sigstore_tuf::canonical_json::to_canonical_bytes;

/// A signer, with its public half as metadata names it.
pub(crate) struct Key {
    pair: Pair,
    pub(crate) public: Value,
    pub(crate) id: String,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub(crate) fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = hex::encode(pair.public_key());
        Self::new(Pair::Ed25519(pair), "ed25519", "ed25519", &public)
    }

    pub(crate) fn ecdsa() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let public = pem(&pair.public_key().as_der().unwrap());
        Self::new(Pair::Ecdsa(pair), "ecdsa", "ecdsa-sha2-nistp256", &public)
    }

    pub(crate) fn rsa() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pem(&pair.public_key().as_der().unwrap());
        Self::new(Pair::Rsa(pair), "rsa", "rsassa-pss-sha256", &public)
    }

    fn new(pair: Pair, kind: &str, scheme: &str, public: &str) -> Self {
        Self {
            pair,
            public: json!({"keytype": kind, "scheme": scheme, "keyval": {"public": public}}),
            id: String::new(),
        }
        .saying(|_| {})
    }

    /// The same key with something else in its public half, and the id that follows from it.
    pub(crate) fn saying(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.public);
        self.id = sha256(&to_canonical_bytes(&self.public).unwrap());
        self
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ed25519(pair) => hex::encode(pair.sign(bytes)),
            Pair::Ecdsa(pair) => hex::encode(pair.sign(&random, bytes).unwrap()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &random, bytes, &mut signature).unwrap();
                hex::encode(signature)
            }
        }
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn pem(der: &PublicKeyX509Der<'_>) -> String {
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}
