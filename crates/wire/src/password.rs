//! Setting a password: with a code that came by mail, or with the one that is known.

use serde::{Deserialize, Serialize};

use crate::session::DeviceName;
use crate::sign_in::NextStep;
use crate::{Endpoint, Language, Method, Nothing, Secret};

/// `POST /api/v1/password/forgotten`: asks for a letter with a code. The answer is the same whether or not there
/// is such an account.
#[derive(Debug, Clone, Copy)]
pub struct Forgotten;

/// Whose password was forgotten.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForgottenBody {
    /// The e-mail that names the account; letter case and outer white space do not matter. At most 320 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 320))]
    pub email: String,
}

/// `POST /api/v1/password/code`: what a password must be that is set with this code. The code stays good.
#[derive(Debug, Clone, Copy)]
pub struct LookAtCode;

/// A code that came by mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PasswordCodeBody))]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// As it was typed: letter case, spaces and dashes do not matter, and letters that look like a digit are one.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: Secret,
}

/// Whose password is to be set, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordRules {
    /// The person's name, which is easy to guess.
    pub name: String,
    /// The person's e-mail, for the words on the screen and for password managers.
    pub email: String,
    /// The name of the person's domain.
    pub domain_name: String,
    /// At least so many characters.
    pub minimum: u32,
    /// How hard it must be to guess, by zxcvbn's measure: 0 (the first guess) to 4 (beyond guessing).
    pub score: u8,
}

/// `POST /api/v1/password/set`: sets a password with a code, which works once, and goes on with the sign-in.
#[derive(Debug, Clone, Copy)]
pub struct SetPassword;

/// A code and the password that it lets somebody set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetBody {
    /// As in [`CodeBody`].
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: Secret,
    /// The new password: up to 128 characters of any kind.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub password: Secret,
    /// Whether this device wants to stay signed in, as in [`crate::sign_in::PasswordBody`].
    pub stay: bool,
    /// In which language the person reads; letters follow it.
    pub language: Language,
    /// What the device calls itself in the person's list of devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
}

/// `GET /api/v1/account/password`: what one's own new password must be.
#[derive(Debug, Clone, Copy)]
pub struct ReadRules;

/// `POST /api/v1/account/password`: another password for the one that is known. The old one shows who it is, so that it
/// takes no fresh sign-in beforehand.
#[derive(Debug, Clone, Copy)]
pub struct ChangePassword;

/// The password that is known, and the one to come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// The password until now.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub old: Secret,
    /// The new one: up to 128 characters of any kind.
    #[serde(serialize_with = "Secret::expose_to")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub new: Secret,
    /// A code of the second step, for whoever has one and did not sign in within the last minutes
    /// ([`crate::session::FRESH_SECONDS`]). Else it is not looked at.
    #[serde(default, serialize_with = "Secret::expose_maybe", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub code: Option<Secret>,
}

impl Endpoint for Forgotten {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/password/forgotten";
    type Body = ForgottenBody;
    type Answer = Nothing;
}

impl Endpoint for LookAtCode {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/password/code";
    type Body = CodeBody;
    type Answer = PasswordRules;
}

impl Endpoint for SetPassword {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/password/set";
    type Body = SetBody;
    type Answer = NextStep;
}

impl Endpoint for ReadRules {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/account/password";
    type Body = Nothing;
    type Answer = PasswordRules;
}

impl Endpoint for ChangePassword {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/account/password";
    type Body = ChangeBody;
    type Answer = Nothing;
}
