//! Proofs of possession (DPoP, RFC 9449) and the nonces that make them fresh.
//!
//! A nonce says when it was given, is authenticated with a key that only this node's memory holds, and is
//! good for five minutes. Each proof is good once; what was seen is remembered as long as its nonce is good.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use polder_wire::UnixSeconds;
use serde::Deserialize;
use zeroize::Zeroizing;

/// How long a nonce is good, in seconds.
const NONCE_SECONDS: i64 = 300;
/// No proof of ours is longer.
const PROOF_LIMIT: usize = 4096;

/// Names a device's key: SHA-256 of its JWK (RFC 7638).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// A proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It has no nonce, or one that this node did not give lately.
    #[error("the proof needs a nonce of this node")]
    NonceNeeded,
    /// It is damaged, replayed, or for something else.
    #[error("the proof does not hold")]
    Wrong,
}

/// Gives nonces and checks proofs.
pub struct Proofs {
    key: hmac::Key,
    seen: Mutex<HashMap<[u8; 32], i64>>,
}

/// There is no randomness to start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoKey;

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    nonce: Option<String>,
    ath: Option<String>,
}

impl Proofs {
    /// Starts with a key of this process alone.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(random: &dyn SecureRandom) -> Result<Self, NoKey> {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(&mut *key).map_err(|_| NoKey)?;
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &*key), seen: Mutex::default() })
    }

    /// A fresh nonce.
    pub fn nonce(&self, now: UnixSeconds) -> String {
        let time = now.0.to_be_bytes();
        let tag = hmac::sign(&self.key, &time);
        URL_SAFE_NO_PAD.encode([&time, tag.as_ref()].concat())
    }

    /// Checks a proof for a request and answers whose it is.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn check(
        &self,
        proof: &str,
        method: &str,
        url: &str,
        access_token: Option<&str>,
        now: UnixSeconds,
    ) -> Result<Thumbprint, ProofError> {
        let (thumbprint, claims) = verified(proof)?;
        let expected = access_token.map(|token| URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())));
        if claims.htm != method || claims.htu != url || claims.ath != expected {
            return Err(ProofError::Wrong);
        }
        let given = claims.nonce.and_then(|nonce| self.given(&nonce)).ok_or(ProofError::NonceNeeded)?;
        if !(0..NONCE_SECONDS).contains(&now.0.saturating_sub(given)) {
            return Err(ProofError::NonceNeeded);
        }
        if !(16..=128).contains(&claims.jti.len()) {
            return Err(ProofError::Wrong);
        }
        self.once(&thumbprint, &claims.jti, given, now)?;
        Ok(thumbprint)
    }

    /// When a nonce was given, if it is one of this node's.
    fn given(&self, nonce: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (time, tag) = bytes.split_first_chunk::<8>()?;
        hmac::verify(&self.key, time, tag).ok()?;
        Some(i64::from_be_bytes(*time))
    }

    fn once(
        &self,
        thumbprint: &Thumbprint,
        jti: &str,
        given: i64,
        now: UnixSeconds,
    ) -> Result<(), ProofError> {
        let mut id = [0; 32];
        id.copy_from_slice(digest(&SHA256, &[&thumbprint.0, jti.as_bytes()].concat()).as_ref());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // What is older than any good nonce is refused by its nonce. Looked through now and then only.
        if seen.len() >= 1024 && seen.len().is_power_of_two() {
            seen.retain(|_, given| now.0.saturating_sub(*given) < NONCE_SECONDS);
        }
        match seen.insert(id, given) {
            None => Ok(()),
            Some(_) => Err(ProofError::Wrong),
        }
    }
}

/// The key and the claims of a proof whose signature holds.
fn verified(proof: &str) -> Result<(Thumbprint, Claims), ProofError> {
    let wrong = ProofError::Wrong;
    if proof.len() > PROOF_LIMIT {
        return Err(wrong);
    }
    let (signed, signature) = proof.rsplit_once('.').ok_or(wrong)?;
    let (header, claims) = signed.split_once('.').ok_or(wrong)?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| wrong)?;
    let Jwk { kty, crv, x, y } = header.jwk;
    if header.typ != "dpop+jwt" || header.alg != "ES256" || kty != "EC" || crv != "P-256" {
        return Err(wrong);
    }
    let point = [&[4], decode(&x)?.as_slice(), decode(&y)?.as_slice()].concat();
    if point.len() != 65 {
        return Err(wrong);
    }
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| wrong)?;
    // RFC 7638: the members in this order, nothing else. x and y are Base64url that just decoded.
    let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let mut thumbprint = [0; 32];
    thumbprint.copy_from_slice(digest(&SHA256, jwk.as_bytes()).as_ref());
    let claims = serde_json::from_slice(&decode(claims)?).map_err(|_| wrong)?;
    Ok((Thumbprint(thumbprint), claims))
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use std::sync::LazyLock;

    const URL: &str = "https://platform.test/api/v1/me";
    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);
    #[expect(clippy::unwrap_used, reason = "only the fuzzer makes a key here")]
    static KEY: LazyLock<EcdsaKeyPair> =
        LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

    let Ok(proofs) = Proofs::new(&SystemRandom::new()) else { return };
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    // What nobody can guess is put in, so that what comes behind is reached as well.
    let text = text.replace("NONCE", &proofs.nonce(NOW));
    let point = KEY.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
    let honest = format!(
        r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}}}"#
    );
    let (header, claims) = match first {
        b'h' => (text.replace("KEYX", &x).replace("KEYY", &y), "{}".to_owned()),
        b'c' => (honest, text),
        _ => {
            assert!(proofs.check(&text, "GET", URL, None, NOW).is_err(), "nobody signed this");
            return;
        }
    };
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let Ok(signature) = KEY.sign(&SystemRandom::new(), signed.as_bytes()) else { return };
    let proof = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    if proofs.check(&proof, "GET", URL, None, NOW).is_ok() {
        assert!(claims.contains("GET") || claims.contains('\\'), "{claims}");
        assert_eq!(proofs.check(&proof, "GET", URL, None, NOW), Err(ProofError::Wrong), "a replay");
        assert_eq!(proofs.check(&proof, "POST", URL, None, NOW), Err(ProofError::Wrong), "another method");
        assert_eq!(proofs.check(&proof, "GET", URL, Some("x"), NOW), Err(ProofError::Wrong), "another token");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    const URL: &str = "https://platform.test/api/v1/me";
    const NOW: UnixSeconds = UnixSeconds(1_790_000_000);

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        fn header(&self) -> Value {
            let point = self.0.public_key().as_ref();
            let part = |range| URL_SAFE_NO_PAD.encode(&point[range]);
            let jwk = json!({ "kty": "EC", "crv": "P-256", "x": part(1..33), "y": part(33..65) });
            json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk })
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", encode(header), encode(claims));
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn claims(nonce: &str, jti: &str) -> Value {
        json!({ "jti": jti, "htm": "GET", "htu": URL, "nonce": nonce })
    }

    fn proofs() -> Proofs {
        Proofs::new(&SystemRandom::new()).unwrap()
    }

    fn check(proofs: &Proofs, proof: &str, now: UnixSeconds) -> Result<Thumbprint, ProofError> {
        proofs.check(proof, "GET", URL, None, now)
    }

    #[test]
    fn a_thumbprint_is_that_of_rfc_7638() {
        let signer = Signer::new();
        let jwk = &signer.header()["jwk"];
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
        let proofs = proofs();
        let proof = signer.sign(&signer.header(), &claims(&proofs.nonce(NOW), "0123456789abcdef"));
        let thumbprint = check(&proofs, &proof, NOW).unwrap();
        let expected = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        assert_eq!(thumbprint.to_string(), expected);
    }

    #[test]
    fn a_nonce_is_good_for_five_minutes_and_not_before_its_time() {
        let (signer, proofs) = (Signer::new(), proofs());
        for (number, (later, good)) in
            [(0, true), (299, true), (300, false), (-1, false)].into_iter().enumerate()
        {
            let proof = signer.sign(&signer.header(), &claims(&proofs.nonce(NOW), &format!("{number:016}")));
            let checked = check(&proofs, &proof, NOW.plus(later));
            assert_eq!(checked.is_ok(), good, "{later}");
            assert!(good || checked == Err(ProofError::NonceNeeded));
        }
    }

    #[test]
    fn another_node_s_nonce_is_asked_for_anew() {
        let (signer, proofs) = (Signer::new(), proofs());
        let elsewhere = self::proofs().nonce(NOW);
        let proof = signer.sign(&signer.header(), &claims(&elsewhere, "0123456789abcdef"));
        assert_eq!(check(&proofs, &proof, NOW), Err(ProofError::NonceNeeded));
    }

    #[test]
    fn a_replayed_proof_is_refused_for_as_long_as_its_nonce_is_good() {
        let (signer, proofs) = (Signer::new(), proofs());
        let nonce = proofs.nonce(NOW);
        let first = signer.sign(&signer.header(), &claims(&nonce, "0123456789abcdef"));
        check(&proofs, &first, NOW).unwrap();
        // Many more, so that old ones are looked through; the first stays known.
        for number in 0..3000 {
            let proof = signer.sign(&signer.header(), &claims(&nonce, &format!("{number:016}")));
            check(&proofs, &proof, NOW.plus(100)).unwrap();
        }
        assert_eq!(check(&proofs, &first, NOW.plus(299)), Err(ProofError::Wrong));
        // A device may not use up what another device sent.
        let other = Signer::new();
        let same_name = other.sign(&other.header(), &claims(&nonce, "0123456789abcdef"));
        check(&proofs, &same_name, NOW).unwrap();
    }

    #[test]
    fn another_algorithm_type_curve_or_a_private_key_is_refused() {
        let (signer, proofs) = (Signer::new(), proofs());
        let change = |pointer: &str, value: Value| {
            let mut header = signer.header();
            *header.pointer_mut(pointer).unwrap() = value;
            header
        };
        let mut private = signer.header();
        private["jwk"]["d"] = json!("AAAA");
        for header in [
            change("/alg", json!("none")),
            change("/alg", json!("HS256")),
            change("/typ", json!("JWT")),
            change("/jwk/kty", json!("RSA")),
            change("/jwk/crv", json!("P-384")),
            change("/jwk/x", json!("AAAA")),
            private,
        ] {
            let proof = signer.sign(&header, &claims(&proofs.nonce(NOW), "0123456789abcdef"));
            assert_eq!(check(&proofs, &proof, NOW), Err(ProofError::Wrong), "{header}");
        }
    }
}
