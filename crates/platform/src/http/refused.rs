use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use polder_wire::{Clock, Code, PROBLEM_JSON, Problem};

/// An answer that says no, as problem+json (RFC 9457).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    code: Code,
    retry_after: Option<u32>,
    clock: Option<Clock>,
}

impl Refused {
    /// Something broke here. The log learns what; the person only that it did.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            source = inner.source();
        }
        tracing::error!(error = text, "internal error");
        Self::from(Code::Internal)
    }

    /// Another try makes sense after so many seconds.
    #[must_use]
    pub fn after(self, seconds: impl Into<Option<u32>>) -> Self {
        Self { retry_after: seconds.into(), ..self }
    }

    /// Says what the person compares their clocks with.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// What the person is told.
    pub fn code(self) -> Code {
        self.code
    }
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Self { code, retry_after: (code == Code::Busy).then_some(2), clock: None }
    }
}

macro_rules! internal {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Self::internal(&error)
            }
        }
    )*};
}

internal!(
    sqlx::Error,
    crate::store::StoreError,
    crate::store::OpenError,
    crate::store::NoRandomness,
    crate::store::seal::SealError,
    crate::store::keys::KeyError,
    crate::store::blobs::BlobError,
    crate::login::recovery::MakeError,
    crate::login::totp::TotpError,
);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.title())
    }
}

impl std::error::Error for Refused {}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = Problem { retry_after: self.retry_after, clock: self.clock, ..Problem::new(self.code) };
        // A struct of texts and numbers always serialises.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = challenge(self.code) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// Every 401 names its scheme (RFC 9110, section 15.5.2), with the error words of RFC 9449 and RFC 6750.
fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::ProofNeeded => Some(r#"DPoP error="use_dpop_nonce", algs="ES256""#),
        Code::ProofWrong => Some(r#"DPoP error="invalid_dpop_proof", algs="ES256""#),
        Code::AccessExpired => Some(r#"DPoP error="invalid_token", algs="ES256""#),
        _ if code.status() == 401 => Some(r#"DPoP algs="ES256""#),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_401_names_the_scheme_and_nothing_else_does() {
        for &code in Code::ALL.iter().filter(|code| code.status() != 0) {
            let response = Refused::from(code).into_response();
            assert_eq!(response.status().as_u16(), code.status());
            assert_eq!(
                response.headers().contains_key(header::WWW_AUTHENTICATE),
                code.status() == 401,
                "{code}"
            );
        }
    }
}
