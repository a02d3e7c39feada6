//! Password, then second step, then a session; refreshing and ending it.
//!
//! Every call here carries a proof ([`crate::proof`]); the key of the first one is the device's key, and
//! the whole session is bound to it.

use serde::{Deserialize, Serialize};

use crate::second_step::RecoveryCodes;
use crate::session::{DeviceName, Policy};
use crate::{DomainId, Endpoint, Method, Nothing, Secret, SessionId, UserId, rights::Role};

/// `POST /api/v1/sign-in/password`: the first step.
#[derive(Debug, Clone, Copy)]
pub struct Password;

/// What a person types first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The e-mail that names the account; letter case and outer white space do not matter. At most 320 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 320))]
    pub email: String,
    /// The password: 1 to 128 characters.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 128))]
    pub password: Secret,
    /// Whether this device wants to stay signed in for the domain's term, or until it quits.
    pub stay: bool,
    /// What it calls itself in the person's list of devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
    /// What this device calls itself to this account: 43 characters of Base64url, random, and the same each time. One that
    /// completed a sign-in before is not kept waiting by what strangers guess (B7).
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "Secret::expose_maybe")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"))]
    pub known_as: Option<Secret>,
}

/// What comes after a right password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum NextStep {
    /// The person has a second step: its code is asked.
    Code(Ticket),
    /// The domain asks for a second step and the person has none yet.
    Enrol(Ticket),
    /// Nothing more is asked.
    Done(Grant),
}

/// Carries a sign-in from one step to the next: five minutes, five wrong codes at most, this device only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Opaque.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ticket: Secret,
    /// The domain's name, for the words on the screen.
    pub domain_name: String,
}

/// `POST /api/v1/sign-in/enrolment`: asks for a new TOTP secret (RFC 6238). Asking again replaces it.
#[derive(Debug, Clone, Copy)]
pub struct Enrol;

/// Names the sign-in that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketBody {
    /// From [`Ticket`].
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ticket: Secret,
}

/// What goes into the person's authenticator: SHA-1, 6 digits, 30 seconds, as every app understands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    /// The secret in Base32 without padding.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub key: Secret,
    /// `otpauth://totp/…`, for the QR.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub uri: Secret,
}

/// `POST /api/v1/sign-in/code`: the code of an existing second step.
#[derive(Debug, Clone, Copy)]
pub struct Code;

/// `POST /api/v1/sign-in/enrolment/confirm`: the first code of a new second step.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmEnrolment;

/// `POST /api/v1/sign-in/recovery`: one of the recovery codes instead of the authenticator's (B5). The person is told by
/// mail.
#[derive(Debug, Clone, Copy)]
pub struct Recover;

/// A recovery code with the sign-in that it belongs to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryBody {
    /// From [`Ticket`].
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ticket: Secret,
    /// As it was shown; letter case, spaces and dashes do not matter. At most 64 characters.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 64))]
    pub recovery_code: Secret,
}

/// A sign-in by recovery code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recovered {
    /// The session.
    pub grant: Grant,
    /// How many recovery codes are left.
    pub left: u32,
}

/// A sign-in that set up the second step.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// The session.
    pub grant: Grant,
    /// Shown once.
    pub recovery: RecoveryCodes,
}

/// A code with the sign-in that it belongs to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// From [`Ticket`].
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ticket: Secret,
    /// Six digits.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6}$"))]
    pub code: Secret,
}

/// A session: what the device keeps and who signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Opaque; in memory only.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub access_token: Secret,
    /// How long the access token lasts from now, in seconds.
    pub access_seconds: u32,
    /// Opaque, rotating: the answer of each refresh replaces it.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub refresh_token: Secret,
    /// How long the device stays signed in without being used, in seconds.
    pub stay_seconds: u32,
    /// Whether the device may keep the refresh token past its own end (the person's wish and the domain's).
    pub stay: bool,
    /// Who signed in.
    pub me: Me,
    /// Whether the session is locked: then it gives nothing before it is unlocked.
    #[serde(default)]
    pub locked: bool,
    /// What the domain asks of it.
    #[serde(default)]
    pub policy: Policy,
}

/// Who is signed in. Also the answer of [`WhoAmI`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The account.
    pub user: UserId,
    /// The device's session.
    pub session: SessionId,
    /// The person's name.
    pub name: String,
    /// The person's e-mail.
    pub email: String,
    /// The domain.
    pub domain: DomainId,
    /// Its name.
    pub domain_name: String,
    /// The person's role in it.
    pub role: Role,
    /// Whether a second step is set up.
    pub second_step: bool,
}

/// `POST /api/v1/session/refresh`: a new access token and the refresh token's successor (B12).
#[derive(Debug, Clone, Copy)]
pub struct Refresh;

/// The refresh token that the device holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// From [`Grant`].
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub refresh_token: Secret,
}

/// `POST /api/v1/session/end`: signs this device out; its tokens are dead when this answers. Takes the
/// refresh token, so that it also works when the access token ran out.
#[derive(Debug, Clone, Copy)]
pub struct SignOut;

/// `GET /api/v1/me`.
#[derive(Debug, Clone, Copy)]
pub struct WhoAmI;

impl Endpoint for Password {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sign-in/password";
    type Body = PasswordBody;
    type Answer = NextStep;
}

impl Endpoint for Enrol {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sign-in/enrolment";
    type Body = TicketBody;
    type Answer = Enrolment;
}

impl Endpoint for Code {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sign-in/code";
    type Body = CodeBody;
    type Answer = Grant;
}

impl Endpoint for ConfirmEnrolment {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sign-in/enrolment/confirm";
    type Body = CodeBody;
    type Answer = Enrolled;
}

impl Endpoint for Recover {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/sign-in/recovery";
    type Body = RecoveryBody;
    type Answer = Recovered;
}

impl Endpoint for Refresh {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/session/refresh";
    type Body = RefreshBody;
    type Answer = Grant;
}

impl Endpoint for SignOut {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/session/end";
    type Body = RefreshBody;
    type Answer = Nothing;
}

impl Endpoint for WhoAmI {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/me";
    type Body = Nothing;
    type Answer = Me;
}
