//! What a domain's manager decides about people.

use serde::{Deserialize, Serialize};

use crate::rights::Role;
use crate::{Endpoint, Language, Method, Nothing, UserId};

/// `POST /api/v1/people`: makes an account in one's own domain. The person gets a code by mail and chooses the
/// password; nobody else ever knows it (B10).
#[derive(Debug, Clone, Copy)]
pub struct AddPerson;

/// Somebody to make an account for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPersonBody {
    /// What others see: 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Where the first code goes, and how they sign in.
    #[cfg_attr(feature = "openapi", schema(max_length = 320))]
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// In which language the letter is written.
    pub language: Language,
}

/// Somebody was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Added {
    /// Their account.
    pub user: UserId,
}

/// `POST /api/v1/domain/passwords`: the shortest new password that the domain takes (R54).
#[derive(Debug, Clone, Copy)]
pub struct SetPasswordMinimum;

/// The least that a new password must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordMinimum {
    /// So many characters, 8 to 64. Who has no second step needs 15 whatever this says.
    #[cfg_attr(feature = "openapi", schema(minimum = 8, maximum = 64))]
    #[serde(deserialize_with = "whole")]
    pub minimum: u32,
}

/// A whole number, also one that is written as 44.0: JSON knows no difference, and neither does the API description.
fn whole<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let number = f64::deserialize(from)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and within bounds"
    )]
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        Ok(number as u32)
    } else {
        Err(serde::de::Error::custom("not a whole number"))
    }
}

impl Endpoint for AddPerson {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/people";
    type Body = AddPersonBody;
    type Answer = Added;
}

impl Endpoint for SetPasswordMinimum {
    const METHOD: Method = Method::Post;
    const TEMPLATE: &'static str = "/api/v1/domain/passwords";
    type Body = PasswordMinimum;
    type Answer = Nothing;
}
