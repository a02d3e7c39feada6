//! The key that a session is bound to, and the proofs that it makes (DPoP, RFC 9449).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use polder_wire::{Method, Secret, UnixSeconds};
use serde::Serialize;
use zeroize::Zeroizing;

/// An ES256 key, made anew at each sign-in.
pub(crate) struct DeviceKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
}

/// The key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device key could not be made, read or used")]
pub(crate) struct KeyFault;

/// What a proof is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof<'a> {
    pub(crate) method: Method,
    /// The URL without query and fragment.
    pub(crate) url: &'a str,
    pub(crate) access_token: Option<&'a Secret>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) issued_at: UnixSeconds,
}

impl DeviceKey {
    pub(crate) fn generate(random: &dyn SecureRandom) -> Result<Self, KeyFault> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random);
        Self::from_pkcs8(pkcs8.map_err(|_| KeyFault)?.as_ref())
    }

    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyFault> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| KeyFault)?;
        Ok(Self { pair, pkcs8: Zeroizing::new(pkcs8.to_vec()) })
    }

    /// The private key itself, for the keychain only.
    pub(crate) fn expose_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// A compact JWS over the claims of RFC 9449, section 4.2.
    pub(crate) fn prove(&self, proof: Proof<'_>, random: &dyn SecureRandom) -> Result<String, KeyFault> {
        // Uncompressed point (SEC 1): 0x04, x, y.
        let (_, point) = self.pair.public_key().as_ref().split_at_checked(1).ok_or(KeyFault)?;
        let (x, y) = point.split_at_checked(32).ok_or(KeyFault)?;
        let jwk = Jwk { kty: "EC", crv: "P-256", x: encode(x), y: encode(y) };
        let header = Header { typ: "dpop+jwt", alg: "ES256", jwk };
        let mut id = [0; 16];
        random.fill(&mut id).map_err(|_| KeyFault)?;
        let claims = Claims {
            jti: encode(&id),
            htm: proof.method.as_str(),
            htu: proof.url,
            iat: proof.issued_at,
            nonce: proof.nonce,
            ath: proof.access_token.map(|token| encode(digest(&SHA256, token.expose().as_bytes()).as_ref())),
        };
        let header = serde_json::to_vec(&header).map_err(|_| KeyFault)?;
        let claims = serde_json::to_vec(&claims).map_err(|_| KeyFault)?;
        let mut jws = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.pair.sign(random, jws.as_bytes()).map_err(|_| KeyFault)?;
        jws.push('.');
        jws.push_str(&encode(signature.as_ref()));
        Ok(jws)
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey")
    }
}

#[derive(Serialize)]
struct Header {
    typ: &'static str,
    alg: &'static str,
    jwk: Jwk,
}

#[derive(Serialize)]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    htm: &'static str,
    htu: &'a str,
    iat: UnixSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
