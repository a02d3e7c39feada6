//! What a domain's manager decides about people.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::rights::Role;
use crate::{Endpoint, Language, Method, Nothing, UnixSeconds, UserId};

/// No page of the list has more people.
pub const PEOPLE_ON_A_PAGE: usize = 1000;

/// `GET /api/v1/people`: everybody in one's own domain, in no order that means anything; the first page of them.
#[derive(Debug, Clone, Copy)]
pub struct ListPeople;

/// `GET /api/v1/people/after/{person}`: the page behind the one that ended with this person.
#[derive(Debug, Clone, Copy)]
pub struct ListPeopleAfter {
    /// [`PeoplePage::next`] of the page before.
    pub person: UserId,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeoplePage {
    /// At most [`PEOPLE_ON_A_PAGE`].
    pub people: Vec<Colleague>,
    /// How many people the domain has on all pages.
    pub total: u32,
    /// After whom the next page begins; none when there is no other.
    pub next: Option<UserId>,
}

/// Somebody in a domain, as its managers see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Colleague {
    /// Their account.
    pub user: UserId,
    /// What others see.
    pub name: String,
    /// How they sign in, and where letters go.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// They have no password yet: they were sent a code for one.
    pub invited: bool,
    /// Until when the newest such code is good; none where no code is.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub code_until: Option<UnixSeconds>,
    /// Their signing in is switched off.
    pub off: bool,
    /// They have a second step.
    pub second_step: bool,
    /// After wrong tries, devices that never signed in to the account cannot now.
    pub closed: Option<Closed>,
    /// When they last used Polder, to within five minutes; none when that was never, or is not known any more.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub last_seen: Option<UnixSeconds>,
}

/// An account is closed to devices that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closed {
    /// When it opens by itself; none when only a manager or a new password opens it.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub until: Option<UnixSeconds>,
}

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

impl Endpoint for ListPeople {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/people";
    type Body = Nothing;
    type Answer = PeoplePage;
}

impl Endpoint for ListPeopleAfter {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/people/after/{person}";
    type Body = Nothing;
    type Answer = PeoplePage;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/people/after/{}", self.person).into()
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
