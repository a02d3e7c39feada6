//! Takes proof and access token out of a request's headers.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::HeaderName;
use http::header::AUTHORIZATION;
use http::request::Parts;
use polder_wire::proof::{PROOF_HEADER, SCHEME};
use polder_wire::{Code, Secret};

use super::Refused;
use crate::App;
use crate::login::proof::{ProofError, Thumbprint};

/// The device's key that the request proves to hold, without an access token.
pub(crate) fn proven(app: &App, parts: &Parts) -> Result<Thumbprint, Refused> {
    check(app, parts, None)
}

/// The device's key and the access token that the proof goes with.
pub(crate) fn proven_with_access(app: &App, parts: &Parts) -> Result<(Thumbprint, Secret), Refused> {
    let token = access_token(parts)?;
    let device = check(app, parts, Some(token.expose()))?;
    Ok((device, token))
}

/// Where the connection comes from, an IPv4 address written as one. Behind a proxy that ends TLS it would be the
/// proxy's; there is none, because clients hold the platform's own key (R40).
pub(crate) fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip().to_canonical())
}

fn check(app: &App, parts: &Parts, token: Option<&str>) -> Result<Thumbprint, Refused> {
    let Some(proof) = only_value(parts, HeaderName::from_static(PROOF_HEADER))? else {
        return Err(Code::ProofNeeded.into());
    };
    let url = format!("{}{}", app.origin, parts.uri.path());
    app.proofs.check(proof, parts.method.as_str(), &url, token, app.now()).map_err(|error| match error {
        ProofError::NonceNeeded => Code::ProofNeeded.into(),
        ProofError::Wrong => Code::ProofWrong.into(),
    })
}

fn access_token(parts: &Parts) -> Result<Secret, Refused> {
    let value = only_value(parts, AUTHORIZATION)?.ok_or(Refused::from(Code::SessionOver))?;
    // Scheme names ignore letter case (RFC 9110, section 11.1). What is no token of ours is none at all.
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(Secret::new(token)),
        _ => Err(Code::SessionOver.into()),
    }
}

/// A header that may be there once: two of them mean that two readers could each take another.
fn only_value(parts: &Parts, name: HeaderName) -> Result<Option<&str>, Refused> {
    let mut values = parts.headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Code::Malformed.into());
    }
    value.to_str().map(Some).map_err(|_| Code::Malformed.into())
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    let Ok(value) = http::HeaderValue::from_bytes(bytes) else { return };
    let mut parts = http::Request::new(()).into_parts().0;
    parts.headers.insert(AUTHORIZATION, value);
    if let Ok(token) = access_token(&parts) {
        assert!(bytes.ends_with(token.expose().as_bytes()) && bytes.len() == token.expose().len() + 5);
    }
}
