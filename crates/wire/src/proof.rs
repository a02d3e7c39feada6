//! DPoP (RFC 9449): each request proves that it comes from the device that signed in.
//!
//! A proof is a compact JWS with `typ: dpop+jwt`, `alg: ES256`, the public key as `jwk`, and the claims
//! `jti`, `htm`, `htu`, `nonce`, and `ath` where an access token goes along. `iat` is there because the RFC
//! asks for it, and ignored: freshness comes from the nonce, so a wrong clock does no harm (B13).

/// Carries the proof.
pub const PROOF_HEADER: &str = "dpop";
/// Carries a fresh nonce, in the answer [`crate::Code::ProofNeeded`] and in every other answer.
pub const NONCE_HEADER: &str = "dpop-nonce";
/// Scheme of the `Authorization` header: `DPoP <access token>`.
pub const SCHEME: &str = "DPoP";
