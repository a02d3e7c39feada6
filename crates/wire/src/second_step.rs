//! One's own second step: how it stands, another one in its place, none at all, and the recovery codes (B5, B17).

use serde::{Deserialize, Serialize};

use crate::sign_in::Enrolment;
use crate::{Endpoint, Method, Nothing, Secret, UnixSeconds};

/// How many recovery codes there are at a time.
pub const RECOVERY_CODES: usize = 10;

/// `GET /api/v1/me/second-step`.
#[derive(Debug, Clone, Copy)]
pub struct Look;

/// How somebody's second step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Since when there is one.
    pub since: Option<UnixSeconds>,
    /// Whether the domain asks for one.
    pub required: bool,
    /// How many recovery codes were not used yet.
    pub recovery_left: u32,
}

/// `POST /api/v1/me/second-step/enrolment`: a key for another authenticator. The one in force stays until [`Replace`].
#[derive(Debug, Clone, Copy)]
pub struct Prepare;

/// `POST /api/v1/me/second-step/confirm`: the new key's first code puts it in force, in place of any before; its recovery
/// codes replace the old ones.
#[derive(Debug, Clone, Copy)]
pub struct Replace;

/// The first code of a new key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    /// Six digits.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6}$"))]
    pub code: Secret,
}

/// `POST /api/v1/me/second-step/remove`: none any more, and no recovery codes. Refused where the domain asks for one.
#[derive(Debug, Clone, Copy)]
pub struct Remove;

/// `POST /api/v1/me/recovery-codes`: ten new ones; the old ones are worth nothing from then on.
#[derive(Debug, Clone, Copy)]
pub struct RenewRecovery;

/// Recovery codes, shown once: the platform keeps only what it needs to know one again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Each as people write it: four groups of four.
    #[serde(serialize_with = "expose_all")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub codes: Vec<Secret>,
}

fn expose_all<S: serde::Serializer>(secrets: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(secrets.iter().map(Secret::expose))
}

impl Endpoint for Look {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/me/second-step";
    type Body = Nothing;
    type Answer = Standing;
}

impl Endpoint for Prepare {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/me/second-step/enrolment";
    type Body = Nothing;
    type Answer = Enrolment;
}

impl Endpoint for Replace {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/me/second-step/confirm";
    type Body = FirstCode;
    type Answer = RecoveryCodes;
}

impl Endpoint for Remove {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/me/second-step/remove";
    type Body = Nothing;
    type Answer = Nothing;
}

impl Endpoint for RenewRecovery {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/me/recovery-codes";
    type Body = Nothing;
    type Answer = RecoveryCodes;
}
